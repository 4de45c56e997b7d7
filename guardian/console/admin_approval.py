"""Approving a purge over a page that says what happens, and taking the approval back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.access.service import decide_many
from guardian.console import case_store, words
from guardian.console.admin_learner import story_page
from guardian.console.frame import OFFICERS, OPERATOR_ZONE, READ, in_room, room, same_for_strangers, sentence_of
from guardian.console.standing import standing_of
from guardian.errors import Conflict
from guardian.people import store as people
from guardian.purge import service, store
from guardian.purge.domain import RECIPIENTS
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect


@route("/admin/learners/{learner:uuid}/purge", http_method=READ, include_in_schema=False)
async def approve_page(request: AnyRequest, learner: FromPath[UUID]) -> Page:
    """Exactly what will happen to whom and when."""
    actor = await in_room(request, *OFFICERS)
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        person = await people.get(tx, learner)
        if person is None:
            raise same_for_strangers()
        guardians = (await people.guardians_of(tx, [learner]))[learner]
        alone = await case_store.guardians_of_nobody_else(tx, learner)
    one = (await decide_many(ctx, [learner]))[learner]
    return room(
        request, "purge.html", person=person, guardians=guardians, alone=alone, where=standing_of(one, language),
        decision=one.decision, held=one.gathered.held, systems=[words.SYSTEMS[code] for code in RECIPIENTS],
        until=ctx.clock.now() + timedelta(seconds=ctx.settings.cool_off), zone=person.timezone or OPERATOR_ZONE,
    )  # fmt: skip


@post("/admin/learners/{learner:uuid}/purge", include_in_schema=False)
async def approve(request: AnyRequest, learner: FromPath[UUID]) -> Response[Any]:
    """Approve it."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        await service.approve(context_of(request), actor, learner)
    except Conflict as error:
        return await story_page(request, learner, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/learners/{learner}?done=approved")


@post("/admin/purges/{purge:uuid}/rescind", include_in_schema=False)
async def rescind(request: AnyRequest, purge: FromPath[UUID]) -> Response[Any]:
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


ROUTES: list[Any] = [approve_page, approve, rescind]
