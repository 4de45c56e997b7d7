"""A flag is opened once, taken on by one person, closed with an outcome, and leaves its line of history."""

import asyncio
from uuid import UUID

import pytest

from guardian.audit import store as audit
from guardian.context import Context
from guardian.errors import Conflict, NotFound
from guardian.events import SYSTEM, Actor
from guardian.flags import service, store
from guardian.flags.domain import Flag
from tests import seed
from tests.conftest import FixedClock


@pytest.fixture
async def school(ctx: Context) -> UUID:
    return await seed.institution(ctx)


@pytest.fixture
async def anna(ctx: Context, school: UUID) -> UUID:
    return await seed.learner(ctx, school)


@pytest.fixture
async def admin(ctx: Context) -> Actor:
    return seed.staff_actor(await seed.staff(ctx, None, "paula@operator.example.org"), None)


async def opened(ctx: Context, anna: UUID | None, school: UUID) -> UUID | None:
    async with ctx.transaction(SYSTEM) as tx:
        return await service.open_in(ctx, tx, kind="reported", learner=anna, institution=school)


async def get(ctx: Context, flag: UUID) -> Flag:
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.get(tx, flag)
    assert found is not None
    return found


async def test_a_learner_has_one_open_flag_of_a_kind(ctx: Context, school: UUID, anna: UUID, admin: Actor) -> None:
    flag = await opened(ctx, anna, school)
    assert flag is not None
    assert await opened(ctx, anna, school) is None
    await service.resolve(ctx, admin, flag, "dismissed")
    assert await opened(ctx, anna, school) not in {None, flag}


async def test_flags_opened_at_once_are_one(ctx: Context, school: UUID, anna: UUID) -> None:
    made = await asyncio.gather(*(opened(ctx, anna, school) for _ in range(6)))
    assert len([one for one in made if one]) == 1


async def test_a_flag_gets_the_severity_of_its_kind(ctx: Context, school: UUID, anna: UUID) -> None:
    flag = await opened(ctx, anna, school)
    assert flag is not None
    assert (await get(ctx, flag)).severity == "high"


async def test_one_of_two_who_take_it_gets_it(ctx: Context, school: UUID, anna: UUID, admin: Actor) -> None:
    flag = await opened(ctx, anna, school)
    assert flag is not None
    results = await asyncio.gather(*(service.review(ctx, admin, flag) for _ in range(5)), return_exceptions=True)
    assert sum(one is None for one in results) == 1
    assert all(isinstance(one, Conflict) for one in results if one is not None)
    found = await get(ctx, flag)
    assert (found.state, found.assignee) == ("in_review", admin.id)


async def test_a_flag_is_closed_once_with_its_outcome_and_one_line_of_history(
    ctx: Context, clock: FixedClock, school: UUID, anna: UUID, admin: Actor
) -> None:
    flag = await opened(ctx, anna, school)
    assert flag is not None
    await service.review(ctx, admin, flag)
    clock.advance(hours=1)
    results = await asyncio.gather(
        *(service.resolve(ctx, admin, flag, "corrected") for _ in range(5)), return_exceptions=True
    )
    assert sum(one is None for one in results) == 1
    found = await get(ctx, flag)
    assert (found.state, found.outcome, found.resolved_at) == ("resolved", "corrected", clock.now())
    assert found.assignee == admin.id
    async with ctx.transaction(SYSTEM) as tx:
        told = [entry.action for entry in await audit.recent(tx)]
    assert told == ["flag.resolved", "flag.taken"]
    with pytest.raises(Conflict):
        await service.review(ctx, admin, flag)


async def test_somebody_elses_flag_is_not_found(ctx: Context, school: UUID, anna: UUID) -> None:
    oak = await seed.institution(ctx, "Oak School")
    charlie = seed.staff_actor(await seed.staff(ctx, oak, "charlie@oak.example.org"), oak)
    flag = await opened(ctx, anna, school)
    assert flag is not None
    with pytest.raises(NotFound):
        await service.review(ctx, charlie, flag)
    with pytest.raises(NotFound):
        await service.resolve(ctx, charlie, flag, "dismissed")
    with pytest.raises(NotFound):
        await service.review(ctx, charlie, ctx.new_id())
    assert (await get(ctx, flag)).state == "open"


async def test_a_command_that_fails_opens_no_flag(ctx: Context, school: UUID, anna: UUID) -> None:
    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await service.open_in(ctx, tx, kind="reported", learner=anna, institution=school)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.of_learners(tx, [anna]) == {}


async def test_the_one_who_removes_a_cause_clears_the_flag_of_that_learner_alone(
    ctx: Context, school: UUID, anna: UUID
) -> None:
    ben = await seed.learner(ctx, school, "Ben")
    await opened(ctx, anna, school)
    await opened(ctx, ben, school)
    async with ctx.transaction(SYSTEM) as tx:
        assert await service.clear_in(ctx, tx, kind="reported", learner=anna, outcome="corrected")
        assert not await service.clear_in(ctx, tx, kind="reported", learner=anna, outcome="corrected")
        assert list(await store.of_learners(tx, [anna, ben])) == [ben]
