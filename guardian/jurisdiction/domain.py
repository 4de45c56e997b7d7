"""What the law says for a learner of one or several jurisdictions: of everything that applies, the protective.

GDPR art. 8; EDPB 05/2020 para 131: where several laws may apply, the highest age. The rules are data (`law.toml`).
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import msgspec

from guardian.jurisdiction.law import UNKNOWN, LawRule, LeapDay, Model, Rule, folded, lineage, since
from guardian.jurisdiction.law_in_use import current, edition

__all__ = ["UNKNOWN", "Period", "Rule", "folded", "in_force", "period_on", "periods", "threshold"]


class Period(msgspec.Struct, frozen=True):
    """What holds for a set of jurisdictions from a local day on (None: since ever) until the next period.

    `rules` are all that apply: `all` and `joint` protect differently, so where both apply both are asked. `models`
    are those that every one of them allows.
    """

    begins_on: date | None
    threshold: int
    rules: frozenset[Rule]
    models: frozenset[Model]
    leap_day: LeapDay

    @property
    def rule(self) -> Rule:
        """The most protective single word: all, joint, any_one. The decision itself asks `rules`."""
        return "all" if "all" in self.rules else "joint" if "joint" in self.rules else "any_one"


def in_force(code: str, on: date) -> LawRule:
    """The rule of one jurisdiction on a day: its own, else its country's, else the unknown one's."""
    return current().in_force(code, on)


def period_on(jurisdictions: Sequence[str], on: date, *, begins_on: date | None = None) -> Period:
    """What holds on a day, over all jurisdictions; none given: the unknown one's."""
    found = [in_force(code, on) for code in jurisdictions or (UNKNOWN,)]
    return Period(
        begins_on,
        max(rule.default_age for rule in found),
        frozenset(rule.rule for rule in found),
        frozenset.intersection(*(frozenset(rule.models) for rule in found)),
        "03-01" if any(rule.leap_day == "03-01" for rule in found) else "02-28",
    )


def threshold(jurisdictions: Sequence[str], on: date) -> int:
    """The age in years from which the learner decides alone on that local day: the highest; none: 16."""
    return period_on(jurisdictions, on).threshold


def periods(jurisdictions: tuple[str, ...]) -> tuple[Period, ...]:
    """Everything that ever holds for these jurisdictions, in order; the first period begins with None."""
    return _periods(jurisdictions, edition())


@lru_cache(maxsize=4096)
def _periods(jurisdictions: tuple[str, ...], _edition: int) -> tuple[Period, ...]:
    rules = current().by_code
    names = {name for code in jurisdictions or (UNKNOWN,) for name in lineage(code)}
    days = {rule.effective_from for name in names for rule in rules.get(name, ())} | {None}
    return tuple(period_on(jurisdictions, since(day), begins_on=day) for day in sorted(days, key=since))
