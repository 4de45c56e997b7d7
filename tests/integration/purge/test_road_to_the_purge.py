"""A silent guardian: flag, due, approval, cool-off, purge; and everything that stops it on the way."""

import asyncio
from datetime import date, timedelta

import pytest

from guardian.access.service import decide_many
from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM
from guardian.purge.execution import RunPurge, run
from guardian.purge.service import approve, hold, release, rescind
from guardian.purge.sweeps import begin_purges, check_learners
from tests import seed
from tests.conftest import NOW, FixedClock
from tests.integration.purge.world import (
    CAP,
    WAITING,
    World,
    actions,
    answer,
    approved,
    flags_of,
    one,
    purge_of,
    sweep_at,
    world,
)

LOOK = WAITING - timedelta(days=2)


@pytest.fixture
async def w(ctx: Context) -> World:
    return await world(ctx)


async def test_a_silent_request_is_flagged_two_days_before_its_clock_ends_and_no_sooner(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW)
    assert await flags_of(ctx, w.anna) == []
    swept = await sweep_at(ctx, clock, NOW + LOOK - timedelta(seconds=1))
    assert swept.learners == 0, "nobody is looked at before something can differ"
    swept = await sweep_at(ctx, clock, NOW + LOOK)
    assert swept.flags_opened == 1
    assert await flags_of(ctx, w.anna) == [("no_basis", "open", None)]
    assert await one(ctx, "select due_at from flags") == NOW + WAITING


async def test_the_purge_is_due_when_the_clock_ends_with_the_same_date_everywhere(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW + LOOK)
    assert (await sweep_at(ctx, clock, NOW + WAITING - timedelta(seconds=1))).purges_due == 0
    assert (await sweep_at(ctx, clock, NOW + WAITING)).purges_due == 1
    purge = await purge_of(ctx, w.anna)
    assert (purge.state, purge.cause, purge.due_at) == ("due", "waiting_on_guardian", NOW + WAITING)
    decided = (await decide_many(ctx, [w.anna]))[w.anna].decision
    assert decided.purge_due_at == purge.due_at == await one(ctx, "select due_at from flags")
    assert decided.flag == "no_basis"


async def test_a_second_sweep_at_the_same_instant_changes_nothing(ctx: Context, clock: FixedClock, w: World) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    before = await actions(ctx)
    swept = await check_learners(ctx)
    assert set(swept.acts().values()) == {0}
    assert await actions(ctx) == before


async def test_two_sweeps_at_once_open_one_flag_and_one_purge(ctx: Context, clock: FixedClock, w: World) -> None:
    clock.instant = NOW + WAITING
    swept = await asyncio.gather(*(check_learners(ctx) for _ in range(4)))
    assert sum(one.purges_due for one in swept) == 1
    assert len(await flags_of(ctx, w.anna)) == 1
    assert await one(ctx, "select count(*) from purges") == 1


