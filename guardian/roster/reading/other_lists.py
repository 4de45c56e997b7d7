"""Lists that only look like lists of pupils: of staff, and of schools."""

from collections.abc import Sequence

from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.folding import word_set
from guardian.roster.reading.meaning import meaning

_STAFF = frozenset(
    {
        "teacher number",
        "teacher id",
        "teacher sis id",
        "staff id",
        "staff number",
        "staff member id",
        "id enseignant",
        "id nauczyciela",
        "lehrer id",
        "id profesor",
    }
)
_SCHOOLS = frozenset(
    {
        "parent sourced id",
        "principal",
        "principal name",
        "principal email",
        "school principal",
        "low grade",
        "high grade",
        "grade low",
        "grade high",
        "lowest grade",
        "highest grade",
    }
)
_PUPIL = word_set("student students pupil pupils child learner eleve ucznia uczen alumno alumna schuler")


def is_other(names: Sequence[str]) -> bool:
    """Whether a header is one of staff or of schools: it has their columns, and none that only pupils have."""
    words = [folded(name[:200]) for name in names]
    marks = _STAFF if _STAFF & set(words) else _SCHOOLS
    if not marks & set(words) or any(_PUPIL & set(one.split()) for one in words):
        return False
    said = [one for one in map(meaning, names) if one.words not in marks]
    if any(one.group == "guardian" or (one.group == "student" and one.field == "birth") for one in said):
        return False
    return marks is _STAFF or not any(one.group == "student" and one.field in {"given", "family"} for one in said)
