"""What a roster says, after reading: students with their guardians, what was refused, and what to look at."""

from typing import Any, Literal

from msgspec import Struct

Severity = Literal["F", "E", "W", "I"]
Eligible = Literal["yes", "no", "ask"]
Mode = Literal["bulk", "delta"]


class GuardianRecord(Struct, frozen=True, kw_only=True, gc=False):
    """One guardian of one student, as the roster names them."""

    key: str
    """The same person has the same key throughout one reading (never stable between two readings)."""
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    """As written, with the domain in lower case. Compare case-folded."""
    phone: str | None = None
    """E.164 where the number is valid and its region known, else the cleaned text."""
    relationship: str = "unknown"
    """mother, father, parent, guardian, step_parent, foster, agency, grandparent, relative, other_adult,
    emergency, unknown."""
    relationship_raw: str | None = None
    eligible: Eligible = "ask"
    """Whether this person may be asked for consent; `ask`: the school has to confirm it first."""
    reason: str = ""
    """Why: relationship, column, responsibility, no_responsibility, court_order, relative, emergency, not_stated."""
    language: str | None = None
    priority: int | None = None
    source_id: str | None = None
    row: int = 0
    shared: bool = False
    """Whether other rows may name the same person."""


class StudentRecord(Struct, frozen=True, kw_only=True, gc=False):
    """One pupil. At least one name part, and an identity: a student ID, or a name with a birth date."""

    row: int
    """The row a spreadsheet shows; the first of them where a pupil stands on several rows."""
    line: int = 0
    """Physical line of the text file where the row begins; 0 where there are no lines (workbooks)."""
    file: str = ""
    sheet: str | None = None
    student_id: str | None = None
    platform_id: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    usage_name: str | None = None
    """A second family name the roster gives beside the legal one (French «nom d'usage»)."""
    birth_date: str | None = None
    """ISO 8601 date; None when absent or not provable: treat as under every threshold."""
    class_name: str | None = None
    grade: str | None = None
    school: str | None = None
    language: str | None = None
    email: str | None = None
    """The pupil's own address: used for comparison only, never written to."""
    leaver: bool = False
    """The roster says that the pupil left, or is to be removed. Such records stand in `Reading.leavers` only."""
    ends: str | None = None
    """ISO date of leaving, where one is given."""
    guardians: tuple[GuardianRecord, ...] = ()
    mark: bytes | None = None
    """Where marks are kept: a keyed digest of the row, if nothing had to be said about it and its guardian is described
    as in the first row that names them.
    """


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """Something to know about a file, a row or a cell. Its texts are `codes.message_of` and `codes.suggestion_of`."""

    severity: Severity
    code: str
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    line: int | None = None
    column: str | None = None
    """Column letter and the header as written: «D: Date of birth»."""
    value: str | None = None
    """The value as read, cut to 80 characters and neutralised against spreadsheet formulas."""
    places: dict[str, Any] = {}
    """What the message names; never a person."""


class RejectedRow(Struct, frozen=True, kw_only=True, gc=False):
    """A row that gave no student, and why."""

    file: str
    sheet: str | None
    row: int
    line: int | None
    code: str


class Reading(Struct, frozen=True, kw_only=True):
    """All that one roster says. `refused`: nothing of it may be used; an F finding says why."""

    format: str
    encoding: str | None = None
    delimiter: str | None = None
    mode: Mode | None = None
    """What the format itself says about absence: `bulk` = the whole truth, `delta` = changes only, None = unsaid."""
    students: tuple[StudentRecord, ...] = ()
    leavers: tuple[StudentRecord, ...] = ()
    student_count: int = 0
    guardian_count: int = 0
    """Distinct guardians."""
    link_count: int = 0
    """Guardian-student pairs."""
    row_count: int = 0
    """Rows that were meant to be people: blank rows, titles, footers and instructions are not counted."""
    guardian_columns: bool = True
    """Whether the roster could name guardians at all: without them a re-upload says nothing about links."""
    rejected: tuple[RejectedRow, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused: bool = False