async def test_an_approval_begins_the_cool_off_and_the_worker_runs_it_when_that_is_over(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    purge = await approve(ctx, w.admin, w.anna)
    found = await purge_of(ctx, w.anna)
    assert (found.state, found.approved_by) == ("cooling_off", w.admin.id)
    assert found.cooling_until == clock.now() + timedelta(seconds=ctx.settings.cool_off)
    assert await begin_purges(ctx) == 0
    clock.advance(days=1)
    assert await begin_purges(ctx) == 1
    assert await begin_purges(ctx) == 1
    assert await one(ctx, "select count(*) from pgqueuer") == 1, "handed over once while it waits"
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "done"
    assert await begin_purges(ctx) == 0
    assert await flags_of(ctx, w.anna) == [("no_basis", "resolved", "purge_approved")]
    decided = (await decide_many(ctx, [w.anna]))[w.anna].decision
    assert (decided.access, decided.reasons[-1]) == ("block", "erased")


async def test_two_admins_who_approve_at_once_approve_once(ctx: Context, clock: FixedClock, w: World) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    results = await asyncio.gather(*(approve(ctx, w.admin, w.anna) for _ in range(6)), return_exceptions=True)
    refused = [one for one in results if isinstance(one, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(one, Conflict) for one in refused)
    assert (await actions(ctx)).count("purge.approved") == 1


async def test_an_unknown_learner_cannot_be_approved(ctx: Context, w: World) -> None:
    with pytest.raises(NotFound):
        await approve(ctx, w.admin, ctx.new_id())


async def test_staff_of_another_school_cannot_find_the_learner(ctx: Context, clock: FixedClock, w: World) -> None:
    oak = await seed.institution(ctx, "Oak School")
    charlie = seed.staff_actor(await seed.staff(ctx, oak, "charlie@oak.example.org"), oak)
    purge = await approved(ctx, clock, w)
    with pytest.raises(NotFound):
        await approve(ctx, charlie, w.anna)
    with pytest.raises(NotFound):
        await rescind(ctx, charlie, purge)
    with pytest.raises(NotFound):
        await release(ctx, charlie, w.anna)
    with pytest.raises(NotFound):
        await hold(ctx, charlie, w.anna, reason="x", authority="y", review_on=date(2027, 1, 1))


# --- a basis arrives ---


async def test_an_answer_before_the_clock_ends_clears_the_flag(ctx: Context, clock: FixedClock, w: World) -> None:
    await sweep_at(ctx, clock, NOW + LOOK)
    await answer(ctx, w.anna, w.alice)
    swept = await check_learners(ctx)
    assert swept.flags_cleared == 1
    assert await flags_of(ctx, w.anna) == [("no_basis", "resolved", "basis_found")]


async def test_an_answer_between_listing_and_approval_is_a_conflict_and_the_next_sweep_cancels(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    await answer(ctx, w.anna, w.alice)
    with pytest.raises(Conflict) as refused:
        await approve(ctx, w.admin, w.anna)
    assert refused.value.code == "basis_found"
    assert (await purge_of(ctx, w.anna)).state == "due"
    assert (await check_learners(ctx)).purges_cancelled == 1
    assert (await purge_of(ctx, w.anna)).state == "cancelled"


async def test_an_answer_between_approval_and_execution_cancels_even_without_a_sweep(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    purge = await approved(ctx, clock, w)
    await answer(ctx, w.anna, w.alice)
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "cancelled"
    assert await one(ctx, "select given_name from learners") == "Anna"
    assert (await decide_many(ctx, [w.anna]))[w.anna].decision.access == "permit"
    assert (await actions(ctx))[-1] == "purge.cancelled"


async def test_an_answer_of_the_last_second_and_the_worker_never_both_win(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    purge = await approved(ctx, clock, w)
    await asyncio.gather(run(ctx, RunPurge(purge)), answer(ctx, w.anna, w.alice))
    access = (await decide_many(ctx, [w.anna]))[w.anna].decision.access
    state = (await purge_of(ctx, w.anna)).state
    assert (state, access) in {("cancelled", "permit"), ("done", "block")}


async def test_a_yes_that_waits_for_our_second_message_keeps_an_approved_purge_waiting(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    purge = await approved(ctx, clock, w)
    await answer(ctx, w.anna, w.alice, method="email_plus", completed_at=None)
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "cooling_off"
    assert await one(ctx, "select given_name from learners") == "Anna"


async def test_a_due_purge_whose_clock_was_set_anew_is_taken_off_the_list(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    """Another block with a later date: the old date must not stay on the admin's page."""
    await sweep_at(ctx, clock, NOW + WAITING)
    assert (await purge_of(ctx, w.anna)).state == "due"
    await answer(ctx, w.anna, w.alice, state="declined")
    assert (await check_learners(ctx)).purges_cancelled == 1
    decided = (await decide_many(ctx, [w.anna]))[w.anna].decision
    assert decided.purge_due_at == clock.now() + timedelta(days=7)
    clock.advance(days=7)
    await check_learners(ctx)
    purge = await purge_of(ctx, w.anna)
    assert (purge.state, purge.cause, purge.due_at) == ("due", "declined_or_withdrawn", decided.purge_due_at)


async def test_a_due_purge_follows_a_clock_that_ended_earlier(ctx: Context, clock: FixedClock, w: World) -> None:
    async def sent(hours: int) -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("update consent_requests set sent_at = $1", NOW + timedelta(hours=hours))

    await sent(5)
    await sweep_at(ctx, clock, NOW + WAITING + timedelta(hours=5))
    await sent(2)
    await check_learners(ctx)
    expected = NOW + WAITING + timedelta(hours=2)
    assert (await purge_of(ctx, w.anna)).due_at == expected == await one(ctx, "select due_at from flags")


# --- rescind and hold ---


async def test_an_approval_taken_back_in_the_cool_off_restores_everything(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await sweep_at(ctx, clock, NOW + WAITING)
    before = await one(ctx, "select to_jsonb(l) - 'check_at' from learners l")
    purge = await approve(ctx, w.admin, w.anna)
    await rescind(ctx, w.admin, purge)
    assert await one(ctx, "select to_jsonb(l) - 'check_at' from learners l") == before
    clock.advance(days=1)
    await run(ctx, RunPurge(purge))
    assert await one(ctx, "select given_name from learners") == "Anna"
    with pytest.raises(Conflict):
        await rescind(ctx, w.admin, purge)
    await check_learners(ctx)
    assert (await purge_of(ctx, w.anna)).state == "due", "the block stays, so it is due again"


async def test_what_has_begun_cannot_be_taken_back(ctx: Context, clock: FixedClock, w: World) -> None:
    purge = await approved(ctx, clock, w)
    await run(ctx, RunPurge(purge))
    with pytest.raises(Conflict):
        await rescind(ctx, w.admin, purge)
    with pytest.raises(Conflict):
        await approve(ctx, w.admin, w.anna)


async def test_a_hold_stops_a_purge_but_never_the_block(ctx: Context, clock: FixedClock, w: World) -> None:
    purge = await approved(ctx, clock, w)
    await hold(ctx, w.admin, w.anna, reason="a case", authority="a court", review_on=date(2027, 1, 1))
    assert (await purge_of(ctx, w.anna)).state == "held"
    await run(ctx, RunPurge(purge))
    await sweep_at(ctx, clock, NOW + CAP * 3)
    assert await begin_purges(ctx) == 0
    assert (await purge_of(ctx, w.anna)).state == "held"
    decided = (await decide_many(ctx, [w.anna]))[w.anna].decision
    assert (decided.access, decided.purge_due_at) == ("block", None)
    with pytest.raises(Conflict) as refused:
        await approve(ctx, w.admin, w.anna)
    assert refused.value.code == "purge_held"
    with pytest.raises(Conflict):
        await hold(ctx, w.admin, w.anna, reason="again", authority="a court", review_on=date(2027, 1, 1))


async def test_a_released_purge_is_due_again_and_needs_a_new_approval(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    purge = await approved(ctx, clock, w)
    await hold(ctx, w.admin, w.anna, reason="a case", authority="a court", review_on=date(2027, 1, 1))
    await release(ctx, w.admin, w.anna)
    await check_learners(ctx)
    found = await purge_of(ctx, w.anna)
    assert (found.state, found.approved_by, found.cooling_until) == ("due", None, None)
    await run(ctx, RunPurge(purge))
    assert await one(ctx, "select given_name from learners") == "Anna"
    with pytest.raises(NotFound):
        await release(ctx, w.admin, w.anna)


async def test_a_hold_that_comes_when_erasing_has_begun_says_so(ctx: Context, clock: FixedClock, w: World) -> None:
    await approved(ctx, clock, w)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update purges set state = 'running'")
    with pytest.raises(Conflict) as refused:
        await hold(ctx, w.admin, w.anna, reason="a case", authority="a court", review_on=date(2027, 1, 1))
    assert refused.value.code == "purge_running"


@pytest.mark.parametrize(
    ("reason", "authority", "review_on", "code"),
    [
        (" ", "a court", date(2027, 1, 1), "hold_incomplete"),
        ("a case", "", date(2027, 1, 1), "hold_incomplete"),
        ("a case", "a court", date(2026, 9, 7), "hold_review_past"),
    ],
)
async def test_a_hold_needs_its_reason_its_authority_and_a_review(
    ctx: Context, w: World, reason: str, authority: str, review_on: date, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await hold(ctx, w.admin, w.anna, reason=reason, authority=authority, review_on=review_on)
    assert refused.value.code == code
