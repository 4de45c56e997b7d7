"""What a roster's plan says about uploads and rows, as sentences."""

from collections.abc import Mapping

import guardian.roster.reading.codes_of_cells  # noqa: F401  fills the table of codes
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
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
    "ALREADY_IN_FILE": N_("The learner stands in the file twice."),
}


def row_sentences(
    codes: list[str], row: int | None, said: Mapping[tuple[int | None, str], Finding], language: str
) -> list[str]:
    """What is to be said about a row: the plan's own sentence, else what the reader found there, else the general
    sentence of the code.
    """
    sentences = []
    for code in codes:
        if code == "MASS_REMOVAL":
            continue  # said once, above all rows
        finding = said.get((row, code))
        if code in PLAN_CODES:
            sentences.append(text(language, PLAN_CODES[code]))
        elif finding is not None:
            sentences.append(whole(finding, language))
        else:
            sentences.append(_general(code, language))
    return sentences


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
