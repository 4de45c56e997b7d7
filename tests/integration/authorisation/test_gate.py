"""What a learner may do follows the authorisation at the very instant, without a job or a sweep in between."""

from datetime import date, timedelta

import pytest

from guardian.authorisation import checking, lapse, reading, service, signature
from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made

BLOCKED = "block"
IN = ("permit", ("authorised", "consented"))


async def test_each_act_counts_from_its_commit_on(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    assert await made.gate(ctx, learner) == (BLOCKED, ("authorisation_missing",))
    asked = await made.asked(ctx, school.bob)
    assert await made.gate(ctx, learner) == (BLOCKED, ("authorisation_unsigned", "scope_use_missing",
                                                       "scope_collect_missing"))  # fmt: skip
    await service.revoke(ctx, school.bob, asked)
    signed = await made.signed(ctx, school.bob, clock)
    assert (await made.gate(ctx, learner))[0] == BLOCKED
    await checking.verify(ctx, school.olga, signed)
    assert await made.gate(ctx, learner) == IN
    await service.suspend(ctx, school.olga, signed, "The head left.")
    assert "authorisation_suspended" in (await made.gate(ctx, learner))[1]
    await service.resume(ctx, school.olga, signed)
    assert await made.gate(ctx, learner) == IN
    await service.revoke(ctx, school.bob, signed)
    assert "authorisation_revoked" in (await made.gate(ctx, learner))[1]


async def test_a_lapse_needs_no_sweep(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    active = await made.in_force(ctx, school, clock)
    clock.instant = (await reading.get(ctx, school.bob, active)).valid_until - timedelta(seconds=1)
    assert await made.gate(ctx, learner) == IN
    clock.advance(seconds=1)
    assert await made.gate(ctx, learner) == (BLOCKED, ("authorisation_expired",))
    assert await made.state(ctx, active) == "active"  # nobody has marked it yet
    await lapse.expire_due(ctx, SYSTEM)
    assert await made.gate(ctx, learner) == (BLOCKED, ("authorisation_expired",))


async def test_an_early_renewal_takes_over_without_a_flicker(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    old = await made.in_force(ctx, school, clock)
    end = (await reading.get(ctx, school.bob, old)).valid_until
    clock.instant = end - timedelta(days=90)
    new = await made.asked(ctx, school.bob)
    assert (await reading.get(ctx, school.bob, new)).valid_until == end + timedelta(days=366)  # to 31 August 2028
    seen = [await made.gate(ctx, learner)]
    handle = await made.handle_of(ctx, new)
    await signature.sign(ctx, handle, await made.ticket_of(ctx, handle, clock), made.WHOLE)
    seen.append(await made.gate(ctx, learner))
    await checking.verify(ctx, school.olga, new)
    seen.append(await made.gate(ctx, learner))
    for moment in (clock.now(), end - timedelta(seconds=1), end, end + timedelta(days=1)):
        clock.instant = moment
        await lapse.expire_due(ctx, SYSTEM)
        seen.append(await made.gate(ctx, learner))
    assert set(seen) == {IN}
    assert (await made.state(ctx, old), await made.state(ctx, new)) == ("superseded", "active")


async def test_a_renewal_that_is_refused_leaves_the_old_one_in_force(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    old = await made.in_force(ctx, school, clock)
    clock.advance(days=330)
    handle = await made.handle_of(ctx, await made.asked(ctx, school.bob))
    await signature.refuse(ctx, handle, await made.ticket_of(ctx, handle, clock), "We stop in summer.")
    assert await made.gate(ctx, learner) == IN
    assert await made.state(ctx, old) == "active"


async def test_the_end_of_a_school_blocks_all_its_learners_at_once(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learners = [await made.consenting(ctx, school, given=name) for name in ("Anna", "Jan", "Zoé")]
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    elsewhere = await made.consenting(ctx, other)
    await made.in_force(ctx, school, clock)
    await made.in_force(ctx, other, clock, email="head@oak.example.net")
    assert {await made.gate(ctx, each) for each in (*learners, elsewhere)} == {IN}
    await lapse.end_institution(ctx, school.olga, school.id)
    assert {access for access, _ in [await made.gate(ctx, each) for each in learners]} == {BLOCKED}
    assert await made.gate(ctx, elsewhere) == IN


async def test_who_moves_or_leaves_loses_that_layer_alone(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    learner, friend = await made.consenting(ctx, school), await made.consenting(ctx, school, given="Jan")
    await made.in_force(ctx, school, clock)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update enrolments set ends_on = $2 where learner = $1", learner, date(2026, 9, 7))
    clock.advance(days=1)
    assert await made.gate(ctx, learner) == (BLOCKED, ("left_institution",))
    assert await made.gate(ctx, friend) == IN
    await seed._insert(
        ctx, "enrolments", learner=learner, institution=other.id, student_id="o-1", class_name="5a",
        begins_on=date(2026, 9, 8), created_at=clock.now(),
    )  # fmt: skip
    assert await made.gate(ctx, learner) == (BLOCKED, ("authorisation_missing",))  # the first school's counts no more
    await made.in_force(ctx, other, clock, email="head@oak.example.net")
    assert await made.gate(ctx, learner) == IN  # the guardian's answer was never lost


@pytest.mark.parametrize(
    ("model", "place", "admitted"),
    [
        ("school_agent", ["US-CA"], True),
        ("school_agent", ["US-CA", "FR"], False),
        ("school_agent", ["GB"], False),
        ("school_agent", [], False),
        ("guardian_consent", ["GB"], True),
    ],
)
async def test_a_legal_model_is_judged_where_each_learner_lives(
    ctx: Context, clock: FixedClock, model: str, place: list[str], admitted: bool
) -> None:
    school = await made.school(ctx, jurisdiction="US-CA", timezone="America/Los_Angeles", legal_model="school_agent")
    learner = await made.consenting(ctx, school, jurisdictions=place)
    await made.in_force(ctx, school, clock, legal_model=model)
    access, reasons = await made.gate(ctx, learner)
    assert (access == "permit") is admitted
    assert ("legal_model_not_allowed" in reasons) is not admitted
