"""Reminders come when they should, never when they should not; waiting ends."""

import asyncio
from datetime import timedelta

import pytest

from guardian.consent import chasing, delivery, service
from guardian.context import Context
from guardian.errors import NotFound
from guardian.events import SYSTEM
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, link_for, one

REMINDERS = "select letter, sequence from mail_messages where letter <> 'consent_request' order by sequence"


async def reminders(ctx: Context) -> list[tuple[str, int]]:
    return [tuple(row) for row in await all_rows(ctx, REMINDERS)]


@pytest.mark.time
async def test_three_reminders_at_their_days_and_the_end_at_its_own(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    start = clock.now()
    seen: list[float | str] = []
    for hours in range(0, 16 * 24, 6):
        clock.instant = start + timedelta(hours=hours)
        if await chasing.remind_due(ctx):
            seen.append(hours / 24)
        if await chasing.expire_due(ctx):
            seen.append(f"expired {hours / 24}")
    assert seen == [3, 7, 12, "expired 14.0"]
    assert [letter for letter, _ in await reminders(ctx)] == ["consent_reminder", "consent_reminder", "notice_final"]
    assert await one(ctx, "select state from consent_requests") == "expired"
    assert await one(ctx, "select count(*) from mail_messages where state = 'queued'") == 0


async def test_a_late_sweep_sends_one_reminder_not_two(ctx: Context, story: Story, clock: FixedClock) -> None:
    clock.advance(days=8)
    done = await asyncio.gather(*(chasing.remind_due(ctx) for _ in range(5)))
    assert sum(done) == 1
    assert await reminders(ctx) == [("consent_reminder", 2)]


@pytest.mark.parametrize(
    "change",
    [
        "update consent_requests set reminders_stopped_at = '2026-09-07T08:00:00Z'",
        "update consent_requests set state = 'bounced'",
        "update consent_requests set state = 'superseded'",
        "update guardians set unreachable_since = '2026-09-07T08:00:00Z'",
        "update guardians set email = null",
        "update authorisations set state = 'revoked'",
    ],
)
async def test_who_is_never_reminded(ctx: Context, story: Story, clock: FixedClock, change: str) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(change)
    clock.advance(days=4)
    assert await chasing.remind_due(ctx) == 0
    assert await reminders(ctx) == []


async def test_an_answer_takes_a_waiting_reminder_back(ctx: Context, story: Story, clock: FixedClock) -> None:
    clock.advance(days=4)
    assert await chasing.remind_due(ctx) == 1
    await answer(ctx, story.handle)
    states = await all_rows(
        ctx, "select state from mail_messages where letter in ('consent_reminder', 'consent_request')"
    )
    assert {row["state"] for row in states} == {"cancelled"}


async def test_stopping_reminders_decides_nothing_and_can_be_repeated(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    clock.advance(days=4)
    await chasing.remind_due(ctx)
    stop = await link_for(ctx, story.request, "unsubscribe")
    assert await chasing.stop_reminders(ctx, stop)
    assert not await chasing.stop_reminders(ctx, stop)
    assert await one(ctx, "select count(*) from audit where action = 'consent.reminders_stopped'") == 1
    clock.advance(days=4)
    assert await chasing.remind_due(ctx) == 0
    assert await one(ctx, "select state from consent_requests") == "sent"
    assert len((await service.open_page(ctx, story.handle)).waiting) == 4
    with pytest.raises(NotFound):
        await chasing.stop_reminders(ctx, story.handle)


async def test_a_complaint_stops_reminders_and_keeps_the_question(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.complained(ctx, tx, story.alice)
    clock.advance(days=4)
    assert await chasing.remind_due(ctx) == 0
    assert len((await service.open_page(ctx, story.handle)).waiting) == 4


async def test_a_delivery_report_is_kept_and_a_late_one_changes_no_answer(ctx: Context, story: Story) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.delivered(ctx, tx, "consent_request", story.request)
    assert await one(ctx, "select state from consent_requests") == "delivered"
    await answer(ctx, story.handle)
    for report in (delivery.delivered, delivery.bounced):
        async with ctx.transaction(SYSTEM) as tx:
            await report(ctx, tx, "consent_request", story.request)
    assert await one(ctx, "select state from consent_requests") == "answered"
