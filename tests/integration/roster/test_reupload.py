"""A second roster of the same school: who is who, who is missing, and what must never be inherited (EXPECTED 21)."""

from pathlib import Path
from uuid import UUID

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.roster import service
from guardian.roster.domain import Plan
from tests import seed

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


async def brought(ctx: Context, tmp_path: Path, school: UUID, text: str, **how: object) -> Plan:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    values: dict[str, object] = {"mode": "additions", "commit": True, **how}
    return await service.import_file(ctx, SYSTEM, school, path, **values)  # type: ignore[arg-type]


def states(plan: Plan) -> dict[int | None, tuple[str, list[str]]]:
    return {row.row: (row.state, row.codes) for row in plan.rows if row.row is not None}


def counted(plan: Plan) -> dict[str, int]:
    return {name: getattr(plan.counts, name) for name in plan.counts.__struct_fields__ if getattr(plan.counts, name)}


async def enrolled(ctx: Context, school: UUID) -> dict[str, tuple[UUID, str, bool]]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select e.learner, e.student_id, l.given_name, e.missing_since from enrolments e "
            "join learners l on l.id = e.learner where e.institution = $1",
            school,
        )
    return {row["given_name"]: (row["learner"], row["student_id"], row["missing_since"] is not None) for row in rows}


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
    async with ctx.transaction(SYSTEM) as tx:
        mails = [row["email"] for row in await tx.fetch("select email from guardians order by email")]
        kinds = [row["kind"] for row in await tx.fetch("select kind from flags")]
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
