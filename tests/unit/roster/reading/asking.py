"""Reading a roster in a test, and what to ask of the answer."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from guardian.roster.reading.reader import read
from guardian.roster.reading.records import Reading, StudentRecord

HERE = Path(__file__).parent
MADE = HERE / "made"
SAMPLES = HERE / "samples"
AS_OF = date(2026, 9, 1)


def reading(path: Path, locale: str | None = None) -> Reading:
    return read(path, locale=locale, as_of=AS_OF)


def of_text(
    tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "list.csv", locale: str | None = None
) -> Reading:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return reading(path, locale)


def counts(found: Reading) -> tuple[int, int, int, int]:
    """Students, guardians, links, rejected rows."""
    assert found.student_count == len(found.students)
    assert found.link_count == sum(len(student.guardians) for student in found.students)
    assert found.guardian_count == len({one.key for student in found.students for one in student.guardians})
    return found.student_count, found.guardian_count, found.link_count, len(found.rejected)


def codes(found: Reading, severity: str = "FEW") -> set[tuple[str, int | None]]:
    """(code, row) of the findings of these severities."""
    return {(one.code, one.row) for one in found.findings if one.severity in severity}


def birth_dates(found: Reading) -> dict[int, str | None]:
    return {student.row: student.birth_date for student in found.students}


def named(students: Iterable[StudentRecord]) -> list[tuple[str | None, str | None]]:
    return [(student.given_name, student.family_name) for student in students]


def contacts(student: StudentRecord) -> list[tuple[str | None, str | None, str | None, str]]:
    return [(one.name, one.email, one.phone, one.eligible) for one in student.guardians]
