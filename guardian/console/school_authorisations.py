"""The school's authorisations: how they stand, send the letter again, end one."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.authorisation import reading, service
from guardian.console import words
from guardian.console.domain import last_day
from guardian.console.frame import READ, at_desk, desk, sentence_of
from guardian.console.school_overview import main_one
from guardian.console.school_store import purpose_titles
from guardian.errors import Conflict, TooMany
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_DONE = ("asked", "resent", "revoked")


@route("/school/authorisations", http_method=READ, include_in_schema=False)
async def authorisations(request: AnyRequest) -> Page:
    """All of them, newest first, with what may be done about the one that counts."""
    return await _list(request)


@post("/school/authorisations/{authorisation:uuid}/resend", include_in_schema=False)
async def resend(request: AnyRequest, authorisation: FromPath[UUID]) -> Response[Any]:
    """Send the letter to the signatory again."""
    await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    try:
        await service.resend(context_of(request), actor, authorisation)
    except (Conflict, TooMany) as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    return redirect("/school/authorisations?done=resent")


@route("/school/authorisations/{authorisation:uuid}/revoke", http_method=READ, include_in_schema=False)
async def revoke_page(request: AnyRequest, authorisation: FromPath[UUID]) -> Page:
    """What ending it would do."""
    actor, school = await at_desk(request, "institution_admin")
    found = await reading.get(context_of(request), actor, authorisation)
    return desk(request, "revoke.html", school=school, found=found)


@post("/school/authorisations/{authorisation:uuid}/revoke", include_in_schema=False)
async def revoke(request: AnyRequest, authorisation: FromPath[UUID]) -> Response[Any]:
    """End it for good."""
    await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    try:
        await service.revoke(context_of(request), actor, authorisation)
    except Conflict as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    return redirect("/school/authorisations?done=revoked")


async def _list(request: AnyRequest, *, status: int = 200, message: str | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx, language = context_of(request), language_of(request)
    held = await reading.of_institution(ctx, actor, school.id)
    async with ctx.transaction(actor) as tx:
        titles = await purpose_titles(tx, language)
    now = ctx.clock.now()
    done = request.query_params.get("done")
    return desk(
        request, "authorisations.html", status=status, school=school, held=held, main=main_one(held, now), now=now,
        words=words, titles=titles, message=message, done=done if done in _DONE else None, may=actor.role ==
        "institution_admin", until={one.id: last_day(language, now, one.valid_until, school.timezone) for one in held},
    )  # fmt: skip


ROUTES: list[Any] = [authorisations, resend, revoke_page, revoke]
