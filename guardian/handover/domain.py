"""The day a learner becomes old enough to decide alone: when it comes, and what the learner's own answers add.

GDPR art. 8; EDPB 05/2020 paras 148-150 (the child must be told, may confirm, change or withdraw; a parent's consent
does not lapse by itself); LAW requirements 45 and 46.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from guardian.access.age import day_start, latest_birth_day
from guardian.access.own import OwnState
from guardian.jurisdiction.birthdays import birthday
from guardian.jurisdiction.domain import periods
from guardian.jurisdiction.law_in_use import current

AHEAD = timedelta(days=30)
"""How long before the birthday guardian and learner are told."""
ADULT = 18
"""From this birthday on nothing about the learner is shown to a guardian."""
LINK_LIFE = timedelta(days=400)
"""How long after the birthday the learner's link opens their page."""

Choice = Literal["yes", "no"]


class Entry(msgspec.Struct, frozen=True):
    """A row to append."""

    purpose: str
    state: OwnState


def of_age_at(birth_date: str | None, jurisdictions: Sequence[str], zone: str | None, now: datetime) -> datetime | None:
    """The instant from which the learner decides alone, by the law that will hold then; None: unknown or never.

    Of several periods of the law the first whose threshold is reached within it counts; one that is reached already
    answers that instant.
    """
    if not birth_date:
        return None
    born_on = latest_birth_day(birth_date)
    known = periods(tuple(jurisdictions))
    for position, period in enumerate(known):
        ends = day_start(zone, known[position + 1].begins_on or date.min) if position + 1 < len(known) else None
        if ends is not None and ends <= now:
            continue
        day = birthday(born_on, period.threshold, period.leap_day)
        begins = day_start(zone, period.begins_on) if period.begins_on else None
        if day is None:
            continue
        reached = day_start(zone, day) if begins is None else max(begins, day_start(zone, day))
        if ends is None or reached < ends:
            return reached
    return None


def adult_at(birth_date: str | None, zone: str | None) -> datetime | None:
    """The start of the local day on which the learner turns 18."""
    day = birthday(latest_birth_day(birth_date), ADULT) if birth_date else None
    return day_start(zone, day) if day else None


def birth_days_near(now: datetime) -> list[tuple[str, str]]:
    """Between which birth days (both inclusive) somebody may become of age soon: one range for each age of the law,
    a day wider on either side, since a day begins at different instants in different zones.
    """
    ages = sorted({rule.default_age for rule in current().rules})
    first, last = (now - timedelta(days=1)).date(), (now + AHEAD + timedelta(days=1)).date()
    return [(_years_before(first, age).isoformat(), _years_before(last, age).isoformat()) for age in ages]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February of a common year
        return day.replace(year=day.year - years, day=28)


def entries(choices: Mapping[str, Choice], current: Mapping[str, OwnState]) -> list[Entry]:
    """What the learner's choices add to the record: only what differs from what stands. A no after a yes of their own
    is a withdrawal.
    """
    found = []
    for purpose, choice in choices.items():
        before = current.get(purpose)
        if choice == "yes" and before != "given":
            found.append(Entry(purpose, "given"))
        elif choice == "no" and before not in {"declined", "withdrawn"}:
            found.append(Entry(purpose, "withdrawn" if before == "given" else "declined"))
    return found


def closing(purposes: Collection[str]) -> dict[str, Choice]:
    """Everything taken back at once."""
    return dict.fromkeys(purposes, "no")
