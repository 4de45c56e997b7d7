"""`guardian roster import`: the plan as one JSON document, or as lines; exit codes."""

import json
from pathlib import Path

import pytest

from guardian.commands.roster_import import run_import
from guardian.context import Context
from guardian.errors import NotFound
from tests import seed
from tests.integration.roster.school import enrolled

TEXT = "student_id,first_name,last_name,dob,guardian_email\n1,Ada,Kowal,2014-01-10,maria@example.org\n"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


async def test_json_is_one_document_and_a_plan_writes_nothing(
    ctx: Context, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = await seed.institution(ctx)
    assert await run_import(ctx, roster, str(school), "additions", False, True) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["state"], document["counts"]["new"], document["rows"]) == (
        "planned", 1, [{"row": 2, "state": "new", "codes": []}]
    )  # fmt: skip
    assert await enrolled(ctx, school) == {}
    assert await run_import(ctx, roster, str(school), "additions", True, True) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "committed"
    assert set(await enrolled(ctx, school)) == {"Ada"}


async def test_without_json_the_counts_are_said_in_lines(
    ctx: Context, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = await seed.institution(ctx)
    assert await run_import(ctx, roster, str(school), "snapshot", False, False) == 0
    out = capsys.readouterr().out
    assert "planned: new 1, changed 0" in out
    assert "--commit" in out


async def test_a_refused_file_exits_1_with_reasons(
    ctx: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = await seed.institution(ctx)
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    for commit in (False, True):
        assert await run_import(ctx, path, str(school), "additions", commit, True) == 1
        document = json.loads(capsys.readouterr().out)
        assert document["state"] == "failed"
        assert document["findings"][0]["severity"] == "F"


async def test_a_missing_file_exits_2_and_an_unknown_school_is_refused(
    ctx: Context, roster: Path, tmp_path: Path
) -> None:
    school = await seed.institution(ctx)
    assert await run_import(ctx, tmp_path / "none.csv", str(school), "additions", False, True) == 2
    for name in ("maple", "01900000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            await run_import(ctx, roster, name, "additions", False, True)
