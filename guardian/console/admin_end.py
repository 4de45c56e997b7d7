"""The end of an institution: one page that says what it does, with the number of its learners to be typed."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.authorisation import lapse, looking
from guardian.console import admin_store
from guardian.console.frame import OFFICERS, READ, in_room, room
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.institution import service as institutions
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_MISTYPED = N_("This is not the number of its learners. Nothing was changed; look again at whom it concerns.")


@route("/admin/institutions/{institution:uuid}/end", http_method=READ, include_in_schema=False)
async def end_page(request: AnyRequest, institution: FromPath[UUID]) -> Page:
    """What the end would do, and to how many."""
    return await _confirm(request, institution)


@post("/admin/institutions/{institution:uuid}/end", include_in_schema=False)
async def end(request: AnyRequest, institution: FromPath[UUID]) -> Response[Any]:
    """End it."""
    fields = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        learners = await admin_store.institutions_size(tx, institution)
    if fields.get("number", "").strip() != str(learners):
        return await _confirm(request, institution, status=422, message=text(language_of(request), _MISTYPED))
    await lapse.end_institution(ctx, actor, institution)
    return redirect(f"/admin/institutions/{institution}?done=end")


async def _confirm(request: AnyRequest, institution: UUID, *, status: int = 200, message: str | None = None) -> Page:
    actor = await in_room(request, *OFFICERS)
    ctx = context_of(request)
    found = await institutions.get(ctx, actor, institution)
    async with ctx.transaction(actor) as tx:
        learners = await admin_store.institutions_size(tx, institution)
        in_force = await looking.in_force(tx, institution)
    return room(
        request, "institution_end.html", status=status, found=found, learners=learners, in_force=len(in_force),
        message=message,
    )  # fmt: skip


ROUTES: list[Any] = [end_page, end]
