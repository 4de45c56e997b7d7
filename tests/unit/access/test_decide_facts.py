"""`guardian decide --facts FILE --at INSTANT [--json]`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from guardian.commands import decide_facts
from guardian.commands.decide_facts import decide_from_file
from tests.unit.access.made_facts import NOW, at, example, purpose


def written(folder: Path, document: object) -> Path:
    path = folder / "facts.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.mark.parametrize("consents", [example()["consents"], []])
def test_the_answer_alone_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], consents: list[object]
) -> None:
    document = example(consents=consents)
    assert decide_from_file(written(tmp_path, document), NOW, as_json=True) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (at(document), "")


def test_a_purpose_keeps_its_letters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = example(purposes={"zajęcia": purpose()})
    assert decide_from_file(written(tmp_path, document), NOW, as_json=True) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert list(json.loads(out)["purposes"]) == ["zajęcia"]


def test_a_person_reads_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_from_file(written(tmp_path, example(consents=[])), NOW, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Blocked", "- A guardian's answer is still missing. [consent_missing]"]
    assert lines[-1] == "Until 2027-08-31T22:00:00Z (UTC), unless the facts change before."


@pytest.mark.parametrize(
    ("document", "instant", "expected"),
    [
        (example(), "2026-10-01T12:00:00", ("instant_invalid", "--at")),
        (example(), "yesterday", ("instant_invalid", "--at")),
        (example(learner={"name": "Zofia"}), NOW, ("facts_invalid", "/learner/name")),
        (example(rule="majority"), NOW, ("facts_invalid", "/rule")),
    ],
)
def test_what_is_refused_is_told_on_both_sides(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    document: object,
    instant: str,
    expected: tuple[str, str],
) -> None:
    path = written(tmp_path, document)
    assert decide_from_file(path, instant, as_json=True) == 1
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert (error["code"], error["where"]) == expected
    assert error["message"] == err.strip()
    assert error["where"] in err
    assert decide_from_file(path, instant, as_json=False) == 1
    assert capsys.readouterr() == ("", err)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert decide_from_file(tmp_path / name, NOW, as_json=True) == 2, "wrong usage, as with a folder"
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_unreadable"


def test_a_file_that_is_too_large(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide_facts, "LIMIT", 100)
    assert decide_from_file(written(tmp_path, example()), NOW, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_too_large"


def test_no_database_is_loaded() -> None:
    names = "piccolo litestar asyncpg jinja2 jwt"
    program = (
        "import sys, guardian.commands.decide_facts\n"
        f"print([n for n in '{names}'.split() if n in sys.modules], 'guardian.context' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] False"
