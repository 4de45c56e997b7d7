"""What staff corrected by hand is sticky: later rosters keep it and say so, until they agree or staff drops it."""

from pathlib import Path
from uuid import UUID

import pytest

from guardian.context import Context
from guardian.errors import NotFound, Refused
from guardian.events import Actor
from guardian.institution import service as institutions
from guardian.institution.domain import Institution
from guardian.people import service
from tests import seed
from tests.integration.roster.school import asked, brought, counted, enrolled, guardians, states

HEAD = "Student ID,First name,Last name,Date of birth,Class,Guardian 1 name,Guardian 1 email,Guardian 1 relationship\n"
FIRST = HEAD + (
    "1,Ana,Kowal,2016-05-01,4a,Alice Kowal,alise@example.org,mother\n"
    "2,Jan,Kowal,2014-05-01,6a,Alice Kowal,alise@example.org,mother\n"
)


async def _world(ctx: Context, folder: Path) -> tuple[Actor, Institution, UUID]:
    school = await seed.institution(ctx)
    actor = seed.staff_actor(await seed.staff(ctx, school), school)
    await brought(ctx, folder, school, FIRST)
    return actor, await institutions.get(ctx, actor, school), (await enrolled(ctx, school))["Ana"][0]


async def test_a_learners_corrected_name_class_and_birth_date_stay(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    changed = await service.correct_learner(
        ctx, actor, school, ana, given_name="Anna", family_name="Kowal", birth_date="2016-05-02", class_name="4b"
    )
    assert changed == ["given_name", "birth_date", "class_name"]
    plan = await brought(ctx, tmp_path, school.id, FIRST)
    assert counted(plan) == {"unchanged": 2}
    assert states(plan)[2] == ("unchanged", ["CORRECTION_KEPT"])
    [row] = await asked(ctx, "select given_name, birth_date from learners where id = $1", ana)
    assert tuple(row) == ("Anna", "2016-05-02")
    third = FIRST.replace("4a", "5c")
    assert states(await brought(ctx, tmp_path, school.id, third))[2] == ("unchanged", ["CORRECTION_KEPT"])
    agreeing = FIRST.replace("Ana,", "Anna,").replace("2016-05-01", "2016-05-02").replace("4a", "4b")
    assert states(await brought(ctx, tmp_path, school.id, agreeing))[2] == ("unchanged", [])
    assert await asked(ctx, "select 1 from corrections") == []
    assert states(await brought(ctx, tmp_path, school.id, agreeing.replace("4b", "5c")))[2][0] == "changed"


async def test_a_plan_alone_drops_no_correction(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    await service.correct_learner(
        ctx, actor, school, ana, given_name="Ana", family_name="Kowal", birth_date="2016-05-01", class_name="4b"
    )
    await brought(ctx, tmp_path, school.id, FIRST.replace("4a", "4b"), commit=False)
    assert len(await asked(ctx, "select 1 from corrections")) == 1


async def test_a_guardians_corrected_address_name_and_relationship_stay(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    [alice] = await asked(ctx, "select id from guardians")
    moved = await service.correct_guardian(
        ctx, actor, school, ana, alice["id"], name="Alicja Kowal", email="alice@example.org", phone="",
        relationship="guardian",
    )  # fmt: skip
    assert moved
    for text in (FIRST, FIRST.replace("alise@", "other@")):
        plan = await brought(ctx, tmp_path, school.id, text)
        kept = plan.rows[0]
        assert "CORRECTION_KEPT" in kept.codes
        if text is FIRST:
            assert counted(plan) == {"unchanged": 2}
            assert await guardians(ctx, school.id) == [("Alicja Kowal", "alice@example.org", None, "Ana Jan")]
    relations = await asked(
        ctx, "select relationship from guardianships where learner = $1 and guardian = $2", ana, alice["id"]
    )
    assert [row["relationship"] for row in relations] == ["guardian"]


async def test_a_dropped_correction_lets_the_roster_decide_again(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    await service.correct_learner(
        ctx, actor, school, ana, given_name="Ana", family_name="Kowal", birth_date="2016-05-01", class_name="4b"
    )
    [kept] = await asked(ctx, "select id from corrections")
    await service.drop_correction(ctx, actor, school, ana, kept["id"])
    assert states(await brought(ctx, tmp_path, school.id, FIRST))[2][0] == "changed"
    [row] = await asked(ctx, "select class_name from enrolments where learner = $1", ana)
    assert row["class_name"] == "4a"


async def test_a_number_given_to_somebody_else_gets_no_correction(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    await service.correct_learner(
        ctx, actor, school, ana, given_name="Anna", family_name="Kowal", birth_date="2016-05-01", class_name="4a"
    )
    other = HEAD + "1,Zoe,Other,2015-01-01,4a,Olga Other,olga@example.org,mother\n"
    assert states(await brought(ctx, tmp_path, school.id, other))[2] == ("held", ["ID_REUSED"])


async def test_charlie_corrects_nothing_and_nonsense_is_refused(ctx: Context, tmp_path: Path) -> None:
    actor, school, ana = await _world(ctx, tmp_path)
    elsewhere = await seed.institution(ctx, "Other")
    charlie = seed.staff_actor(await seed.staff(ctx, elsewhere, "charlie@other.example.org"), elsewhere)
    other = await institutions.get(ctx, charlie, elsewhere)
    same = {"given_name": "Ana", "family_name": "Kowal", "birth_date": "2016-05-01", "class_name": "4a"}
    with pytest.raises(NotFound):
        await service.correct_learner(ctx, charlie, other, ana, **same)
    for wrong in ({"birth_date": "01/05/2016"}, {"birth_date": "2999-01-01"}, {"given_name": "", "family_name": ""}):
        with pytest.raises(Refused):
            await service.correct_learner(ctx, actor, school, ana, **{**same, **wrong})
    assert await service.correct_learner(ctx, actor, school, ana, **same) == []
    assert await asked(ctx, "select 1 from corrections") == []
