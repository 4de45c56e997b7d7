"""The law as data: the dated rules of every jurisdiction and the clocks, in one versioned table.

`law.toml` beside this file is the shipped one; an operator's own file may extend or replace it (`extending`).
"""

from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Literal, get_args

import msgspec

Rule = Literal["any_one", "all", "joint"]
"""`any_one`: one guardian's yes · `all`: every guardian's · `joint`: one guardian's and the learner's own."""
Model = Literal["guardian_consent", "controller_instruction", "school_agent", "school_intermediary"]
"""Legal models that may carry a learner under the threshold; `own_consent` never does."""
LeapDay = Literal["03-01", "02-28"]
"""The birthday, in common years, of who was born on 29 February. 1 March protects (BGB 188(3))."""
Certainty = Literal["high", "medium", "low", "n/a"]

RULES: tuple[Rule, ...] = get_args(Rule)
UNKNOWN = "ZZ"
"""The rule for a jurisdiction that is not given or not known."""


class LawRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds in one jurisdiction from a local day of the learner on (None: since ever).

    `age` is the law as known (None: it names none); `default_age`, never lower, is the one that decides.
    """

    code: str
    country: str
    effective_from: date | None = None
    age: int | None = None
    default_age: int
    rule: Rule
    models: tuple[Model, ...]
    leap_day: LeapDay = "03-01"
    scope: str = ""
    source: str
    certainty: Certainty
    as_of: date
    note: str = ""


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long something may wait, in the unit that the name ends with; `cap` is the furthest it may be set."""

    name: str
    starts_with: str
    default: int
    cap: int
    source: str
    certainty: Certainty


class Law(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One version of the table. `origin`: the file it was read from."""

    version: str
    floor_age: int
    rules: tuple[LawRule, ...]
    clocks: tuple[Clock, ...]
    origin: str = ""

    @cached_property
    def by_code(self) -> dict[str, tuple[LawRule, ...]]:
        """The rules of each code in order of their dates."""
        found: dict[str, list[LawRule]] = {}
        for rule in sorted(self.rules, key=lambda one: (one.code, since(one.effective_from))):
            found.setdefault(rule.code, []).append(rule)
        return {code: tuple(rules) for code, rules in found.items()}

    @cached_property
    def by_clock(self) -> dict[str, Clock]:
        """The clocks by name."""
        return {clock.name: clock for clock in self.clocks}

    @cached_property
    def sha256(self) -> str:
        """SHA-256, in hex, over everything that decides: rules and clocks, whatever file they came from."""
        return sha256(msgspec.json.encode((self.rules, self.clocks), order="sorted")).hexdigest()

    def history(self, code: str) -> tuple[LawRule, ...]:
        """All rules that are ever asked for one jurisdiction: its own, else its country's, else the unknown one's."""
        return next((self.by_code[name] for name in lineage(code) if name in self.by_code), ())

    def in_force(self, code: str, on: date) -> LawRule:
        """The rule of one jurisdiction on a day: its own, else its country's, else the unknown one's."""
        for name in lineage(code):
            current = [rule for rule in self.by_code.get(name, ()) if since(rule.effective_from) <= on]
            if current:
                return current[-1]
        raise LookupError(f"the law has no undated rule {UNKNOWN}")  # a file without it is never let in


def folded(code: str) -> str:
    """A jurisdiction code without regard to case and outer space."""
    return code.strip().upper()


def lineage(code: str) -> tuple[str, str, str]:
    """Where a rule is looked for, in order: the code, its country, the unknown."""
    wanted = folded(code)
    return wanted, wanted.partition("-")[0], UNKNOWN


def since(day: date | None) -> date:
    """The first day of a rule."""
    return day or date.min
