"""`guardian roster check`: the printed document, the exit codes, the languages."""

# ruff: noqa: E501 documents stand whole

import json
import os
from pathlib import Path
from typing import Any

import pytest

from guardian.commands.roster_check import check
from tests.unit.roster.reading.asking import AS_OF, MADE, SAMPLES


def told(capsys: pytest.CaptureFixture[str], path: Path, code: int, **more: object) -> dict[str, Any]:
    wanted = {"locale": None, "as_of": AS_OF, "as_json": True, "records": False} | more
    assert check(path, **wanted) == code  # type: ignore[arg-type]
    printed = capsys.readouterr()
    assert printed.err == ""
    document = json.loads(printed.out)
    assert isinstance(document, dict)
    return document


def test_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, MADE / "06_quoted_newlines_rownumbers.csv", 0, records=True)
    assert {key: document[key] for key in ("format", "encoding", "delimiter", "students", "guardians", "links", "rows")} == {
        "format": "generic", "encoding": "utf-8", "delimiter": ",", "students": 3, "guardians": 3, "links": 3, "rows": 3,
    }  # fmt: skip
    assert document["rejected"] == []
    assert document["findings"] == [
        {
            "severity": "W", "code": "DATE_INVALID", "file": "06_quoted_newlines_rownumbers.csv", "sheet": None, "row": 3,
            "line": 5, "column": "C: DOB", "value": "31/02/2015",
            "message": "This is no date; the pupil is treated as under age.", "suggestion": "Write the date as 2014-05-31.",
        }
    ]  # fmt: skip
    assert document["records"][0] == {
        "row": 2, "student_id": "A1", "given_name": "Tess", "family_name": "Quill", "birth_date": "2014-04-04",
        "guardians": [{"name": "Nora Quill", "email": "nora.quill@example.org", "phone": None, "eligible": "yes"}],
    }  # fmt: skip


def test_rejected_rows_stand_in_both_lists(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, MADE / "12_formula_injection.csv", 0)
    assert "records" not in document
    assert document["rejected"] == [
        {"file": "12_formula_injection.csv", "sheet": None, "row": row, "line": row, "code": "FORMULA_IN_NAME"}
        for row in (2, 3)
    ]


@pytest.mark.parametrize(
    "path", [MADE / "20_zip_bomb_and_slip.zip", SAMPLES / "uk-nhs-mavis" / "class_import__empty.csv"]
)
def test_a_refused_input_prints_the_document_too(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    document = told(capsys, path, 1, records=True)
    assert [document[key] for key in ("students", "guardians", "links", "rows")] == [0, 0, 0, 0]
    assert document["rejected"] == document["records"] == []
    assert [one["severity"] for one in document["findings"]] == ["F"]


def test_messages_follow_the_locale(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, MADE / "11_nbsp_zero_width_smart_quotes.csv", 0, locale="pl")
    assert "To nie jest adres e-mail; nie został użyty." in {one["message"] for one in document["findings"]}
    refused = told(capsys, MADE / "20_zip_bomb_and_slip.zip", 1, locale="fr")
    assert "L’archive n’est pas sûre" in refused["findings"][0]["message"]


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        check(MADE / "15_guardian_email_is_student_email.csv", locale="fr", as_of=AS_OF, as_json=False, records=False)
        == 0
    )
    printed = capsys.readouterr().out
    assert "Élèves: 5" in printed.replace("\u00a0", "") or "Pupils: 5" in printed
    assert "EMAIL_IS_STUDENT" in printed
    assert "[G: guardian_email]" in printed
    assert printed.index("EMAIL_IS_STUDENT") < printed.index("GUARDIAN_ON_STUDENT_DOMAIN")


def test_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert check(tmp_path / "nothing.csv", locale=None, as_of=AS_OF, as_json=True, records=False) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing.csv" in printed.err


def test_a_list_without_a_header_is_not_importable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Ann,Lee,2015-02-03\nBen,Moore,2014-05-06\n")
    document = told(capsys, path, 1)
    assert [(one["severity"], one["code"]) for one in document["findings"] if one["severity"] == "F"] == [
        ("F", "HEADER_MISSING")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("x")
    path.chmod(0)
    assert check(path, locale=None, as_of=AS_OF, as_json=True, records=False) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_finding_about_the_whole_file_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, MADE / "17_handmade_titles_merged_two_guardians.xlsx", 0)
    assert document["students"] == 4
    assert any(one["severity"] == "F" for one in document["findings"])
