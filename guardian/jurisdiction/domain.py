"""The law as dated rows: from which age a learner consents alone, and how guardians agree below it.

Source: `consent_ages.csv` beside this file, whose columns name the article or statute of every row. `age` is
the law as known; `default_age`, the protective value, is the one that decides (GDPR art. 8; EDPB 05/2020
para 131: where several laws may apply, the highest age).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

Rule = Literal["any_one", "all", "joint"]
"""`any_one`: one guardian's yes · `all`: every guardian's · `joint`: one guardian's and the learner's own."""

RULES: tuple[Rule, ...] = get_args(Rule)
UNKNOWN = "ZZ"
"""The row for a jurisdiction that is not given or not known."""

_FILE = Path(__file__).with_name("consent_ages.csv")
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class AgeRule(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table. `effective_from` is a local day of the learner; None means since ever."""

    code: str
    effective_from: date | None
    default_age: int
    rule: Rule


class Period(msgspec.Struct, frozen=True):
    """What holds for a set of jurisdictions from a local day on (None: since ever) until the next period."""

    begins_on: date | None
    threshold: int
    rules: frozenset[Rule]


def read_rules(lines: Iterable[str]) -> dict[str, tuple[AgeRule, ...]]:
    """Read the table; the rows of a code stand in order of their date. ValueError names the wrong line."""
    found: dict[str, dict[date | None, AgeRule]] = {}
    for number, row in enumerate(csv.DictReader(lines), start=2):
        code, since, rule = row["iso"], row["effective_from"], row["rule"]
        age, default_age = row["age"] or "0", row["default_age"]
        if not _CODE.fullmatch(code) or rule not in RULES:
            raise ValueError(f"consent_ages.csv line {number}: iso or rule is not a known word")
        if not (age.isdigit() and default_age.isdigit() and int(age) <= int(default_age) <= 21):
            raise ValueError(f"consent_ages.csv line {number}: default_age must be at least age, at most 21")
        day = date.fromisoformat(since) if since else None
        if day in found.setdefault(code, {}):
            raise ValueError(f"consent_ages.csv line {number}: {code} stands twice for the same day")
        found[code][day] = AgeRule(code=code, effective_from=day, default_age=int(default_age), rule=rule)
    if None not in found.get(UNKNOWN, {}):
        raise ValueError(f"consent_ages.csv: the undated row {UNKNOWN}, for what is unknown, is missing")
    return {code: tuple(rows[day] for day in sorted(rows, key=_since)) for code, rows in found.items()}


@cache
def rules() -> dict[str, tuple[AgeRule, ...]]:
    """The shipped table, read once."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return read_rules(file)


def folded(code: str) -> str:
    """A jurisdiction code without regard to case and outer space."""
    return code.strip().upper()


def is_us(code: str) -> bool:
    """Whether the code is the United States or one of its subdivisions (`US`, `US-*`)."""
    return folded(code).partition("-")[0] == "US"


def in_force(code: str, on: date) -> AgeRule:
    """The row of one jurisdiction on a day: its own, else its country's, else the unknown one's."""
    wanted = folded(code)
    for name in (wanted, wanted.partition("-")[0]):
        current = [row for row in rules().get(name, ()) if _since(row.effective_from) <= on]
        if current:
            return current[-1]
    return rules()[UNKNOWN][0]


def threshold(jurisdictions: Sequence[str], on: date) -> int:
    """The age in years from which the learner decides alone on that local day: the highest; none: 16."""
    return max(in_force(code, on).default_age for code in jurisdictions or (UNKNOWN,))


def consent_rules(jurisdictions: Sequence[str], on: date) -> frozenset[Rule]:
    """Every rule that applies. `all` and `joint` protect differently: where both apply, both are asked."""
    return frozenset(in_force(code, on).rule for code in jurisdictions or (UNKNOWN,))


def consent_rule(jurisdictions: Sequence[str], on: date) -> Rule:
    """The most protective single word: all, joint, any_one. The decision itself asks `consent_rules`."""
    wanted = consent_rules(jurisdictions, on)
    return "all" if "all" in wanted else "joint" if "joint" in wanted else "any_one"


@lru_cache(maxsize=4096)
def periods(jurisdictions: tuple[str, ...]) -> tuple[Period, ...]:
    """Everything that ever holds for these jurisdictions, in order; the first period begins with None."""
    names = {part for code in jurisdictions for part in (folded(code), folded(code).partition("-")[0])}
    days = {row.effective_from for name in names for row in rules().get(name, ())} | {None}
    return tuple(
        Period(day, threshold(jurisdictions, _since(day)), consent_rules(jurisdictions, _since(day)))
        for day in sorted(days, key=_since)
    )


def _since(day: date | None) -> date:
    return day or date.min
