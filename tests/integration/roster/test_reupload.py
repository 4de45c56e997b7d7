"""A second roster of the same school: who is who, who is missing, and what must never be inherited (EXPECTED 21)."""

from pathlib import Path

import pytest

from guardian.context import Context
from tests import seed
from tests.integration.roster.school import asked, brought, counted, enrolled, states

SEPTEMBER = """student_id,first_name,last_name,dob,guardian_email
1001,Ari,Beck,2014-01-10,ari.p@example.org
1002,Bay,Cruz,2014-02-11,bay.p@example.org
1003,Col,Dade,2014-03-12,col.p@example.org
1004,Dex,Egan,2014-04-13,dex.p@example.org
"""
JANUARY = """student_id,first_name,last_name,dob,guardian_email
X-1001,Ari,Beck,2014-01-10,ari.p@example.org
X-1002,Bay,Cruz-Lima,2014-02-11,bay.p@example.org
1003,Flo,Gray,2015-09-09,flo.p@example.org
X-1005,Hal,Ivey,2014-05-14,hal.p@example.org
"""


async def test_a_first_roster_is_all_new(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    plan = await brought(ctx, tmp_path, school, SEPTEMBER)
    assert plan.state == "committed"
    assert counted(plan) == {"new": 4}
    assert states(plan) == {n: ("new", []) for n in (2, 3, 4, 5)}


async def test_the_same_roster_again_changes_nothing(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    before = await enrolled(ctx, school)
    plan = await brought(ctx, tmp_path, school, SEPTEMBER, mode="snapshot")
    assert counted(plan) == {"unchanged": 4}
    assert await enrolled(ctx, school) == before


async def test_new_numbers_in_january_are_judged_one_by_one(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    before = await enrolled(ctx, school)
    plan = await brought(ctx, tmp_path, school, JANUARY, mode="snapshot")
    assert counted(plan) == {"new": 1, "changed": 1, "held": 2, "missing": 3}
    assert states(plan) == {
        2: ("changed", ["ID_CHANGED"]),
        3: ("held", ["POSSIBLE_SAME_STUDENT"]),
        4: ("held", ["ID_REUSED"]),
        5: ("new", []),
    }
    assert [row.codes for row in plan.rows if row.state == "missing"] == [["MASS_REMOVAL"]] * 3
    after = await enrolled(ctx, school)
    assert after["Ari"] == (before["Ari"][0], "X-1001", False)
    assert after["Col"] == before["Col"]
    assert "Flo" not in after
    assert not any(missing for _, _, missing in after.values())
    mails = [row["email"] for row in await asked(ctx, "select email from guardians order by email")]
    kinds = [row["kind"] for row in await asked(ctx, "select kind from flags")]
    assert mails == [f"{who}.p@example.org" for who in ("ari", "bay", "col", "dex", "hal")]
    assert kinds == ["mass_removal"]


async def test_missing_learners_are_marked_only_when_a_person_confirms(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    await brought(ctx, tmp_path, school, JANUARY, mode="snapshot", confirm_missing=True)
    after = await enrolled(ctx, school)
    assert {name for name, (_, _, missing) in after.items() if missing} == {"Bay", "Col", "Dex"}
    found = await brought(ctx, tmp_path, school, SEPTEMBER)
    assert states(found)[3] == ("changed", ["FOUND_AGAIN"])
    assert (await enrolled(ctx, school))["Bay"][2] is False


SAME_NUMBER = """student_id,first_name,last_name,dob,guardian_email
1001,{given},{family},{dob},{mail}
"""


@pytest.mark.parametrize(
    ("given", "family", "dob", "mail", "expected"),
    [
        ("Ari", "Beck", "2014-01-10", "ari.p@example.org", ("unchanged", [])),
        ("ARI", "BECK", "2014-01-10", "ari.p@example.org", ("changed", [])),
        ("Ari", "Beck-Long", "2014-01-10", "ari.p@example.org", ("changed", ["NAME_CHANGED"])),
        ("Ari", "Beck", "2014-01-11", "ari.p@example.org", ("changed", ["BIRTH_DATE_CHANGED"])),
        # a twin: the number now names a brother or a sister
        ("Zoe", "Beck", "2014-01-10", "ari.p@example.org", ("held", ["POSSIBLE_SAME_STUDENT"])),
        # the same given name and the same guardian, all else another
        ("Ari", "Long", "2013-01-10", "ari.p@example.org", ("held", ["POSSIBLE_SAME_STUDENT"])),
        ("Ari", "Long", "2013-01-10", "other@example.org", ("held", ["ID_REUSED"])),
        ("Zoe", "Long", "2014-01-10", "ari.p@example.org", ("held", ["ID_REUSED"])),
    ],
)
async def test_the_same_number_is_the_same_learner_only_if_the_rest_agrees(
    ctx: Context, tmp_path: Path, given: str, family: str, dob: str, mail: str, expected: tuple[str, list[str]]
) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    text = SAME_NUMBER.format(given=given, family=family, dob=dob, mail=mail)
    plan = await brought(ctx, tmp_path, school, text)
    state, codes = states(plan)[2]
    assert (state, [code for code in codes if code != "GUARDIAN_ADDED"]) == expected


async def test_without_numbers_name_and_birth_date_are_the_identity(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = "first_name,last_name,dob,guardian_email\nŁucja,Żak,2014-01-10,a@example.org\n"
    text += "Müjde,Ok,2014-01-10,b@example.org\n"
    await brought(ctx, tmp_path, school, text)
    plan = await brought(ctx, tmp_path, school, text.replace("Łucja,Żak", "LUCJA,ZAK"), mode="snapshot")
    assert counted(plan) == {"changed": 1, "unchanged": 1}


async def test_a_number_that_comes_later_joins_the_learner(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(
        ctx, tmp_path, school, "first_name,last_name,dob,guardian_email\nAnna,Kowal,2014-01-10,a@example.org\n"
    )
    before = await enrolled(ctx, school)
    await brought(
        ctx, tmp_path, school,
        "student_id,first_name,last_name,dob,guardian_email\n77,Anna,Kowal,2014-01-10,a@example.org\n",
    )  # fmt: skip
    assert await enrolled(ctx, school) == {"Anna": (before["Anna"][0], "77", False)}


async def test_twins_without_numbers_stay_two(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = (
        "first_name,last_name,dob,guardian_email\nIda,Roy,2014-01-10,m@example.org\nEda,Roy,2014-01-10,m@example.org\n"
    )
    await brought(ctx, tmp_path, school, text)
    plan = await brought(ctx, tmp_path, school, text, mode="snapshot")
    assert counted(plan) == {"unchanged": 2}
    assert len(await enrolled(ctx, school)) == 2


async def test_a_changed_birth_date_is_flagged_for_a_person(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    await brought(ctx, tmp_path, school, SEPTEMBER.replace("2014-01-10", "2010-01-10"))
    flags = await asked(ctx, "select kind, learner from flags")
    assert [(row["kind"], row["learner"]) for row in flags] == [
        ("birth_date_changed", (await enrolled(ctx, school))["Ari"][0])
    ]


async def test_a_delta_names_who_left_and_others_are_not_missing(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    text = (
        "student_id,first_name,last_name,dob,guardian_email,status\n1002,Bay,Cruz,2014-02-11,bay.p@example.org,left\n"
    )
    assert states(await brought(ctx, tmp_path, school, text)) == {2: ("rejected", ["LEAVER"])}
    plan = await brought(ctx, tmp_path, school, text, mode="delta", confirm_missing=True)
    assert counted(plan) == {"missing": 1}
    assert {name for name, (_, _, missing) in (await enrolled(ctx, school)).items() if missing} == {"Bay"}


async def test_whoever_came_back_is_enrolled_again(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    await asked(ctx, "update enrolments set ends_on = '2026-09-01' where student_id = '1001'")
    plan = await brought(ctx, tmp_path, school, SEPTEMBER)
    assert states(plan)[2] == ("changed", ["RETURNED"])
    assert not await asked(ctx, "select 1 from enrolments where ends_on is not null")


async def test_the_same_child_at_two_schools_is_two_learners(ctx: Context, tmp_path: Path) -> None:
    """LAW requirement 18: nothing of school A is visible to B."""
    first, second = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    await brought(ctx, tmp_path, first, SEPTEMBER)
    plan = await brought(ctx, tmp_path, second, SEPTEMBER)
    assert counted(plan) == {"new": 4}
    one, other = await enrolled(ctx, first), await enrolled(ctx, second)
    assert not {learner for learner, _, _ in one.values()} & {learner for learner, _, _ in other.values()}


async def test_a_person_s_block_survives(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    await asked(ctx, "update learners set standing = 'reported' where given_name = 'Ari'")
    await brought(ctx, tmp_path, school, SEPTEMBER.replace("Beck", "Becker"))
    [row] = await asked(ctx, "select standing, family_name from learners where given_name = 'Ari'")
    assert tuple(row) == ("reported", "Becker")


async def test_a_change_touches_its_learner_and_no_other(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, SEPTEMBER)
    await asked(ctx, "update learners set check_at = null")
    before = {
        row["given_name"]: row["revision"] for row in await asked(ctx, "select given_name, revision from learners")
    }
    await brought(ctx, tmp_path, school, SEPTEMBER.replace("Cruz", "Cruz-Lima"))
    after = {
        row["given_name"]: row["revision"] for row in await asked(ctx, "select given_name, revision from learners")
    }
    assert {name for name in after if after[name] > before[name]} == {"Bay"}
    assert [
        row["given_name"] for row in await asked(ctx, "select given_name from learners where check_at is not null")
    ] == ["Bay"]
