"""Who is kept, who may see them, and what is left after an erasure."""

from datetime import date
from uuid import UUID

import pytest

from guardian.context import Context
from guardian.db.tables import PERSONAL
from guardian.errors import Refused
from guardian.events import SYSTEM, Actor
from guardian.people import register, store
from guardian.people.domain import Learner
from tests import seed


async def revision(ctx: Context, learner: UUID) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.get(tx, learner)
    assert found is not None
    return found.revision


async def test_a_learner_is_found_by_each_of_their_ids(ctx: Context) -> None:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school, platform_id="p-1", student_id="42")
    async with ctx.transaction(SYSTEM) as tx:
        found = [
            await store.get(tx, learner),
            await store.find_by_platform_id(tx, "p-1"),
            await store.find_by_student_id(tx, school, "42"),
        ]
        assert await store.find_by_platform_id(tx, "p-2") is None
        assert await store.find_by_student_id(tx, ctx.new_id(), "42") is None
    assert {one.id for one in found if one} == {learner}
    assert all(found)


async def test_charlie_of_another_school_sees_and_changes_nothing(ctx: Context) -> None:
    school, other = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    learner = await seed.learner(ctx, school)
    guardian = await seed.guardian(ctx, school, learner)
    charlie = seed.staff_actor(await seed.staff(ctx, other, "charlie@oak.example.org"), other)
    async with ctx.transaction(charlie) as tx:
        assert await store.get(tx, learner) is None
        assert (await register.page(tx, school)).items == []
        assert not await store.set_standing(tx, learner, "identity_held")
        assert not await store.set_authority(tx, learner=learner, guardian=guardian, authority="none")
        assert not await store.correct_contact(tx, guardian, name="X", email=None, phone=None)
        assert await store.guardians_of(tx, [learner]) == {learner: []}


async def test_a_sign_up_is_kept_once_per_platform_id(ctx: Context) -> None:
    school = await seed.institution(ctx)
    made = [
        Learner(
            id=ctx.new_id(), platform_id="p-1", given_name="Ada", family_name=None, birth_date="2014",
            email="Ada@example.org",
            jurisdictions=["PL"], timezone="Europe/Warsaw", language="pl", standing="active", assent=None, revision=0,
            created_at=ctx.clock.now(), erased_at=None,
        )
        for _ in range(2)
    ]  # fmt: skip
    async with ctx.transaction(SYSTEM) as tx:
        assert [await store.add_learner(tx, one) for one in made] == [True, False]
        for _ in range(2):
            enrolled = await store.enrol(
                tx, ctx.new_id(), made[0].id, school, begins_on=date(2026, 9, 1), student_id="7", class_name="4a"
            )
        assert enrolled is False
        [enrolment] = await store.enrolments_of(tx, made[0].id)
        assert await store.end_enrolment(tx, made[0].id, school, date(2026, 12, 1))
        assert not await store.end_enrolment(tx, made[0].id, school, date(2026, 12, 2))
    assert (enrolment.student_id, enrolment.class_name, enrolment.ends_on) == ("7", "4a", None)


async def test_a_guardian_s_say_can_be_given_and_a_relation_ended_for_good(ctx: Context) -> None:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school)
    guardian = ctx.new_id()
    async with ctx.transaction(SYSTEM) as tx:
        await store.add_guardian(tx, guardian, school, name="Uwe", email="U@example.org", phone=None, language="pl")
        assert await store.link(
            tx,
            ctx.new_id(),
            learner=learner,
            guardian=guardian,
            relationship="relative",
            authority="none",
            eligible="no",
        )
    before = await revision(ctx, learner)
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.set_authority(tx, learner=learner, guardian=guardian, authority="full")
        [found] = (await store.guardians_of(tx, [learner]))[learner]
    assert (found.authority, found.reachable, await revision(ctx, learner) > before) == ("full", True, True)
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.end_guardianship(tx, learner=learner, guardian=guardian)
        assert not await store.set_authority(tx, learner=learner, guardian=guardian, authority="full")
        [found] = (await store.guardians_of(tx, [learner]))[learner]
    assert (found.authority, found.ended_at) == ("none", ctx.clock.now())


