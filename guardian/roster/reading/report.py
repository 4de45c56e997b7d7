"""A reading as the JSON document of `guardian roster check`."""

from typing import Any

from guardian.roster.reading.codes import message_of, suggestion_of
from guardian.roster.reading.records import Finding, Reading, StudentRecord


def document(reading: Reading, language: str = "en", *, records: bool = False) -> dict[str, Any]:
    """Counts, rejected rows and findings; with `records` also every pupil with the guardians."""
    told: dict[str, Any] = {
        "format": reading.format,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "students": reading.student_count,
        "guardians": reading.guardian_count,
        "links": reading.link_count,
        "rows": reading.row_count,
        "rejected": [
            {"file": row.file, "sheet": row.sheet, "row": row.row, "line": row.line, "code": row.code}
            for row in reading.rejected
        ],
        "findings": [finding_document(finding, language) for finding in reading.findings],
    }
    if records:
        told["records"] = [_record(student) for student in reading.students]
    return told


def finding_document(finding: Finding, language: str = "en") -> dict[str, Any]:
    """One finding with its texts in a language."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "line": finding.line,
        "column": finding.column,
        "value": finding.value,
        "message": message_of(finding, language),
        "suggestion": suggestion_of(finding, language),
    }


def _record(student: StudentRecord) -> dict[str, Any]:
    return {
        "row": student.row,
        "student_id": student.student_id,
        "given_name": student.given_name,
        "family_name": student.family_name,
        "birth_date": student.birth_date,
        "guardians": [
            {"name": one.name, "email": one.email, "phone": one.phone, "eligible": one.eligible}
            for one in student.guardians
        ],
    }
