"""What one header says by itself: whose column it is, which field, which of several guardians."""

import re
from functools import cache

from msgspec import Struct

from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.folding import word_set
from guardian.roster.reading.words.guardian import ALWAYS_GUARDIAN, FIELDS, MARKERS, SLOTS, TEACHER
from guardian.roster.reading.words.student import BORING, SENSITIVE, STUDENT

_PUPIL_WORDS = word_set(
    "student students pupil pupils child childs learner eleve l'eleve d'eleve enfant enfants ucznia uczen "
    "uczennicy dziecka alumno alumna alumnado schuler schulers schulerin kind kindes stu"
)
_FILLERS = word_set("the of de du d' des la le l' del y a o der des vom i s")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WHOSE = re.compile(r"(?<=\w\w)'s?$")
_BRACKETED = re.compile(r"\(([^)]+)\)")
_CHANNELS = frozenset({"email", "phone"})
_AFTER = word_set("1 2 3 4 01 02 03 04 i ii iii iv")


OWN_COLUMNS = frozenset({"_status", "_why"})
"""What this service adds to a file that it gives back; read again, they say nothing."""


class Meaning(Struct, frozen=True):
    """`group`: student, guardian, bare (a guardian's only beside one), sensitive, ignored, unknown, blank."""

    group: str
    field: str = ""
    rank: int = 0
    kind: str = ""
    slot: int = 0
    languages: frozenset[str] = frozenset()
    words: str = ""
    explicit: bool = False
    """The header itself names the pupil or the guardian, so its place among the columns does not matter."""


def _split(words: str) -> list[str]:
    return [folded(word) or word.strip() for word in words.split(" | ")]


@cache
def _student_words() -> dict[str, tuple[str, int, frozenset[str]]]:
    known: dict[str, tuple[str, int, frozenset[str]]] = {}
    for field, by_language in STUDENT.items():
        for language, words in by_language.items():
            for rank, word in enumerate(_split(words)):
                for spelling in (word, word.replace(" ", "")):
                    had = known.get(spelling)
                    if had is None:
                        known[spelling] = (field, rank, frozenset({language}))
                    elif had[0] == field:
                        known[spelling] = (field, min(rank, had[1]), had[2] | {language})
    return known


@cache
def _field_words() -> dict[str, str]:
    known: dict[str, str] = {}
    for field, words in FIELDS.items():
        for word in _split(words):
            known.setdefault(word, field)
            known.setdefault(word.replace(" ", ""), field)
    return known


@cache
def _markers() -> list[tuple[tuple[str, ...], str]]:
    every = [(tuple(word.split()), kind) for kind, words in MARKERS.items() for word in _split(words)]
    return sorted(every, key=lambda marker: -len(marker[0]))


@cache
def _glued() -> dict[str, tuple[str, str]]:
    """`guardianemail`, `emailguardian`: a marker and a field written as one word."""
    known: dict[str, tuple[str, str]] = {}
    for marker, kind in _markers():
        for word, field in _field_words().items():
            first, second = "".join(marker), word.replace(" ", "")
            if len(first) > 2 and len(second) > 1:
                known.setdefault(first + second, (kind, field))
                known.setdefault(second + first, (kind, field))
    return known


@cache
def _exact(words: str) -> frozenset[str]:
    split = _split(words)
    return frozenset(split) | {word.replace(" ", "") for word in split}


@cache
def meaning(text: str) -> Meaning:
    """The meaning of a header, from its own words alone."""
    words = folded(text[:200])
    own = words.removeprefix("profile field ")  # how Moodle writes a school's own fields
    if own != words and (known := _alone(own)).group != "unknown":
        return known
    if text.strip() in OWN_COLUMNS:
        return Meaning("ignored", words=words)
    if not words:
        return Meaning("blank")
    alone = _alone(words)
    if alone.group == "bare" and (inner := _BRACKETED.search(text)):
        joined = _guardian(f"{folded(inner[1])} {words}")
        return joined if joined and joined.kind != "contact" else alone
    return alone


