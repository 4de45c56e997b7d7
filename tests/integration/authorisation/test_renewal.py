"""Three reminders before the end, to the staff and the signatory, once each; none once somebody has signed again."""

import asyncio
from datetime import timedelta

from guardian.authorisation import reading, renewal, service
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail.composing import Composed, Skip
from guardian.mail.rendering import render
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made


async def _days(ctx: Context) -> list[int]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select distinct sequence from mail_messages where letter = 'authorisation_renewal'")
    return sorted(row["sequence"] for row in rows)


async def _sweep(ctx: Context) -> int:
    return await renewal.remind_due(ctx, SYSTEM)


async def test_thirty_fourteen_and_three_days_before_once_each(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    ann = await seed.staff(ctx, school.id, "ann@maple.example.org")
    await seed.staff(ctx, school.id, "clerk@maple.example.org", role="roster_manager")
    end = (await reading.get(ctx, school.bob, await made.in_force(ctx, school, clock))).valid_until
    seen = []
    clock.instant = end - timedelta(days=31)
    while clock.instant < end + timedelta(days=2):  # every six hours, five sweeps at once
        if sum(await asyncio.gather(*(_sweep(ctx) for _ in range(5)))):
            seen.append((end - clock.instant) / timedelta(days=1))
        clock.advance(hours=6)
    assert seen == [30, 14, 3]
    assert await _days(ctx) == [3, 14, 30]
    assert await made.entries(ctx, "authorisation.reminded") == 3
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select recipient from mail_messages where letter = 'authorisation_renewal'")
    assert len(rows) == 9  # Bob, Ann and the head, three times
    assert ann in {row["recipient"] for row in rows}


async def test_what_they_say(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await made.in_force(ctx, school, clock, language="fr")
    clock.instant = (await reading.get(ctx, school.bob, active)).valid_until - timedelta(days=30)
    await _sweep(ctx)
    assert await made.to(ctx, "authorisation_renewal") == ["bob@maple.example.org", made.HEAD]
    for composed in await made.letters(ctx, "authorisation_renewal"):
        assert isinstance(composed, Composed)
        text = render(composed.letter, composed.language).text
        if composed.recipient == made.HEAD:
            assert "mardi 31 août 2027" in text
            assert "Bonjour Hanna Żak" in text
            assert "/school" not in text
        else:
            assert "Tuesday 31 August 2027" in text
            assert "ask for a new signature now" in text
            assert "/school/authorisations" in text
    await made.asked(ctx, school.bob)
    waiting = await made.letters(ctx, "authorisation_renewal")
    assert [getattr(each.letter, "asked", None) for each in waiting if isinstance(each, Composed)] == [True, True]


async def test_none_after_somebody_signed_again_and_none_that_waits_goes_out(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await made.in_force(ctx, school, clock)
    end = (await reading.get(ctx, school.bob, active)).valid_until
    clock.instant = end - timedelta(days=30)
    assert await _sweep(ctx) == 1
    await made.signed(ctx, school.bob, clock)  # not checked yet: the school has done its part
    for days in (14, 3):
        clock.instant = end - timedelta(days=days)
        assert await _sweep(ctx) == 0
    assert await made.letters(ctx, "authorisation_renewal") == [Skip("cancelled", "moved_on")] * 2


async def test_none_for_what_was_revoked_or_suspended_or_began_late(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    short = await made.in_force(ctx, school, clock, valid_until=clock.now() + timedelta(days=10))
    clock.advance(days=5)
    assert await _sweep(ctx) == 0  # it was never thirty or fourteen days long
    clock.advance(days=2)
    await service.suspend(ctx, school.bob, short)
    assert await _sweep(ctx) == 0
    await service.resume(ctx, school.olga, short)
    assert await _sweep(ctx) == 1
    assert await _days(ctx) == [3]
    await service.revoke(ctx, school.bob, short)
    assert await made.to(ctx, "authorisation_renewal") == []


async def test_a_sweep_that_comes_late_writes_one_letter_not_three(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await made.in_force(ctx, school, clock)
    clock.instant = (await reading.get(ctx, school.bob, active)).valid_until - timedelta(days=2)
    assert [await _sweep(ctx) for _ in range(3)] == [1, 0, 0]
    assert await _days(ctx) == [3]
