"""Whatever the bytes: reading ends, never raises, and never makes up a person."""

# ruff: noqa: E501 rows of rosters stand whole

import os
import tempfile
import time
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.roster.reading.folding import ZERO_WIDTH
from guardian.roster.reading.reader import read
from guardian.roster.reading.records import Reading
from guardian.roster.reading.report import document

AS_OF = date(2026, 9, 1)
HEADERS = [
    "Student ID", "First name", "Last name", "Name", "DOB", "Class", "Guardian name", "Guardian email", "Mother", "Phone",
    "Nom", "Prénom", "Nazwisko i imię", "E-mail opiekuna", "Relationship", "Status", "Exit Date", "No.", "PESEL", "", "Notes",
]  # fmt: skip
VALUES = [
    "", "1", "0042", "127.0", "1.2E+10", "=1+1", "Ann", "Lee, Ann", "KOWAL Maria", "2014-04-05", "04/05/2014", "25.12.2013",
    "41973", "a@example.org", "A@Example.org; b@example.org", "mum: c@example.org", "07700 900111", "Mother", "Self", "NULL",
    "\\N", "—", "left", '"', '""', "a\nb", "Zoé", "Łucja", "\u200b", "x" * 300, "@SUM(1)", "Total: 3",
]  # fmt: skip
cells = st.one_of(st.sampled_from(VALUES), st.text(max_size=12))
tables = st.tuples(
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=8), st.lists(st.lists(cells, max_size=9), max_size=8)
)
SOAK = os.environ.get("GUARDIAN_SOAK") == "1"
SECONDS_PER_MEGABYTE = 20
quiet = settings(max_examples=3000 if SOAK else 80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reading(content: bytes, name: str = "list.csv") -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        started = time.process_time()
        found = read(path, as_of=AS_OF)
        took = time.process_time() - started
    assert took < SECONDS_PER_MEGABYTE * max(0.5, len(content) / 1_000_000)  # a busy machine pauses, too
    told = document(found, "fr", records=True)
    assert told["students"] == len(told["records"]) == found.student_count
    assert found.link_count == sum(len(one.guardians) for one in found.students)
    assert found.guardian_count == len({one.key for student in found.students for one in student.guardians})
    assert found.student_count + len(found.rejected) <= found.row_count
    for student in found.students:
        assert student.given_name or student.family_name
        assert student.student_id or student.birth_date
        assert all(one.email or one.phone for one in student.guardians)
    if found.refused:
        assert found.students == ()
        assert any(one.severity == "F" for one in found.findings)
    assert all((one.value or "")[:1] not in {"=", "+", "-", "@"} for one in found.findings)
    return found


def flattened(text: str) -> str:
    """Text as names are compared: composed letters, no white space, nothing invisible."""
    shown = unicodedata.normalize("NFC", text).translate(ZERO_WIDTH).replace("\x00", "")
    return unicodedata.normalize("NFC", "".join(shown.split()))


def nobody_is_invented(found: Reading, written: str) -> None:
    """Every name and address of the records stands in the file."""
    text = flattened(written)
    folded = text.casefold()
    for student in found.students:
        for part in (student.given_name, student.family_name, student.student_id):
            assert all(flattened(word) in text for word in (part or "").split()), part
        for one in student.guardians:
            words = " ".join(filter(None, (one.name, one.given_name, one.family_name)))
            assert all(flattened(word).strip("'’") in text for word in words.split()), words
            assert one.email is None or unicodedata.normalize("NFKC", one.email).casefold() in unicodedata.normalize(
                "NFKC", folded
            )


@quiet
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    found = reading(content)
    if found.encoding:
        nobody_is_invented(found, content.decode(found.encoding, "replace"))


@quiet
@given(st.lists(st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([value.encode() for value in VALUES])), max_size=7), max_size=6),
       st.lists(st.sampled_from(HEADERS), min_size=2, max_size=7))  # fmt: skip
def test_any_bytes_under_a_header(rows: list[list[bytes]], header: list[str]) -> None:
    content = b"\n".join([",".join(header).encode(), *(b",".join(row) for row in rows)])
    found = reading(content)
    if found.encoding:
        nobody_is_invented(
            found,
            content.decode(found.encoding, "replace")
            + "\n"
            + content.decode("utf-8", "replace")
            + "\n"
            + content.decode("cp1252", "replace"),
        )


@quiet
@given(
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html><table>", b"<?xml version='1.0'?>", b"\xff\xfe",
                     b"\xef\xbb\xbf", b"sep=;\n", b"BEE_ELEVES", b"<BEE_ELEVES>", b"Student ID,Name\n", b"PK\x05\x06"]),
    st.binary(max_size=300),
)  # fmt: skip
def test_any_bytes_behind_a_known_beginning(start: bytes, rest: bytes) -> None:
    reading(start + rest)


@quiet
@given(tables, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "cp1250", "utf-16", "mac_roman"]))
def test_any_table(table: tuple[list[str], list[list[str]]], mark: str, encoding: str) -> None:
    header, rows = table
    text = "\n".join(mark.join(row) for row in [header, *rows])
    found = reading(text.encode(encoding, "replace"))
    nobody_is_invented(found, text.encode(encoding, "replace").decode(found.encoding or encoding, "replace"))


@settings(max_examples=1000 if SOAK else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["users.csv", "manifest.csv", "demographics.csv", "roles.csv", "orgs.csv", "student.csv",
                                        "school.csv", "user_observers.csv", "x/users.csv", "a.xml"]), st.one_of(st.binary(max_size=200),
    st.sampled_from([b"sourcedId,status,role,givenName,familyName,agentSourcedIds\ns1,,student,Ann,Lee,p1\np1,,parent,Pat,Lee,s1\n",
                     b"propertyName,value\nmanifest.version,1.0\nfile.users,delta\n", b"user_id,login_id,full_name\n1,a,Ann Lee\n",
                     b"SIS ID,School SIS ID,First Name,Last Name\n1,2,Ann,Lee\n"])), max_size=5))  # fmt: skip
def test_any_bundle(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        content = path.read_bytes()
    reading(content, "bundle.zip")


@settings(max_examples=40 if SOAK else 3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(['"', ",", ";", "a@", "(", "[", "\r", "1/", "é", "<", "| ", "x@y.z,", '",', "Mum: ", " and ", "-", "=", "\x00", "Guardian "]),
       st.sampled_from(["", "Student ID,Name,Guardian,Guardian email\n", "<html><table>", "sep=;\n"]))  # fmt: skip
def test_no_repetition_takes_long(piece: str, before: str) -> None:
    """Patterns that look back must not look back for ever: the same mark 200,000 times."""
    for end in ("", "\n"):
        reading(f"{before}{(piece + end) * (200_000 // len(piece + end))}".encode())
