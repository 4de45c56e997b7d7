"""At the cap of its clock an unapproved purge runs by itself, unless so many would that a person must look first."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.purge.execution import RunPurge, run
from guardian.purge.service import approve, hold
from guardian.purge.sweeps import Swept, begin_purges, check_learners
from tests import seed
from tests.conftest import NOW, FixedClock
from tests.integration.purge.world import CAP, WAITING, World, answer, asked, one, purge_of, sweep_at, world


@pytest.fixture
async def w(ctx: Context) -> World:
    return await world(ctx)


async def more(ctx: Context, w: World, count: int) -> list[UUID]:
    """Other silent families, asked now."""
    learners = []
    for number in range(count):
        learners.append(await seed.learner(ctx, w.school, f"Child {number}"))
        guardian = await seed.guardian(ctx, w.school, learners[-1], email=f"g{number}@example.org")
        await asked(ctx, w.school, w.notice, guardian, learners[-1])
    return learners


async def states(ctx: Context) -> list[str]:
    async with ctx.transaction(SYSTEM) as tx:
        return sorted(row["state"] for row in await tx.fetch("select state from purges"))


def with_brake(ctx: Context, brake: int) -> Context:
    return msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, purge_brake=brake))


async def test_an_unapproved_purge_runs_at_its_cap_and_no_sooner(ctx: Context, clock: FixedClock, w: World) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    assert (await sweep_at(ctx, clock, NOW + CAP - timedelta(seconds=1))).purges_begun == 0
    assert await begin_purges(ctx) == 0
    assert (await sweep_at(ctx, clock, NOW + CAP)).purges_begun == 1
    purge = await purge_of(ctx, w.anna)
    assert (purge.state, purge.approved_by, purge.cooling_until) == ("cooling_off", None, NOW + CAP)
    assert await begin_purges(ctx) == 1
    await run(ctx, RunPurge(purge.id))
    assert await one(ctx, "select given_name from learners where id = $1", w.anna) is None


async def test_a_sweep_that_was_down_past_the_cap_catches_up(ctx: Context, clock: FixedClock, w: World) -> None:
    swept = await sweep_at(ctx, clock, NOW + CAP * 2)
    assert (swept.purges_due, swept.purges_begun) == (1, 1)


async def test_a_capped_purge_is_not_run_when_an_answer_came_or_its_clock_was_set_anew(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW + CAP)
    purge = await purge_of(ctx, w.anna)
    await answer(ctx, w.anna, w.alice, state="declined")  # another clock, seven days from today
    await run(ctx, RunPurge(purge.id))
    assert (await purge_of(ctx, w.anna)).state == "cancelled"
    assert await one(ctx, "select given_name from learners where id = $1", w.anna) == "Anna"


async def test_a_held_purge_does_not_run_at_its_cap(ctx: Context, clock: FixedClock, w: World) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    await hold(ctx, w.admin, w.anna, reason="a case", authority="a court", review_on=date(2027, 1, 1))
    assert (await sweep_at(ctx, clock, NOW + CAP)).purges_begun == 0
    assert await begin_purges(ctx) == 0


@pytest.mark.parametrize("steps", [[CAP], [WAITING, CAP]], ids=["at once", "in turn"])
async def test_over_the_brake_all_wait_for_a_person_and_none_slips_through(
    ctx: Context, clock: FixedClock, w: World, steps: list[timedelta]
) -> None:
    await more(ctx, w, 4)
    braked = with_brake(ctx, 4)
    for step in steps:
        clock.instant = NOW + step
        swept = await check_learners(braked)
    assert (swept.needs_approval, swept.purges_begun) == (5, 0)
    assert await states(ctx) == ["needs_approval"] * 5
    for _ in range(3):
        clock.advance(minutes=5)
        assert await check_learners(braked) == Swept()
    assert await begin_purges(ctx) == 0
    assert await one(ctx, "select count(*) from learners where given_name is null") == 0


async def test_at_the_brake_exactly_they_run(ctx: Context, clock: FixedClock, w: World) -> None:
    await more(ctx, w, 3)
    clock.instant = NOW + CAP
    swept = await check_learners(with_brake(ctx, 4))
    assert (swept.needs_approval, swept.purges_begun) == (0, 4)


async def test_many_small_runs_of_one_day_count_as_one(ctx: Context, clock: FixedClock, w: World) -> None:
    braked = with_brake(ctx, 4)
    begun = []
    for hour in range(6):
        clock.instant = NOW + timedelta(hours=hour)
        await more(ctx, w, 1)
    for hour in range(6):
        clock.instant = NOW + CAP + timedelta(hours=hour)
        begun.append((await check_learners(braked)).purges_begun)
    assert sum(begun) == 4
    assert (await states(ctx)).count("needs_approval") == 3


async def test_what_the_brake_stopped_runs_when_a_person_approves(ctx: Context, clock: FixedClock, w: World) -> None:
    await more(ctx, w, 1)
    clock.instant = NOW + CAP
    await check_learners(with_brake(ctx, 1))
    purge = await approve(ctx, w.admin, w.anna)
    clock.advance(days=1)
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "done"


async def test_what_the_brake_stopped_is_cancelled_by_an_answer(ctx: Context, clock: FixedClock, w: World) -> None:
    await more(ctx, w, 1)
    clock.instant = NOW + CAP
    braked = with_brake(ctx, 1)
    await check_learners(braked)
    await answer(ctx, w.anna, w.alice)
    assert (await check_learners(braked)).purges_cancelled == 1


async def test_purges_that_wait_for_a_person_below_their_cap_do_not_pull_the_brake(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    clock.instant = NOW + timedelta(days=10)
    await more(ctx, w, 5)
    clock.instant = NOW + CAP  # the others are due, but six days from their cap
    swept = await check_learners(with_brake(ctx, 3))
    assert (swept.purges_due, swept.purges_begun, swept.needs_approval) == (6, 1, 0)
