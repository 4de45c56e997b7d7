"""The operator checks who signed; then it is in force, until something ends it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from guardian.authorisation import checking, lapse, reading, service
from guardian.authorisation.domain import Authorisation
from guardian.context import Context
from guardian.errors import Conflict, NotAllowed, NotFound
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made


async def _jobs(ctx: Context) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval("select count(*) from pgqueuer where entrypoint = 'consent.ask_guardians'"))


async def _verified(ctx: Context, school: made.School, clock: FixedClock) -> UUID:
    signed = await made.signed(ctx, school.bob, clock)
    await checking.verify(ctx, school.olga, signed)
    return signed


async def test_a_checked_signature_is_in_force_from_that_instant(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await seed.learner(ctx, school.id)
    signed = await made.signed(ctx, school.bob, clock)
    async with ctx.transaction(SYSTEM) as tx:
        before = await tx.fetchval("select revision from learners where id = $1", learner)
    verified = await checking.verify(ctx, school.olga, signed)
    assert (verified.state, verified.valid_from, verified.verified_by) == ("active", clock.now(), school.olga.id)
    assert await _jobs(ctx) == 1
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select revision from learners where id = $1", learner) > before


async def test_of_twenty_checks_at_once_one_counts(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    results = await asyncio.gather(
        *(checking.verify(ctx, school.olga, signed) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, Authorisation) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert await made.entries(ctx, "authorisation.verified") == 1
    assert await _jobs(ctx) == 1


async def test_a_renewal_takes_over_without_a_gap(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    old = await _verified(ctx, school, clock)
    clock.advance(days=300)
    new = await _verified(ctx, school, clock)
    earlier, later = await reading.get(ctx, school.bob, old), await reading.get(ctx, school.bob, new)
    assert (earlier.state, later.state) == ("superseded", "active")
    assert earlier.ended_at == later.valid_from
    assert later.valid_until - earlier.valid_until > timedelta(days=364)


async def test_two_signed_at_once_leave_one_in_force(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    both = [await made.signed(ctx, school.bob, clock) for _ in range(2)]
    await asyncio.gather(*(checking.verify(ctx, school.olga, each) for each in both), return_exceptions=True)
    states = sorted([await made.state(ctx, each) for each in both])
    assert states == ["active", "superseded"]


async def test_only_the_operator_checks_and_only_what_is_signed(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    with pytest.raises(Conflict):
        await checking.verify(ctx, school.olga, asked)
    signed = await made.signed(ctx, school.bob, clock)
    reader = seed.staff_actor(school.olga.id, None, "read_only")  # type: ignore[arg-type]
    for actor in (school.bob, reader):
        with pytest.raises(NotAllowed):
            await checking.verify(ctx, actor, signed)
    with pytest.raises(NotFound):
        await checking.verify(ctx, school.olga, ctx.new_id())


async def test_the_queue_says_whether_the_address_is_known_to_be_the_schools(ctx: Context, clock: FixedClock) -> None:
    careful = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, verify_by_domain=False))
    school = await made.school(ctx)
    known = await made.signed(careful, school.bob, clock, email=made.KNOWN)
    other = await made.signed(careful, school.bob, clock)
    queue = await reading.awaiting_verification(ctx, school.olga)
    assert [(w.authorisation.id, w.verified_domain) for w in queue] == [(known, True), (other, False)]
    assert await made.state(ctx, known) == "awaiting_verification"
    with pytest.raises(NotAllowed):
        await reading.awaiting_verification(ctx, school.bob)


async def test_one_that_could_not_be_confirmed_is_rejected(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    assert (await checking.reject(ctx, school.olga, signed, "Nobody answered at the school.")).state == "refused"
    with pytest.raises(Conflict):
        await checking.verify(ctx, school.olga, signed)
    assert await _jobs(ctx) == 0


async def test_the_school_suspends_and_the_operator_resumes(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await _verified(ctx, school, clock)
    assert (await service.suspend(ctx, school.bob, active)).state == "suspended"
    with pytest.raises(NotAllowed):
        await service.resume(ctx, school.bob, active)
    assert (await service.resume(ctx, school.olga, active)).state == "active"
    assert (await service.revoke(ctx, school.bob, active)).state == "revoked"
    with pytest.raises(Conflict):
        await service.resume(ctx, school.olga, active)


async def test_a_lapse_is_marked_once_and_nothing_moves_after_it(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await _verified(ctx, school, clock)
    waiting = await made.asked(ctx, school.bob)
    end = (await reading.get(ctx, school.bob, active)).valid_until
    clock.instant = end - timedelta(seconds=1)
    assert await lapse.expire_due(ctx, SYSTEM) == 0
    clock.instant = end
    with pytest.raises(Conflict):
        await service.suspend(ctx, school.bob, active)  # the clock ended it before any sweep
    marked = await asyncio.gather(*(lapse.expire_due(ctx, SYSTEM, 1) for _ in range(6)))
    assert sum(marked) == 2
    assert {await made.state(ctx, each) for each in (active, waiting)} == {"expired"}
    assert await made.entries(ctx, "authorisation.expired") == 2
    assert (await reading.get(ctx, school.bob, active)).ended_at == end


async def test_the_end_of_a_school_ends_all_its_authorisations_at_once(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await _verified(ctx, school, clock)
    waiting = await made.asked(ctx, school.bob)
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    theirs = await made.asked(ctx, other.bob, "head@oak.example.org")
    with pytest.raises(NotAllowed):
        await lapse.end_institution(ctx, school.bob, school.id)
    await lapse.end_institution(ctx, school.olga, school.id)
    assert {await made.state(ctx, each) for each in (active, waiting)} == {"revoked"}
    assert await made.state(ctx, theirs) == "awaiting_signature"
    assert await made.entries(ctx, "institution.ended") == 1
    with pytest.raises(NotFound):
        await lapse.end_institution(ctx, school.olga, school.id)
    with pytest.raises(NotFound):
        await made.asked(ctx, school.bob)


async def test_ninety_days_after_its_end_nobody_of_a_school_is_named_any_more(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await _verified(ctx, school, clock)
    await lapse.end_institution(ctx, school.olga, school.id)
    clock.advance(days=90, seconds=-1)
    assert not await lapse.erase_ended(ctx, SYSTEM)
    clock.advance(seconds=1)
    assert sum(await asyncio.gather(*(lapse.erase_ended(ctx, SYSTEM) for _ in range(5)))) == 1
    async with ctx.transaction(SYSTEM) as tx:
        staff = await tx.fetchrow("select name, email, email_key, state from staff where id = $1", school.bob.id)
        contact = await tx.fetchval("select contact_email from institutions where id = $1", school.id)
        kept = await tx.fetchrow("select * from authorisations where id = $1", signed)
    assert staff is not None
    assert kept is not None
    assert (tuple(staff), contact) == ((None, None, None, "ended"), None)
    assert (kept["signatory_email"], kept["signatory_name"], kept["signatory_title"]) == (None, None, None)
    assert kept["document_sha256"]
    assert kept["notice_sha256"]
    assert kept["signed_at"] is not None
    assert await made.entries(ctx, "institution.erased") == 1
