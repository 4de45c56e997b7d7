"""Student IDs: always text, never numbers."""

import re

from guardian.roster.reading.fields.cell import is_formula, value

_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[Ee]\+\d+$")
_FLOAT = re.compile(r"^(\d+)[.,]0+$")
LONGEST = 255


def student_id(text: str) -> tuple[str, str]:  # noqa: PLR0911 guard clauses read best in order
    """The ID and the code of what is to be said about it (FORMULA, ID_SCIENTIFIC, ID_FLOAT, VALUE_TOO_LONG or '')."""
    text = value(text)
    if text.isalnum() and len(text) < LONGEST:
        return text, ""
    if not text:
        return "", ""
    if is_formula(text):
        return "", "FORMULA"
    if _SCIENTIFIC.match(text):
        return "", "ID_SCIENTIFIC"
    if number := _FLOAT.match(text):
        return number[1], "ID_FLOAT"
    if len(text) > LONGEST:
        return "", "VALUE_TOO_LONG"
    return text, ""
