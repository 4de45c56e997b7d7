"""The short way for clean rows and the long way agree, and a stream gives what reading gives."""

from pathlib import Path

import pytest

from guardian.roster.reading import table
from guardian.roster.reading.reader import stream
from tests.unit.roster.reading.asking import AS_OF, MADE, SAMPLES, reading

FILES = sorted(path for path in (*MADE.iterdir(), *SAMPLES.rglob("*")) if path.suffix in {".csv", ".txt"})
CLEAN = (
    "student_id,first_name,last_name,birth_date,grade,class,guardian_name,guardian_email,guardian_phone,relationship,language\n"
    "S-1,Ada,Nowak,2015-03-04,4,4A,Ewa Nowak,ewa@Example.org,+48601000001,mother,pl\n"
    "S-2,Bo,Nowak,2016-03-04,3,3A,Ewa Nowak,EWA@example.org,+48601000001,mother,pl\n"
    "S-3,Cy,Nowak,2017-03-04,2,2A,Jan Nowak,ewa@example.org,601,father,fr\n"
    "S-4,Di,Łoś,2015-02-30,4,4A,Ann Marie Lee,ann@example.org,,aunt,\n"
    "0005,Ed,Ray,2014-03-04,5,5A,,ed@example.org,,,\n"
    "17,Fay,Ray,2014-03-04,N/A,5A,NULL,fay@example.org,,Self,\n"
    "S-2,Bo,Nowak,2016-03-04,3,3A,Ewa Nowak,ewa@example.org,+48601000001,mother,pl\n"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_ways_agree_on_every_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = reading(path)
    monkeypatch.setattr(table, "plan", lambda *_: None)
    assert reading(path) == short


@pytest.mark.parametrize("locale", [None, "pl"])
def test_both_ways_agree_on_clean_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str | None) -> None:
    path = tmp_path / "list.csv"
    path.write_text(CLEAN, "utf-8")
    short = reading(path, locale)
    monkeypatch.setattr(table, "plan", lambda *_: None)
    assert reading(path, locale) == short
    assert short.student_count == 6
    assert {one.code for one in short.findings} >= {"SHARED_EMAIL", "ID_WIDTH", "DATE_INVALID", "DUPLICATE_ROW"}


def test_a_stream_gives_the_same_pupils_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"S-{n},A{n},B,2015-01-01,4,4A,C D,g{n}@example.org,,,\n" for n in range(12_000))
    path.write_text(CLEAN + rows, "utf-8")
    told: list[tuple[int, int | None]] = []
    source = stream(path, as_of=AS_OF, progress=lambda done, total: told.append((done, total)))
    students = sorted(source, key=lambda one: one.row)
    assert tuple(students) == reading(path).students
    assert source.summary().student_count == len(students)
    assert told[0] == (5000, None)
    assert told[-1] == (12_007, 12_007)


def test_every_finding_has_a_message_in_each_language() -> None:
    from guardian.i18n import translations
    from guardian.roster.reading.codes import CODES

    for code, said in CODES.items():
        for message in filter(None, (said.message, said.suggestion)):
            for language in ("fr", "pl"):
                assert translations(language).gettext(message) != message, (code, language)