async def test_a_corrected_address_is_reachable_again(ctx: Context) -> None:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school)
    guardian = await seed.guardian(ctx, school, learner)
    async with ctx.transaction(SYSTEM) as tx:
        assert [await store.mark_unreachable(tx, guardian) for _ in range(2)] == [True, False]
        await store.correct_contact(tx, guardian, name="Alice", email="ALICE@example.org", phone=None)
        [same] = (await store.guardians_of(tx, [learner]))[learner]
        await store.correct_contact(tx, guardian, name="Alice", email="a@example.org", phone="+48 22 111 11 11")
        [other] = (await store.guardians_of(tx, [learner]))[learner]
    assert (same.reachable, other.reachable) == (False, True)


async def test_standing_changes_only_from_what_was_expected(ctx: Context) -> None:
    learner = await seed.learner(ctx, await seed.institution(ctx))
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.set_standing(tx, learner, "reported", before=["active"])
        assert not await store.set_standing(tx, learner, "identity_held", before=["active"])
        assert await store.set_birth_date(tx, learner, "2010-01-01")
        assert not await store.set_birth_date(tx, learner, "2010-01-01")
    before = await revision(ctx, learner)
    async with ctx.transaction(SYSTEM) as tx:
        await store.set_standing(tx, learner, "active")
    assert await revision(ctx, learner) > before


async def test_an_erased_learner_is_an_empty_husk_for_good(ctx: Context) -> None:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school, email="k@example.org", email_key="k@example.org")
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.erase_learner(tx, learner) == 8
        assert await store.erase_learner(tx, learner) == 0
        for table, columns in (("learners", PERSONAL["learners"]), ("enrolments", PERSONAL["enrolments"])):
            [row] = await tx.fetch(f"select {', '.join(columns)} from {table}")
            assert not any(row.values()), table
        husk = await store.get(tx, learner)
        assert husk is not None
        assert (husk.standing, husk.erased_at, husk.name) == ("erased", ctx.clock.now(), "")
        assert not await store.set_standing(tx, learner, "active")
        assert (await register.page(tx, school)).items == []


async def test_a_guardian_is_erased_with_the_last_learner(ctx: Context) -> None:
    school = await seed.institution(ctx)
    first, second = await seed.learner(ctx, school), await seed.learner(ctx, school, "Ben")
    guardian = await seed.guardian(ctx, school, first, second)
    async with ctx.transaction(SYSTEM) as tx:
        await store.erase_learner(tx, first)
        assert await store.erase_guardians_of(tx, first) == 0
        await store.erase_learner(tx, second)
        assert await store.erase_guardians_of(tx, second) == 1
        [row] = await tx.fetch("select name, email, email_key, phone, erased_at from guardians where id = $1", guardian)
    assert tuple(row) == (None, None, None, None, ctx.clock.now())


async def test_the_list_is_by_family_name_and_goes_on_where_it_stopped(ctx: Context) -> None:
    school = await seed.institution(ctx)
    for number in range(7):
        await seed.learner(
            ctx, school, f"Kid{number}", family_name=f"Fam{6 - number}", class_name="4a" if number % 2 else None
        )
    bob = seed.staff_actor(await seed.staff(ctx, school), school)
    seen: list[str | None] = []
    after = None
    async with ctx.transaction(bob) as tx:
        while True:
            part = await register.page(tx, school, after=after, limit=3)
            seen += [one.family_name for one in part.items]
            after = part.next
            if after is None:
                break
        assert seen == [f"Fam{n}" for n in range(7)]
        assert [one.given_name for one in (await register.page(tx, school, class_name="4a")).items] == [
            "Kid5",
            "Kid3",
            "Kid1",
        ]
        assert [one.given_name for one in (await register.page(tx, school, search=" kid2  fam4 ")).items] == ["Kid2"]
        assert await register.classes(tx, school) == [("", 4), ("4a", 3)]
        with pytest.raises(Refused):
            await register.page(tx, school, after="Fam3")


async def test_the_list_counts_guardians_who_can_be_asked(ctx: Context) -> None:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school)
    await seed.guardian(ctx, school, learner)
    await seed.guardian(ctx, school, learner, name="Uwe", email="u@example.org", authority="none")
    await seed.guardian(ctx, school, learner, name="Pat", email=None)
    guardian_actor = Actor(kind="guardian", id=ctx.new_id())
    async with ctx.transaction(SYSTEM) as tx:
        assert [one.guardians for one in (await register.page(tx, school)).items] == [1]
    async with ctx.transaction(guardian_actor) as tx:
        assert (await register.page(tx, school)).items == []
