"""A school's first roster is written block by block while it is read, and must come out as if it were one."""

from pathlib import Path
from typing import Any

import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.roster import first, service, staging
from guardian.roster.domain import Effect
from tests import seed
from tests.integration.roster.school import asked, brought, counted, enrolled, guardians, states

HEADER = "student_id,first_name,last_name,dob,guardian_name,guardian_email,guardian_relationship,platform_id\n"
TEXT = HEADER + "".join(
    f"{n},Kid{n},Fam{n % 3},2014-01-{n:02},{'Maria Kowal' if n % 4 else 'Jan Kowal'},"
    f"m{n % 2}@example.org,mother,{platform}\n"
    for n, platform in ((10, ""), (11, "p-1"), (12, ""), (13, "p-1"), (14, ""), (15, "p-2"), (16, ""))
)
TEXT += ",,,2014-02-01,,x@example.org,mother,\n17,Kid17,Fam2,31/02/2014,Maria Kowal,m1@example.org,mother,\n"


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_the_size_of_blocks_makes_no_difference(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    school = await seed.institution(ctx)
    planned = await brought(ctx, tmp_path, school, TEXT, commit=False)
    monkeypatch.setattr(first, "BLOCK", size)
    done = await brought(ctx, tmp_path, school, TEXT)
    assert (done.counts, done.effect, states(done)) == (planned.counts, planned.effect, states(planned))
    assert done.effect == Effect(admitted=0, blocked=7, asked_again=0)
    assert counted(done) == {"new": 7, "held": 1, "rejected": 1}
    assert "DATE_INVALID" in states(done)[10][1]
    assert await guardians(ctx, school) == [
        ("Jan Kowal", "m0@example.org", None, "Kid12 Kid16"),
        ("Maria Kowal", "m0@example.org", None, "Kid10 Kid14"),
        ("Maria Kowal", "m1@example.org", None, "Kid11 Kid15 Kid17"),
    ]
    rows = await asked(ctx, "select relationship, authority, position from guardianships")
    assert {tuple(row) for row in rows} == {("mother", "full", 0)}
    monkeypatch.undo()
    again = await brought(ctx, tmp_path, school, TEXT, mode="snapshot")
    assert counted(again) == {"unchanged": 7, "held": 1, "rejected": 1}


async def test_the_first_row_of_a_person_may_be_held_in_another_block(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, school = await seed.institution(ctx, "Oak School"), await seed.institution(ctx)
    await seed.learner(ctx, other, platform_id="p-1")
    text = HEADER + "10,Ada,Kowal,2014-01-10,Maria Kowal,m@example.org,mother,p-1\n"
    text += "11,Ben,Kowal,2014-01-11,Maria Kowal,m@example.org,mother,\n"
    text += "12,Cid,Kowal,2014-01-12,Maria Kowal,m@example.org,mother,\n"
    for size, where in ((1, school), (100, await seed.institution(ctx, "Elm School"))):
        monkeypatch.setattr(first, "BLOCK", size)
        assert counted(await brought(ctx, tmp_path, where, text)) == {"new": 2, "held": 1}
        assert await guardians(ctx, where) == [("Maria Kowal", "m@example.org", None, "Ben Cid")]


async def test_a_family_spread_over_blocks_is_flagged(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first, "BLOCK", 4)
    for learners, kinds in ((10, []), (11, ["shared_address"])):
        school = await seed.institution(ctx, f"School {learners}")
        text = HEADER + "".join(
            f"{n},Kid{n},F,2014-01-{n:02},M K,m@example.org,mother,\n" for n in range(10, 10 + learners)
        )
        await brought(ctx, tmp_path, school, text)
        flags = await asked(ctx, "select kind from flags where institution = $1", school)
        assert [row["kind"] for row in flags] == kinds


async def test_a_reader_that_breaks_leaves_nothing(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = await seed.institution(ctx)
    monkeypatch.setattr(first, "BLOCK", 2)
    blocks = staging.blocks

    def breaks(*given: Any, **more: Any) -> Any:
        for number, block in enumerate(blocks(*given, **more)):
            if number == 2:
                raise OSError("disk gone")
            yield block

    monkeypatch.setattr(staging, "blocks", breaks)
    with pytest.raises(OSError, match="disk gone"):
        await brought(ctx, tmp_path, school, TEXT)
    assert await enrolled(ctx, school) == {}
    assert not await asked(ctx, "select 1 from roster_uploads")


async def test_a_first_roster_that_does_not_fit_its_plan_is_taken_back(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    upload = (await brought(ctx, tmp_path, school, TEXT, commit=False)).id
    await asked(ctx, "update roster_uploads set counts = '{\"new\": 1}'")
    with pytest.raises(Exception, match="new plan"):
        await service.commit(ctx, SYSTEM, upload)
    assert await enrolled(ctx, school) == {}
    assert counted(await service.commit(ctx, SYSTEM, upload))["new"] == 7
