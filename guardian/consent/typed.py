"""From what a guardian filled in to an answer, or to the sentences that say what is missing. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import get_args
from uuid import UUID

import msgspec

from guardian.consent.domain import Choice, Key, Question, Relationship
from guardian.i18n import gettext_noop as N_

RELATIONSHIPS: tuple[str, ...] = get_args(Relationship)
RELATIONSHIP_WORDS: dict[str, str] = {
    "mother": N_("Mother"),
    "father": N_("Father"),
    "legal_guardian": N_("Legal guardian"),
    "foster_parent": N_("Foster parent"),
    "other": N_("Somebody else who has parental authority"),
}
NAME_LENGTH = 255
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class Problem(msgspec.Struct, frozen=True):
    """Something to mend. `field` is the id on the page that the summary links to; `message` a msgid whose named
    places are `child` and `purpose`, given by `key`.
    """

    field: str
    message: str
    key: Key | None = None


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in, to be shown again if anything is missing; nothing typed is lost."""

    choices: dict[Key, Choice]
    relationship: str
    name: str
    problems: tuple[Problem, ...]

    def choice(self, learner: UUID, purpose: str) -> str:
        """The answer chosen for one question, or nothing."""
        return self.choices.get((learner, purpose), "")


def field_of(learner: UUID, purpose: str) -> str:
    """The form field of one question."""
    return f"answer-{learner}-{purpose}"


def tidy(name: str) -> str:
    """A typed name without control and direction characters and with single spaces; its letters stay as they are."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in name[: 4 * NAME_LENGTH])
    kept = "".join(c for c in kept if unicodedata.bidirectional(c) not in _DIRECTIONS)
    return " ".join(kept.split())[:NAME_LENGTH]


def read(form: Mapping[str, str], questions: Iterable[Question]) -> Filled:
    """The form as an answer to exactly these questions. Other fields, somebody else's among them, are not looked at."""
    choices: dict[Key, Choice] = {}
    problems = []
    for question in questions:
        key = (question.learner, question.purpose)
        said = form.get(field_of(*key), "")
        if said == "yes":
            choices[key] = "yes"
        elif said == "no":
            choices[key] = "no"
        else:
            problems.append(Problem(field_of(*key), N_("Choose yes or no for %(child)s: %(purpose)s"), key))
    relationship = form.get("relationship", "")
    if relationship not in RELATIONSHIPS:
        relationship = ""
        problems.append(Problem("relationship", N_("Say who you are")))
    name = tidy(form.get("name", ""))
    if not any(c.isalpha() for c in name):
        problems.append(Problem("name", N_("Type your full name")))
    return Filled(choices=choices, relationship=relationship, name=name, problems=tuple(problems))


def tick_of(learner: UUID) -> str:
    """The form field of a tick beside a child."""
    return f"learner-{learner}"


def ticked(form: Mapping[str, str], known: Iterable[UUID]) -> set[UUID]:
    """Which of the known learners were ticked; anything else is not looked at. A page with one child sends its id as
    the value of `learner`, one with several a field each.
    """
    return {learner for learner in known if tick_of(learner) in form or form.get("learner") == str(learner)}


def any_tick(form: Mapping[str, str]) -> bool:
    """Whether anybody at all was ticked, known or not."""
    return any(field == "learner" or field.startswith("learner-") for field in form)
