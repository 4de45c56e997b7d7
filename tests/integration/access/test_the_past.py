"""Answers of the past: as known then they never change; as known now they follow what was corrected, not what came."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from guardian.access.past import Known
from guardian.access.service import decide_by_platform_id, decide_many
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Actor
from guardian.people import store as people
from tests import seed
from tests.conftest import NOW, FixedClock


class Cast(NamedTuple):
    school: UUID
    anna: UUID
    alice: UUID


@pytest.fixture
async def cast(ctx: Context) -> Cast:
    """Anna may in since NOW."""
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    await seed.authorisation(ctx, school, await seed.notice(ctx), bob)
    anna = await seed.learner(ctx, school, platform_id="p-anna")
    alice = await seed.guardian(ctx, school, anna)
    await said(ctx, anna, alice, "given")
    return Cast(school, anna, alice)


async def said(ctx: Context, learner: UUID, guardian: UUID, state: str, **more: Any) -> UUID:
    now = ctx.clock.now()
    values = {
        "learner": learner, "guardian": guardian, "purpose": "lessons", "state": state, "method": "email_plus",
        "notice_version": 1, "notice_sha256": "0" * 64, "recorded_at": now, "completed_at": now, "act": ctx.new_id(),
    }  # fmt: skip
    return await seed._insert(ctx, "consents", **{**values, **more})


async def run(ctx: Context, sql: str, *args: object, actor: Actor = SYSTEM) -> None:
    async with ctx.transaction(actor) as tx:
        await tx.execute(sql, *args)


async def reasons(ctx: Context, learner: UUID, at: datetime | None, known: Known = "then") -> list[str]:
    return list((await decide_many(ctx, [learner], at, known))[learner].decision.reasons)


async def both(ctx: Context, learner: UUID, at: datetime) -> tuple[list[str], list[str]]:
    return await reasons(ctx, learner, at, "then"), await reasons(ctx, learner, at, "now")


YES = ["authorised", "consented"]
Change = Callable[[Context, Cast], Awaitable[None]]


async def birth_date(ctx: Context, cast: Cast) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await people.set_birth_date(tx, cast.anna, "2008-05-01")


async def never_enrolled(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update enrolments set begins_on = $1", date(2027, 1, 1))


async def left(ctx: Context, cast: Cast) -> None:
    """Entered late: the last day was before the day asked about."""
    async with ctx.transaction(SYSTEM) as tx:
        await people.end_enrolment(tx, cast.anna, cast.school, date(2026, 9, 7))


async def another_school(ctx: Context, cast: Cast) -> None:
    """Entered late, without an authorisation: today's knowledge of that time has one more enrolment, no fewer."""
    oak = await seed.institution(ctx, "Oak School")
    await seed._insert(
        ctx, "enrolments", learner=cast.anna, institution=oak, begins_on=date(2026, 9, 1), created_at=ctx.clock.now()
    )


