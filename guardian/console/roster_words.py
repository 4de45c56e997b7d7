"""What a roster's plan says about uploads and rows, as sentences."""

from collections.abc import Sequence
from typing import NamedTuple

import guardian.roster.reading.codes_of_cells  # noqa: F401  fills the table of codes
from guardian.console.words import RELATIONSHIPS
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.roster.domain import PlanRow, Upload
from guardian.roster.reading.codes import CODES, message_of, suggestion_of
from guardian.roster.reading.records import Finding

UPLOADS: dict[str, str] = {
    "received": N_("Being read"),
    "read": N_("Being compared"),
    "planned": N_("Waits for your decision"),
    "committed": N_("Committed"),
    "cancelled": N_("Cancelled"),
    "failed": N_("Could not be used"),
}
UPLOAD_COLOURS: dict[str, str] = {
    "received": "waiting", "read": "waiting", "planned": "waiting", "committed": "permit", "failed": "blocked",
}  # fmt: skip
MODES: dict[str, tuple[str, str]] = {
    "additions": (
        N_("Add and change"),
        N_("Learners in the file are added or changed. Whoever is not in the file stays as is."),
    ),
    "snapshot": (
        N_("Everybody"),
        N_("The file lists all learners. Whoever is not in it can be marked as missing, after you confirm."),
    ),
    "delta": (
        N_("Changes only"),
        N_("The file lists what changed, and says itself who left."),
    ),
}
ROWS: dict[str, str] = {
    "new": N_("New"),
    "changed": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "held": N_("Held for a person"),
    "missing": N_("Missing in the file"),
    "rejected": N_("Rejected"),
}
ROW_COLOURS: dict[str, str] = {
    "new": "permit", "changed": "waiting", "held": "held", "missing": "waiting", "rejected": "blocked",
}  # fmt: skip
SEVERITIES: dict[str, str] = {
    "F": N_("Must be mended"),
    "E": N_("Error"),
    "W": N_("Look at this"),
    "I": N_("For your information"),
}
SEVERITY_COLOURS: dict[str, str] = {"F": "blocked", "E": "blocked", "W": "waiting"}

PLAN_CODES: dict[str, str] = {
    "PLATFORM_ID_TAKEN": N_("The platform id already belongs to another learner. Give the right one, or leave it out."),
    "POSSIBLE_SAME_STUDENT": N_(
        "A learner of this name is known already, but not everything fits. Correct the number or the birth date, "
        "then upload again."
    ),
    "ID_REUSED": N_("This student ID belongs to somebody else so far. Consent never follows a number: give a new ID."),
    "ERASED_REIMPORT": N_(
        "This learner's data was erased. To begin again, a new basis is needed: speak with the operator."
    ),
    "GUARDIAN_ADDED": N_("A guardian is new and will be asked."),
    "MASS_REMOVAL": N_("So many learners are missing that the file may be incomplete. Check it before you confirm."),
    "ID_CHANGED": N_("The student ID changes."),
    "NAME_CHANGED": N_("The name changes."),
    "BIRTH_DATE_CHANGED": N_("The birth date changes; a person will look at it."),
    "PLATFORM_ID_DIFFERS": N_("The file gives another platform id; the known one stays."),
    "RETURNED": N_("The learner comes back after leaving."),
    "FOUND_AGAIN": N_("The learner was missing and is in the file again."),
    "CORRECTION_KEPT": N_("Somebody of the school corrected this by hand; the correction stays until the file agrees."),
    "ALREADY_IN_FILE": N_("The learner stands in the file twice."),
}


_FIELDS: dict[str, str] = {
    "student_id": N_("Number of the learner"),
    "given_name": N_("First name"),
    "family_name": N_("Family name"),
    "full_name": N_("Whole name"),
    "birth_date": N_("Birth date"),
    "class_name": N_("Class"),
    "grade": N_("Year or grade"),
    "language": N_("Language of the letters"),
    "email": N_("Learner's own e-mail address"),
    "platform_id": N_("Platform id"),
}
_GUARDIAN_FIELDS: dict[str, str] = {
    "name": N_("Guardian %(number)s: name"),
    "given_name": N_("Guardian %(number)s: first name"),
    "family_name": N_("Guardian %(number)s: family name"),
    "email": N_("Guardian %(number)s: e-mail address"),
    "phone": N_("Guardian %(number)s: telephone"),
    "relationship": N_("Guardian %(number)s: relationship"),
    "language": N_("Guardian %(number)s: language"),
}


