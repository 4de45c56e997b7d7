"""Local days as instants, and from when a learner is old enough to decide alone.

A local day begins at its first instant in the learner's zone, also where the clock skips midnight. An unknown
zone is UTC-12, the last place where a day begins (protective: nobody is older there than anywhere else).
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""Stands for "since ever"."""
NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for an instant that no calendar reaches."""
LAST_PLACE = timezone(timedelta(hours=-12))
_BIRTH_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
# Names in a zone folder that are no places: the machine's own zone, a placeholder, copies with leap seconds.
_NO_PLACE = ("localtime", "posixrules", "Factory", "posix/", "right/")


@lru_cache(maxsize=1024)
def zone(name: str | None) -> tzinfo:
    """The IANA time zone of that name; UTC-12 where it is not given or not known."""
    if not name or name.startswith(_NO_PLACE):
        return LAST_PLACE
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return LAST_PLACE


@lru_cache(maxsize=65536)
def day_start(zone_name: str | None, day: date) -> datetime:
    """The first instant, in UTC, of a local day. Where midnight comes twice, the first of the two."""
    place = zone(zone_name)
    midnight = datetime(day.year, day.month, day.day, tzinfo=place)
    try:
        start = midnight.astimezone(UTC)
        if start.astimezone(place).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return start
        before = midnight.replace(fold=1).astimezone(UTC)
    except OverflowError:
        return NEVER if day.year > 1 else EARLIEST
    # The clock skips this midnight: the day begins with the skip itself, between the two readings of it.
    span = int((start - before).total_seconds())
    low, high = 0, span
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(place).date() >= day:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def day_end(zone_name: str | None, day: date) -> datetime:
    """The first instant, in UTC, after a local day."""
    return NEVER if day == date.max else day_start(zone_name, day + timedelta(days=1))


def latest_birth_day(text: str) -> date:
    """The latest day that a birth date allows: year only is 31 December, month only its last day.

    ValueError for anything but an existing `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    """
    match = _BIRTH_DATE.fullmatch(text)
    if match is None:
        raise ValueError("a birth date is YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = int(match[1]), int(match[2] or 12), match[3]
    if not 1 <= month <= 12:
        raise ValueError("there is no such month")
    return date(year, month, int(day) if day else monthrange(year, month)[1])