async def revoked(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update authorisations set state = 'revoked'")


async def shortened(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update authorisations set valid_until = $1", ctx.clock.now())


async def lost_authority(ctx: Context, cast: Cast) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await people.set_authority(tx, learner=cast.anna, guardian=cast.alice, authority="none")


async def not_my_child(ctx: Context, cast: Cast) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await people.end_guardianship(tx, learner=cast.anna, guardian=cast.alice)


async def moved_away(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update learners set jurisdictions = array['US-CA']")
    await run(ctx, "update authorisations set legal_model = 'controller_instruction'")


async def reported(ctx: Context, cast: Cast) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await people.set_standing(tx, cast.anna, "reported")


async def returned_letter(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update consents set completed_at = null")


async def withdrawn(ctx: Context, cast: Cast) -> None:
    await said(ctx, cast.anna, cast.alice, "withdrawn")


async def void(ctx: Context, cast: Cast) -> None:
    await said(ctx, cast.anna, cast.alice, "void")


async def refused_before(ctx: Context, cast: Cast) -> None:
    """A paper refusal of an earlier day, entered late."""
    await said(ctx, cast.anna, cast.alice, "declined", method="signed_form", completed_at=NOW + timedelta(hours=1))


async def material_notice(ctx: Context, cast: Cast) -> None:
    await seed.notice(ctx, 2)


async def always_asked(ctx: Context, cast: Cast) -> None:
    await run(ctx, "update authorisations set legal_model = 'controller_instruction'")
    await run(ctx, "update purposes set disclosure = true")


@pytest.mark.parametrize(
    ("change", "today", "known_now"),
    [
        # corrections: today's knowledge of that time differs
        (birth_date, ["own_consent"], ["own_consent"]),
        (never_enrolled, ["no_institution"], ["no_institution"]),
        (left, ["left_institution"], ["left_institution"]),
        (returned_letter, ["verification_pending"], ["verification_pending"]),
        (void, ["consent_void"], ["consent_void"]),
        (refused_before, ["consent_declined"], ["consent_declined"]),
        # what only happened later: it was otherwise then, whatever is known now
        (another_school, YES, YES),
        (revoked, ["authorisation_revoked"], YES),
        (shortened, ["authorisation_expired"], YES),
        (lost_authority, ["no_guardian"], YES),
        (not_my_child, ["no_guardian"], YES),
        (moved_away, ["legal_model_not_allowed"], YES),
        (reported, ["reported"], YES),
        (withdrawn, ["consent_withdrawn"], YES),
        (material_notice, ["consent_stale"], YES),
        (always_asked, ["method_too_weak"], YES),
    ],
)
async def test_a_later_change_does_not_rewrite_what_was_answered(
    ctx: Context, clock: FixedClock, cast: Cast, change: Change, today: list[str], known_now: list[str]
) -> None:
    clock.advance(days=2)
    at = clock.now()
    assert await reasons(ctx, cast.anna, None) == YES
    answered = (await decide_by_platform_id(ctx, ["p-anna"]))["p-anna"].document()
    clock.advance(days=10)
    await change(ctx, cast)
    clock.advance(seconds=1)
    assert await reasons(ctx, cast.anna, None) == today
    assert await both(ctx, cast.anna, at) == (YES, known_now)
    again = (await decide_by_platform_id(ctx, ["p-anna"], at))["p-anna"].document()
    assert {**again, "until": None, "revision": None} == {**answered, "until": None, "revision": None}
    # of a change at an instant, that instant knows already
    assert (await both(ctx, cast.anna, clock.now() - timedelta(seconds=1)))[0] == today


async def test_the_answer_of_every_day_can_be_given_again_after_many_changes(
    ctx: Context, clock: FixedClock, cast: Cast
) -> None:
    """A month of changes, several in one command and several on one row: what was answered stays what was answered."""
    answered: list[tuple[datetime, list[str]]] = []

    async def twice(tx: Tx) -> None:
        await people.set_birth_date(tx, cast.anna, "2009-01-01")
        await people.set_birth_date(tx, cast.anna, "2016")
        await people.set_standing(tx, cast.anna, "identity_held")

    async def again(tx: Tx) -> None:
        await people.set_birth_date(tx, cast.anna, "2016-05-01")
        await people.set_standing(tx, cast.anna, "active")

    async def authority(tx: Tx) -> None:
        await people.set_authority(tx, learner=cast.anna, guardian=cast.alice, authority="limited")

    async def back(tx: Tx) -> None:
        await people.set_authority(tx, learner=cast.anna, guardian=cast.alice, authority="full")
        await people.mark_unreachable(tx, cast.alice)

    for change in (twice, again, authority, back):
        clock.advance(days=3)
        answered.append((clock.now(), await reasons(ctx, cast.anna, None)))
        clock.advance(hours=1)
        async with ctx.transaction(SYSTEM) as tx:
            await change(tx)
    clock.advance(days=3)
    assert [codes for _, codes in answered] == [YES, ["identity_held"], YES, ["no_guardian"]]
    for at, codes in answered:
        assert await reasons(ctx, cast.anna, at) == codes, at


async def test_before_anything_was_on_record_the_answer_is_no(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    grown = await seed.learner(ctx, cast.school, "Ola", birth_date="2000-01-01")
    clock.advance(days=1)
    before = NOW - timedelta(days=1)
    assert await reasons(ctx, cast.anna, before) == ["no_institution"]
    assert await both(ctx, grown, before) == (["no_institution"], ["own_consent"])


async def test_a_guardian_who_is_told_of_late_was_there_before(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    ben = await seed.learner(ctx, cast.school, "Ben")
    clock.advance(days=1)
    at = clock.now()
    clock.advance(days=1)
    await seed.guardian(ctx, cast.school, ben, email="bea@example.org")
    assert await both(ctx, ben, at) == (["no_guardian"], ["consent_missing"])


async def test_flags_and_holds_are_those_of_that_time(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    await run(ctx, "update authorisations set state = 'revoked'")
    flag = await seed._insert(
        ctx, "flags", kind="reported", learner=cast.anna, institution=cast.school, state="open", severity="high",
        since=clock.now(),
    )  # fmt: skip
    clock.advance(days=1)
    at = clock.now()
    clock.advance(days=1)
    bob = await seed.staff(ctx, cast.school, "bob2@maple.example.org")
    await seed._insert(
        ctx, "holds", learner=cast.anna, reason="a case", authority="a court", approved_by=bob,
        review_on=date(2027, 1, 1), created_at=clock.now(),
    )  # fmt: skip
    await run(ctx, "update flags set state = 'resolved', resolved_at = $2 where id = $1", flag, clock.now())
    then = (await decide_many(ctx, [cast.anna], at))[cast.anna]
    now = (await decide_many(ctx, [cast.anna]))[cast.anna]
    assert (then.decision.flag, now.decision.flag) == ("reported", None)
    assert then.decision.purge_due_at is not None
    assert now.decision.purge_due_at is None


async def test_only_what_counts_is_kept_and_never_a_name(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("delete from fact_versions")
        await people.correct_contact(tx, cast.alice, name="Alice Nowak", email="new@example.org", phone="1")
        await tx.execute("update learners set given_name = 'Ania', language = 'fr', revision = revision + 1")
        await tx.execute("update enrolments set class_name = '5b', missing_since = $1", tx.now)
        assert await tx.fetchval("select count(*) from fact_versions") == 0
        await people.correct_contact(tx, cast.alice, name=None, email=None, phone=None)
        kept = await tx.fetchval("select facts::text from fact_versions")
    assert "example.org" not in kept


async def test_an_erasure_erases_the_history_too(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    await birth_date(ctx, cast)
    async with ctx.transaction(SYSTEM) as tx:
        await people.erase_learner(tx, cast.anna)
        assert await tx.fetchval("select count(*) from fact_versions where learner = $1", cast.anna) == 0
        assert await tx.fetchval("select count(*) from fact_versions where facts::text like '%2016-05-01%'") == 0


async def test_staff_who_correct_leave_history_and_cannot_read_or_forge_it(
    ctx: Context, clock: FixedClock, cast: Cast
) -> None:
    bob = seed.staff_actor(await seed.staff(ctx, cast.school, "bob3@maple.example.org"), cast.school)
    async with ctx.transaction(bob) as tx:
        assert await people.set_birth_date(tx, cast.anna, "2016-06-01")
        assert await tx.fetchval("select current_setting('app.scope')") == bob.scope
        assert await tx.fetchval("select count(*) from fact_versions") == 0
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow("select until, facts->>'birth_date' as was from fact_versions where kind = 'learner'")
    assert row is not None
    assert (row["until"], row["was"]) == (clock.now(), "2016-05-01")