def field_name(code: str, language: str) -> str:
    """What a field of a mapping is called."""
    if code in _FIELDS:
        return text(language, _FIELDS[code])
    _, number, field = code.split("_", 2)
    return text(language, _GUARDIAN_FIELDS[field], number=number)


_CHANGES: dict[str, str] = {
    "given_name": N_("First name"),
    "family_name": N_("Family name"),
    "birth_date": N_("Birth date"),
    "class_name": N_("Class"),
    "student_id": N_("Number of the learner"),
    "email": N_("Learner's own e-mail address"),
    "guardian_name": N_("Guardian's name"),
    "guardian_email": N_("Guardian's e-mail address"),
    "guardian_phone": N_("Guardian's telephone"),
    "guardian_relationship": N_("Relationship"),
    "guardian_asked": N_("Is asked for the first time"),
    "guardian_added": N_("New contact, not asked"),
}


def field_changed(field: str, language: str) -> str:
    """What a field of a learner or a guardian is called."""
    return text(language, _CHANGES[field])


def changes(kept: list[dict[str, str | None]], language: str) -> list[tuple[str, str | None, str | None]]:
    """What a row changes: what the field is called, and its value before and after."""
    told = []
    for one in kept:
        field, old, new = str(one["field"]), one["old"], one["new"]
        if field == "guardian_relationship":
            old, new = (text(language, RELATIONSHIPS.get(word or "", word or "")) for word in (old, new))
        told.append((text(language, _CHANGES[field]), old, new))
    return told


class Told(NamedTuple):
    """A sentence about a row; with the cell it is about, while that is known."""

    code: str
    sentence: str
    column: str | None = None
    value: str | None = None


def row_said(codes: list[str], row: int | None, findings: Sequence[Finding], language: str) -> list[Told]:
    """What is to be said about a row: the plan's own sentence, else what the reader found in each cell, else the
    general sentence of the code.
    """
    said = []
    for code in codes:
        if code == "MASS_REMOVAL":
            continue  # said once, above all rows
        found = [one for one in findings if one.code == code and one.row == row]
        if code in PLAN_CODES:
            said.append(Told(code, text(language, PLAN_CODES[code])))
        elif found:
            said += [Told(code, whole(one, language), one.column, one.value) for one in found]
        else:
            said.append(Told(code, _general(code, language)))
    return said


def remarks(rows: Sequence[PlanRow], findings: Sequence[Finding], language: str) -> dict[int, tuple[str, str]]:
    """What becomes of each listed row of a file, and why, as one text."""
    by_row: dict[int | None, list[Finding]] = {}
    for one in findings:
        by_row.setdefault(one.row, []).append(one)
    told = {}
    for row in rows:
        if row.row is not None:
            said = row_said(row.codes, row.row, by_row.get(row.row, []), language)
            why = " ".join(
                f"{one.column}: {one.sentence} [{one.code}]" if one.column else f"{one.sentence} [{one.code}]"
                for one in said
            )
            told[row.row] = (text(language, ROWS[row.state]), why)
    for number, found in by_row.items():
        if number is not None and number not in told:
            told[number] = ("", " ".join(f"{whole(one, language)} [{one.code}]" for one in found))
    return told


def code_names(codes: list[tuple[str, int]], language: str) -> list[tuple[str, str]]:
    """The codes to choose from, each with how many rows carry it and the beginning of what it says."""
    named = []
    for code, count in codes:
        sentence = text(language, PLAN_CODES[code]) if code in PLAN_CODES else _general(code, language)
        named.append((code, f"{sentence[:60]}{'…' if len(sentence) > 60 else ''} ({count})"))
    return named


def version(upload: Upload) -> str:
    """A word that changes with every new plan of an upload."""
    return str(int(upload.planned_at.timestamp() * 1000)) if upload.planned_at else "0"


def whole(finding: Finding, language: str) -> str:
    """A finding with how to mend it."""
    return " ".join(part for part in (message_of(finding, language), suggestion_of(finding, language)) if part)


def _general(code: str, language: str) -> str:
    known = CODES.get(code)
    if known is None:
        return code
    # A message with places needs its finding; the way to mend it needs none.
    message = known.suggestion if "%(" in known.message else known.message
    return text(language, message) if message else code
