"""The queue of what a person must look at: by kind, the earliest deadline first."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import queue_store, words
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
)
from guardian.errors import Conflict, Refused
from guardian.flags import service
from guardian.flags import store as flags
from guardian.flags.domain import Outcome
from guardian.flags.words import SENTENCES
from guardian.i18n import gettext_noop as N_
from guardian.institution import store as institutions
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

OFFERED: tuple[Outcome, ...] = ("corrected", "dismissed")
"""How a person may resolve a flag; the other outcomes follow from acts."""


@route("/admin/flags", http_method=READ, include_in_schema=False)
async def queue(request: AnyRequest) -> Page:
    """Open flags with filters by kind and school."""
    actor = await in_room(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    kind = query.get("kind") if query.get("kind") in words.KINDS else None
    school = uuid_in(query.get("school"))
    async with ctx.transaction(actor) as tx:
        kinds = await queue_store.flags_by_kind(tx, school)
        found = await queue_store.flags(
            tx, kind=kind, institution=school, after=uuid_in(query.get("after")), limit=PAGE_SIZE + 1
        )
        schools = await queue_store.flags_by_school(tx)
    now, shown = ctx.clock.now(), found[:PAGE_SIZE]
    return room(
        request, "flags.html", now=now, kinds=kinds, kind=kind,
        school=school, schools=schools, flags=shown, words=words,
        next=shown[-1].id if len(found) > PAGE_SIZE else None,
        due={one.id: deadline(language, now, one.due_at, one.timezone or OPERATOR_ZONE) for one in shown},
    )  # fmt: skip


@route("/admin/flags/{flag:uuid}", http_method=READ, include_in_schema=False)
async def one_flag(request: AnyRequest, flag: FromPath[UUID]) -> Response[Any]:
    """The account that a flag is about; a flag about a whole school has a page of its own."""
    return await _flag(request, flag)


@post("/admin/flags/{flag:uuid}/take", include_in_schema=False)
async def take(request: AnyRequest, flag: FromPath[UUID]) -> Response[Any]:
    """Say that one looks into it."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        await service.review(context_of(request), actor, flag)
    except Conflict as error:
        return await _flag(request, flag, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/flags/{flag}")


@post("/admin/flags/{flag:uuid}/resolve", include_in_schema=False)
async def resolve(request: AnyRequest, flag: FromPath[UUID]) -> Response[Any]:
    """Close it with an outcome."""
    fields = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        await service.resolve(context_of(request), actor, flag, _outcome(fields.get("outcome", "")))
    except (Conflict, Refused) as error:
        return await _flag(request, flag, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/flags/{flag}")


async def _flag(request: AnyRequest, flag: UUID, *, status: int = 200, message: str | None = None) -> Response[Any]:
    actor = await in_room(request)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        found = await flags.get(tx, flag)
        school = await institutions.get(tx, found.institution) if found and found.institution else None
    if found is None:
        raise same_for_strangers()
    if found.learner is not None and message is None:
        return redirect(f"/admin/learners/{found.learner}?flag={flag}")
    now = ctx.clock.now()
    return room(
        request, "flag.html", status=status, flag=found, school=school, sentence=SENTENCES[found.kind], words=words,
        message=message, outcomes=OFFERED, may=actor.role in OFFICERS,
        due=deadline(language_of(request), now, found.due_at, school.timezone if school else OPERATOR_ZONE),
    )  # fmt: skip


def _outcome(given: str) -> Outcome:
    for known in OFFERED:
        if known == given:
            return known
    raise Refused("outcome_missing", N_("Choose how the flag is resolved."), where="outcome")


ROUTES: list[Any] = [queue, one_flag, take, resolve]
