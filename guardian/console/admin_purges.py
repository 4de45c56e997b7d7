"""Purges: approve over a page that says what happens, take back, the list, the certificate."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, post, route

from guardian.access.service import decide_many
from guardian.console import admin_store, words
from guardian.console.admin_learner import story_page
from guardian.console.domain import deadline
from guardian.console.frame import (
    OFFICERS,
    OPERATOR_ZONE,
    PAGE_SIZE,
    READ,
    in_room,
    room,
    same_for_strangers,
    sentence_of,
    uuid_in,
)  # fmt: skip
from guardian.console.standing import standing_of
from guardian.errors import Conflict
from guardian.people import store as people
from guardian.purge import service, store
from guardian.purge.domain import OPEN, RECIPIENTS
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_FILTERS: dict[str, tuple[str, ...]] = {
    "open": OPEN, "done": ("done", "partial"), "stopped": ("cancelled", "rescinded"),
}  # fmt: skip


@route("/admin/purges", http_method=READ, include_in_schema=False)
async def list_page(request: AnyRequest) -> Page:
    """All purges, the open ones first."""
    actor = await in_room(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    chosen = query.get("state") if query.get("state") in _FILTERS else None
    async with ctx.transaction(actor) as tx:
        rows = await admin_store.purges(
            tx, states=_FILTERS[chosen] if chosen else None, after=uuid_in(query.get("after")), limit=PAGE_SIZE + 1
        )
        counts = await admin_store.purges_by_state(tx)
    now, shown = ctx.clock.now(), rows[:PAGE_SIZE]
    sums = {name: sum(counts.get(state, 0) for state in states) for name, states in _FILTERS.items()}
    return room(
        request, "purges.html", rows=shown, sums=sums, chosen=chosen, words=words,
        next=shown[-1]["id"] if len(rows) > PAGE_SIZE else None,
        when={
            row["id"]: deadline(
                language, now, row["done_at"] or row["cooling_until"] or row["due_at"], row["timezone"] or OPERATOR_ZONE
            )
            for row in shown
        },
    )  # fmt: skip


@route("/admin/learners/{learner:uuid}/purge", http_method=READ, include_in_schema=False)
async def approve_page(request: AnyRequest, learner: UUID) -> Page:
    """Exactly what will happen to whom and when."""
    actor = await in_room(request, *OFFICERS)
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        person = await people.get(tx, learner)
        if person is None:
            raise same_for_strangers()
        guardians = (await people.guardians_of(tx, [learner]))[learner]
        alone = await admin_store.guardians_of_nobody_else(tx, learner)
    one = (await decide_many(ctx, [learner]))[learner]
    return room(
        request, "purge.html", person=person, guardians=guardians, alone=alone, where=standing_of(one, language),
        decision=one.decision, held=one.gathered.held, systems=[words.SYSTEMS[code] for code in RECIPIENTS],
        until=ctx.clock.now() + timedelta(seconds=ctx.settings.cool_off), zone=person.timezone or OPERATOR_ZONE,
    )  # fmt: skip


@post("/admin/learners/{learner:uuid}/purge", include_in_schema=False)
async def approve(request: AnyRequest, learner: UUID) -> Response[Any]:
    """Approve it."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        await service.approve(context_of(request), actor, learner)
    except Conflict as error:
        return await story_page(request, learner, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/learners/{learner}?done=approved")


@post("/admin/purges/{purge:uuid}/rescind", include_in_schema=False)
async def rescind(request: AnyRequest, purge: UUID) -> Response[Any]:
    """Take an approval back during the cool-off."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        found = await store.get(tx, purge)
    if found is None:
        raise same_for_strangers()
    try:
        await service.rescind(ctx, actor, purge)
    except Conflict as error:
        return await story_page(request, found.learner, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/learners/{found.learner}?done=rescinded")


@route("/admin/purges/{purge:uuid}/certificate", http_method=READ, include_in_schema=False)
async def certificate_page(request: AnyRequest, purge: UUID) -> Page:
    """What was erased where and when, and what was kept and why; made to be printed."""
    document, approver = await _certificate(request, purge)
    document = {**document, **{name: _instant(document[name]) for name in _INSTANTS}}
    for part, name in (("erased", "at"), ("kept", "until")):
        document[part] = [{**one, name: _instant(one[name])} for one in document[part]]
    return room(
        request, "certificate.html", document=document, approver=approver, purge=purge, words=words,
        zone=OPERATOR_ZONE,
    )  # fmt: skip


@route("/admin/purges/{purge:uuid}/certificate.json", http_method=READ, include_in_schema=False)
async def certificate_json(request: AnyRequest, purge: UUID) -> dict[str, Any]:
    """The same for programs."""
    document, _ = await _certificate(request, purge)
    return document


_INSTANTS = ("due_at", "approved_at", "started_at", "done_at")


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


async def _certificate(request: AnyRequest, purge: UUID) -> tuple[dict[str, Any], str | None]:
    actor = await in_room(request)
    async with context_of(request).transaction(actor) as tx:
        document = await store.certificate(tx, purge)
        if document is None:
            raise same_for_strangers()
        approver = uuid_in(document.get("approved_by"))
        names = await admin_store.names_of_staff(tx, [approver] if approver else [])
    return document, names.get(approver) if approver else None


ROUTES: list[Any] = [list_page, approve_page, approve, rescind, certificate_page, certificate_json]
