"""Before a notice is published: the draft beside the version in force, and what publishing would do to whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post, route

from guardian.access.supposing import Supposed, suppose
from guardian.console import notice_form
from guardian.console import notice_words as words
from guardian.console.admin_notices import titles_of
from guardian.console.frame import OFFICERS, READ, in_room, room, sentence_of
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.i18n import LANGUAGES
from guardian.notice import drafting
from guardian.notice.changes import marked
from guardian.notice.domain import Draft
from guardian.notice.drafting import Desk
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

AT_ONCE = 10_000
"""Learners whom a page judges; with more, the command line does it."""
_LISTED = 20


@route("/admin/notices/draft/compare", http_method=READ, include_in_schema=False)
async def compare_page(request: AnyRequest) -> Response[Any]:
    """Every field that differs, both versions side by side."""
    actor = await in_room(request)
    try:
        desk = await drafting.look(context_of(request), actor)
    except NotFound:
        return redirect("/admin/notices")
    asked = request.query_params.get("text")
    chosen = asked if asked in LANGUAGES else language_of(request)
    before = desk.before.texts[chosen].text if desk.before and chosen in desk.before.texts else None
    after = desk.draft.texts.get(chosen)
    rows = []
    for place, one in notice_form.places(before, after):
        old, new = notice_form.text_at(before, place), notice_form.text_at(after, place)
        if old != new:
            left, right = marked(old, new)
            purpose = place.split(".")[1] if place.startswith("purposes.") else None
            rows.append((one.title, purpose, left, right))
    text = desk.draft.texts.get(language_of(request)) or after or before
    titles = {code: one.title for code, one in text.purposes.items()} if text else {}
    return room(request, "notice_compare.html", desk=desk, chosen=chosen, rows=rows, words=words, titles=titles)


@route("/admin/notices/draft/publish", http_method=READ, include_in_schema=False)
async def publish_page(request: AnyRequest) -> Response[Any]:
    """What publishing would do, with the choices that the changes suggest."""
    actor = await in_room(request, *OFFICERS)
    try:
        desk = await drafting.look(context_of(request), actor)
    except NotFound:
        return redirect("/admin/notices")
    return await _page(request, desk, _suggested(desk))


@post("/admin/notices/draft/simulate", status_code=200, include_in_schema=False)
async def simulate(request: AnyRequest) -> Response[Any]:
    """The same with other choices. Changes nothing."""
    form = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        desk = await drafting.look(context_of(request), actor)
    except NotFound:
        return redirect("/admin/notices")
    return await _page(request, desk, _chosen(desk, form))


@post("/admin/notices/draft/publish", include_in_schema=False)
async def publish(request: AnyRequest) -> Response[Any]:
    """Publish what was looked at."""
    form = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    ctx = context_of(request)
    try:
        desk = await drafting.look(ctx, actor)
    except NotFound:
        return redirect("/admin/notices")
    chosen = _chosen(desk, form)
    try:
        await drafting.publish(ctx, actor, seen=form.get("seen", ""), material=chosen.material, changed=chosen.changed)
    except (Refused, Conflict) as error:
        status = 422 if isinstance(error, Refused) else 409
        return await _page(request, desk, chosen, error=error, status=status)
    return redirect("/admin/notices?done=published")


def _suggested(desk: Desk) -> Draft:
    asked = desk.changes.may_ask
    return msgspec.structs.replace(desk.draft, material=bool(asked), changed=asked)


def _chosen(desk: Desk, form: Mapping[str, str]) -> Draft:
    if form.get("material") == "no":
        return msgspec.structs.replace(desk.draft, material=False, changed=())
    ticked = {
        one.code
        for one in desk.draft.purposes
        if one.code == form.get("changed") or form.get(f"changed-{one.code}") == "yes"
    }
    return msgspec.structs.replace(
        desk.draft, material=True, changed=tuple(sorted(ticked | set(desk.changes.must_ask)))
    )


async def _page(
    request: AnyRequest, desk: Desk, chosen: Draft, *, error: GuardianError | None = None, status: int = 200
) -> Page:
    ctx, actor = context_of(request), await in_room(request, *OFFICERS)
    async with ctx.transaction(actor) as tx:
        learners = await tx.fetchval("select count(*) from learners where erased_at is null")
        titles = await titles_of(tx, language_of(request))
    effect: Supposed | None = await suppose(ctx, chosen) if learners <= AT_ONCE else None
    names: dict[str, str] = {}
    if effect is not None:
        wanted = {*effect.access.by_institution, *(str(one) for one in effect.asked)} - {"none"}
        async with ctx.transaction(actor) as tx:
            rows = await tx.fetch("select id, name from institutions where id = any($1)", [UUID(one) for one in wanted])
        names = {str(row["id"]): row["name"] for row in rows}
    for code, words_of in (desk.draft.texts.get(language_of(request)) or desk.draft.texts["en"]).purposes.items():
        titles[code] = words_of.title or code
    return room(
        request, "notice_publish.html", status=status, desk=desk, chosen=chosen, effect=effect, names=names,
        titles=titles, words=words, lacks=words.lacks(desk.missing), learners=learners,
        listed=effect.access.learners[:_LISTED] if effect else [],
        message=sentence_of(request, error) if error else None,
    )  # fmt: skip


ROUTES: list[Any] = [compare_page, publish_page, simulate, publish]
