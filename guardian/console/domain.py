"""What pages show, computed from decisions and instants: pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from guardian.i18n import gettext_noop as N_
from guardian.i18n import plural, say_day, text

Stand = Literal["permit", "waiting", "blocked"]
STANDS: tuple[Stand, ...] = ("permit", "waiting", "blocked")
WAITS = frozenset({
    "consent_missing", "consent_void", "consent_expired", "consent_stale", "verification_pending", "assent_missing",
    "authorisation_unsigned", "authorisation_not_started",
})  # fmt: skip
"""Reasons that end when somebody who was asked answers, or a day comes: nobody at the school has to act now."""

STALE_HOURS = 48
"""A sweep older than this means that nothing becomes due by itself any more."""


def stand_of(access: str, reasons: Iterable[str]) -> Stand:
    """Permitted; waiting when every reason ends by an answer that was asked for or by the calendar; else blocked."""
    if access == "permit":
        return "permit"
    return "waiting" if set(reasons) <= WAITS else "blocked"


class Counted(msgspec.Struct):
    """How many learners stand where."""

    permit: int = 0
    waiting: int = 0
    blocked: int = 0

    def add(self, stand: Stand) -> None:
        """Count one more."""
        setattr(self, stand, getattr(self, stand) + 1)

    @property
    def total(self) -> int:
        """All of them."""
        return self.permit + self.waiting + self.blocked


class ClassProgress(msgspec.Struct, frozen=True):
    """How far a class has come; `name` is empty for learners without a class."""

    name: str
    admitted: int
    total: int


def progress(classes: Mapping[UUID, str | None], stands: Mapping[UUID, Stand]) -> list[ClassProgress]:
    """Admitted of all per class, in the natural order of class names; those without a class last."""
    counted: dict[str, list[int]] = {}
    for learner, name in classes.items():
        entry = counted.setdefault(name or "", [0, 0])
        entry[0] += stands.get(learner) == "permit"
        entry[1] += 1
    return [ClassProgress(name, *counted[name]) for name in sorted(counted, key=class_order)]


def class_order(name: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """A sorting key under which «2b» comes before «10a», and no name comes last."""
    parts: list[tuple[bool, int, str]] = []
    number = ""
    for mark in f"{name.casefold()}\0":
        if mark.isdigit() and mark.isascii():
            number += mark
            continue
        if number:
            parts.append((False, int(number), ""))
            number = ""
        parts.append((True, 0, mark))
    return (name == "", parts)


def days_between(now: datetime, at: datetime, timezone: str) -> int:
    """Whole local days from now to an instant: 0 today, 1 tomorrow, negative once it has passed."""
    zone = ZoneInfo(timezone)
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def deadline(language: str, now: datetime, at: datetime | None, timezone: str) -> str:
    """A due date in words with its day: «in 3 days, Friday 4 December 2026»; a dash where no clock runs."""
    if at is None:
        return "–"
    days = days_between(now, at, timezone)
    if days == 0:
        words = text(language, N_("today")) if at > now else text(language, N_("today, passed"))
    elif days > 0:
        words = plural(language, "in %(count)d day", "in %(count)d days", days)
    else:
        words = plural(language, "%(count)d day ago", "%(count)d days ago", -days)
    return f"{words}, {say_day(language, at, timezone)}"


def last_day(language: str, now: datetime, until: datetime, timezone: str) -> str:
    """The last day on which something that ends at an instant, exclusive, still holds; in words as `deadline`."""
    return deadline(language, now, until - timedelta(seconds=1), timezone)


def age(language: str, seconds: float) -> str:
    """How long ago, in the largest whole unit: minutes, hours or days."""
    minutes = max(0, int(seconds // 60))
    if minutes < 120:
        return plural(language, "%(count)d minute", "%(count)d minutes", minutes)
    if minutes < 48 * 60:
        return plural(language, "%(count)d hour", "%(count)d hours", minutes // 60)
    return plural(language, "%(count)d day", "%(count)d days", minutes // 1440)


def is_stale(last: datetime | None, now: datetime) -> bool:
    """Whether the last sweep is too long ago, or never ran."""
    return last is None or (now - last).total_seconds() > STALE_HOURS * 3600


class Asked(msgspec.Struct, frozen=True):
    """How far the question about one learner has come."""

    learner: UUID
    sent: bool
    answered: bool


class Funnel(msgspec.Struct, frozen=True):
    """How many learners got how far: guardians asked about them, letter taken, an answer came, admitted."""

    asked: int
    sent: int
    answered: int
    admitted: int


def funnel(asked: Sequence[Asked], stands: Mapping[UUID, Stand]) -> Funnel:
    """Each step counts only who passed the one before: an answer proves that a letter arrived, and whoever is admitted
    without an answer (old enough, or authorised by the school alone) is no success of the question.
    """
    answered = [one for one in asked if one.answered]
    return Funnel(
        asked=len(asked),
        sent=sum(one.sent or one.answered for one in asked),
        answered=len(answered),
        admitted=sum(stands.get(one.learner) == "permit" for one in answered),
    )


def batches(ids: Sequence[UUID], size: int = 1_000) -> Iterable[Sequence[UUID]]:
    """Ids in parts of at most `size`."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
