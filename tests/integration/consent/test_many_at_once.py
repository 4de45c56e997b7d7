"""Fifty at once on one consent: one act, one entry, one letter, whatever wins."""

import asyncio
from datetime import timedelta

from guardian.consent import service
from guardian.context import Context
from guardian.errors import GuardianError
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, claims, one, typed

AT_ONCE = 50


async def test_fifty_answers(ctx: Context, story: Story) -> None:
    ticket, said = await claims(ctx, story.handle), await typed(ctx, story.handle)
    done = await asyncio.gather(*(service.answer(ctx, story.handle, ticket, said) for _ in range(AT_ONCE)))
    assert sum(recorded.act is not None for recorded in done) == 1
    assert await one(ctx, "select count(distinct act) from consents") == 1
    assert await one(ctx, "select count(*) from audit where action = 'consent.answered'") == 1


async def test_fifty_withdrawals(ctx: Context, story: Story, clock: FixedClock) -> None:
    await answer(ctx, story.handle)
    clock.advance(seconds=timedelta(days=2).total_seconds())
    ticket = await claims(ctx, story.handle)
    done = await asyncio.gather(
        *(service.withdraw(ctx, story.handle, ticket, {story.anna}) for _ in range(AT_ONCE)), return_exceptions=True
    )
    assert all(isinstance(each, GuardianError) for each in done if isinstance(each, BaseException))
    assert sum(each.act is not None for each in done if not isinstance(each, BaseException)) == 1
    withdrawn = await all_rows(ctx, "select learner, purpose, act from consents where state = 'withdrawn'")
    assert {row["learner"] for row in withdrawn} == {story.anna}
    assert len({row["act"] for row in withdrawn}) == 1
    assert len(withdrawn) == len({row["purpose"] for row in withdrawn})
    assert await one(ctx, "select count(*) from audit where action = 'consent.withdrawn'") == 1
    assert await one(ctx, "select count(*) from mail_messages where letter = 'consent_withdrawn'") == 1


async def test_fifty_withdrawals_and_new_answers_in_one_heap(ctx: Context, story: Story, clock: FixedClock) -> None:
    """Whatever the order, each act stands whole, and no entry stands without its act."""
    await answer(ctx, story.handle)
    clock.advance(seconds=timedelta(days=2).total_seconds())
    ticket, said = await claims(ctx, story.handle), await typed(ctx, story.handle, "no")
    await asyncio.gather(
        *(
            service.withdraw(ctx, story.handle, ticket, {story.anna, story.jan})
            if n % 2
            else service.answer(ctx, story.handle, ticket, said)
            for n in range(AT_ONCE)
        ),
        return_exceptions=True,
    )
    acts = await one(ctx, "select count(distinct act) from consents")
    entries = await one(ctx, "select count(*) from audit where action in ('consent.answered', 'consent.withdrawn')")
    assert acts == entries
    assert await one(ctx, "select count(*) from consents where state = 'given'") == 4