def _alone(words: str) -> Meaning:  # noqa: PLR0911 guard clauses read best in order
    if words in _exact(SENSITIVE):
        return Meaning("sensitive", words=words)
    if words in _exact(TEACHER):
        return Meaning("ignored", words=words)
    if words in _exact(ALWAYS_GUARDIAN):
        field = _field_words().get(words) or ("phone" if "phone" in words else "email" if "mail" in words else "other")
        return Meaning("guardian", field, kind="home", words=words)
    if found := _student_words().get(words) or _student_words().get(words.replace(" ", "")):
        field, rank, languages = found
        return Meaning("student", field, rank, languages=languages, words=words)
    tokens = _LETTER_DIGIT.sub(" ", words).split()
    if len(tokens) > 1 and tokens[-1] in _AFTER and (bare := _field_words().get(" ".join(tokens[:-1]))) in _CHANNELS:
        return Meaning("bare", bare, slot=SLOTS[tokens[-1]], words=words)
    if bare := _field_words().get(words):
        return Meaning("bare", bare, words=words)
    if words in _exact(BORING):
        return Meaning("ignored", words=words)
    return _guardian(words) or _pupil(words) or Meaning("unknown", words=words)


def _tokens(words: str) -> list[str]:
    """The words of a header; «Mom's» and «parents'» without the ending that says whose."""
    return [_WHOSE.sub("", token) or token for token in _LETTER_DIGIT.sub(" ", words).split()]


def _guardian(words: str) -> Meaning | None:
    tokens = _tokens(words)
    if len(tokens) == 1 and (glued := _glued().get(words)):
        return Meaning("guardian", glued[1], kind=glued[0], words=words, explicit=True)
    for marker, kind in _markers():
        place = _find(tokens, marker)
        if place < 0:
            continue
        before, after = tokens[:place], tokens[place + len(marker) :]
        slot = 0
        if after and after[0] in _AFTER:
            slot, after = SLOTS[after[0]], after[1:]
        elif before and before[-1] in SLOTS:
            slot, before = SLOTS[before[-1]], before[:-1]
        elif before and before[0] in SLOTS and " ".join(before) not in _field_words():
            slot, before = SLOTS[before[0]], before[1:]
        rest = before + after
        if len(marker[0]) == 1 and not (slot and (marker == ("r",) or " ".join(rest) in _field_words())):
            continue  # «R1», «P1 e-mail»: one letter alone says nothing
        if len(rest) > 1 and rest[-1] in _AFTER and " ".join(rest[:-1]) in _field_words():
            slot, rest = slot or SLOTS[rest[-1]], rest[:-1]
        elif not slot and rest and " ".join(rest) not in _field_words() and rest[-1] in _AFTER:
            slot, rest = SLOTS[rest[-1]], rest[:-1]
        joint = _joint_kind(rest, kind)
        return Meaning("guardian", _field_of(rest), kind=joint, slot=slot, words=words, explicit=True)
    return None


def _field_of(rest: list[str]) -> str:
    if field := _field_words().get(" ".join(rest)):
        return field
    rest = [token for token in rest if token not in _FILLERS and token not in _PUPIL_WORDS]
    return _field_words().get(" ".join(rest), "other") if rest else "name"


def _joint_kind(rest: list[str], kind: str) -> str:
    """A second marker in the same header («mother/guardian») leaves the wider of the two."""
    for marker, other in _markers():
        if len(marker) == 1 and marker[0] in rest and len(marker[0]) > 1:
            rest.remove(marker[0])
            if {kind, other} == {"mother", "father"}:
                return "parent"
            return "guardian" if other == "guardian" else kind
    return kind


def _pupil(words: str) -> Meaning | None:
    tokens = _tokens(words)
    rest = [token for token in tokens if token not in _PUPIL_WORDS]
    if len(rest) == len(tokens):
        return None
    for kept in (rest, [token for token in rest if token not in _FILLERS]):
        inner = " ".join(kept)
        if inner in _exact(SENSITIVE):
            return Meaning("sensitive", words=words, explicit=True)
        if found := _student_words().get(inner):
            return Meaning("student", found[0], found[1], languages=found[2], words=words, explicit=True)
        if _field_words().get(inner) == "email":
            return Meaning("student", "email", words=words, explicit=True)
    if "email" in rest or "mail" in rest or "courriel" in rest or "correo" in rest:
        return Meaning("student", "email", words=words, explicit=True)
    return Meaning("ignored", words=words, explicit=True) if rest else None


def _find(tokens: list[str], marker: tuple[str, ...]) -> int:
    for place in range(len(tokens) - len(marker) + 1):
        if tuple(tokens[place : place + len(marker)]) == marker:
            return place
    return -1
