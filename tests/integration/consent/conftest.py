"""Alice has two children at Bob's school; their request is sent and she holds her link."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from asyncpg import Record

from guardian.consent import asking, service, store
from guardian.consent.domain import Choice
from guardian.consent.service import Recorded, Typed, claims_of
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import links
from guardian.mail.links import Purpose
from guardian.people.jobs import AskGuardians
from tests import seed


class Story(NamedTuple):
    """Where a test begins."""

    school: UUID
    notice: UUID
    bob: UUID
    alice: UUID
    anna: UUID
    jan: UUID
    request: UUID
    handle: str


async def link_for(ctx: Context, request: UUID, purpose: Purpose = "consent", days: int = 14) -> str:
    """A handle as a letter would carry it."""
    async with ctx.transaction(SYSTEM) as tx:
        message = ctx.new_id()
        await links.issue(ctx, tx, purpose, request, message=message, expires_at=tx.now + timedelta(days=days))
        return links.handle_of(ctx, purpose, message)


async def all_rows(ctx: Context, sql: str, *args: Any) -> list[Record]:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetch(sql, *args)


async def one(ctx: Context, sql: str, *args: Any) -> Any:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetchval(sql, *args)


async def mark_sent(ctx: Context, request: UUID, days: int = 14) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await store.mark_sent(tx, {request: True}, expires_at=tx.now + timedelta(days=days))


async def typed(ctx: Context, handle: str, choice: Choice = "yes", **named: Choice) -> Typed:
    """The same answer to every question, unless `purpose=answer` says otherwise."""
    page = await service.open_page(ctx, handle)
    choices = {(q.learner, q.purpose): named.get(q.purpose, choice) for q in page.questions}
    return Typed(choices=choices, relationship="mother", name="Alice Kowal", language="en")


async def claims(ctx: Context, handle: str) -> dict[str, Any]:
    return claims_of(await service.open_page(ctx, handle), "jti")


async def answer(ctx: Context, handle: str, choice: Choice = "yes", **named: Choice) -> Recorded:
    return await service.answer(ctx, handle, await claims(ctx, handle), await typed(ctx, handle, choice, **named))


async def answered(ctx: Context, handle: str, choice: Choice = "yes", **named: Choice) -> UUID:
    """The act that an answer left."""
    act = (await answer(ctx, handle, choice, **named)).act
    assert act is not None
    return act


@pytest.fixture
async def story(ctx: Context) -> Story:
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    notice = await seed.notice(ctx)
    await seed.authorisation(ctx, school, notice, bob)
    anna = await seed.learner(ctx, school, "Anna")
    jan = await seed.learner(ctx, school, "Jan")
    alice = await seed.guardian(ctx, school, anna, jan)
    await asking.ask_guardians(ctx, AskGuardians(institution=school))
    request = await one(ctx, "select id from consent_requests")
    await mark_sent(ctx, request)
    return Story(school, notice, bob, alice, anna, jan, request, await link_for(ctx, request))
