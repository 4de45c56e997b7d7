"""The document of `guardian roster check --json` against its published schema, for every file there is."""

# ruff: noqa: E501 documents stand whole

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from guardian.roster.reading.codes import CODES
from guardian.roster.reading.encoding import CANDIDATES
from guardian.roster.reading.report import document
from tests.unit.roster.reading.asking import MADE, SAMPLES, reading

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "roster-check.schema.json").read_text("utf-8"))
FILES = sorted(
    [*MADE.iterdir(), *(path for path in SAMPLES.rglob("*") if path.suffix != ".md" and path != SAMPLES)],
    key=lambda path: path.as_posix(),
)


def mistakes(told: dict[str, Any]) -> list[str]:
    found = json.loads(json.dumps(told))
    return [f"{list(one.absolute_path)}: {one.message}" for one in Draft202012Validator(SCHEMA).iter_errors(found)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert len(FILES) > 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("language", ["en", "fr", "pl"])
def test_every_document_follows_it(path: Path, language: str) -> None:
    found = reading(path)
    assert mistakes(document(found, language, records=True)) == []
    assert mistakes(document(found, language)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"students": -1}, {"students": "3"}, {"surprise": 1}, {"findings": [{"code": "EMPTY"}]}, {"encoding": "latin-1"},
        {"rejected": [{"file": "a", "sheet": None, "row": 0, "line": None, "code": "LEAVER"}]},
        {"records": [{"row": 1, "student_id": None, "given_name": None, "family_name": None, "birth_date": None, "guardians": []}]},
    ],
)  # fmt: skip
def test_it_finds_mistakes(change: dict[str, Any]) -> None:
    assert mistakes(document(reading(MADE / "21a_reupload_september.csv")) | change)


def test_it_names_every_code_and_encoding() -> None:
    definitions = SCHEMA["$defs"]
    assert set(definitions["code"]["enum"]) == CODES.keys()
    assert set(definitions["rejected"]["properties"]["code"]["enum"]) == {
        code for code, said in CODES.items() if said.rejects
    } | {"LEAVER"}
    assert set(CANDIDATES) < set(SCHEMA["properties"]["encoding"]["anyOf"][0]["enum"])
