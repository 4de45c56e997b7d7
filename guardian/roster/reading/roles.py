"""Whether a row is about a pupil at all, where a file lists adults beside them."""

import re
from functools import lru_cache

from guardian.roster.reading.folding import plain, word_set

_PUPILS = word_set("student students pupil pupils learner learners eleve eleves uczen uczniowie alumno alumnos schuler")
_ADULTS = word_set(
    "teacher teachers editingteacher noneditingteacher coursecreator "
    "staff faculty employee employees administrator admin administrators aide principal counselor "
    "proctor parent parents guardian guardians observer relative mentor districtadministrator siteadministrator "
    "systemadministrator enseignant enseignants professeur professeurs personnel direction nauczyciel nauczyciele "
    "dyrektor pracownik rodzic opiekun profesor profesores docente docentes tutor padre madre lehrer lehrkraft "
    "lehrerin eltern verwaltung adultos"
)
_BETWEEN = re.compile(r"[\s/,;|\\]+")


@lru_cache(maxsize=4096)
def is_adult(role: str) -> bool:
    """Whether the word for a person's role, or the path of their account («/Staff/Maths»), means an adult."""
    words = frozenset(_BETWEEN.split(plain(role)))
    return bool(words & _ADULTS) and not words & _PUPILS
