"""How long an authorisation lasts: the end that is proposed, and when its renewal is called to mind. Pure."""

from datetime import datetime, timedelta

from guardian.authorisation.domain import LONGEST
from guardian.institution.domain import Institution, default_valid_until, year_ends_on

REMIND_DAYS = (30, 14, 3)
"""How many days before the end a renewal is called to mind, once each (LAW section 4, school-year renewal)."""
RENEWABLE = timedelta(days=180)
"""What ends sooner than this is renewed for the year after; what lasts longer is replaced within its year."""


def proposed_end(now: datetime, school: Institution, in_force_until: datetime | None = None) -> datetime:
    """The end, in UTC, if nobody chooses one: of the school year in the institution's zone, and of the one after
    that when what is in force ends soon anyway. Never further away than `LONGEST`.
    """
    ends_on = year_ends_on(school.jurisdiction)
    plain = default_valid_until(now, school.timezone, ends_on=ends_on)
    if in_force_until is None or not now < in_force_until <= now + RENEWABLE:
        return plain
    return min(max(plain, default_valid_until(in_force_until, school.timezone, ends_on=ends_on)), now + LONGEST)


def reminder_due(valid_from: datetime, valid_until: datetime, now: datetime) -> int | None:
    """Which reminder is due, as its number of days before the end; nothing before the first one or after the end.

    Whoever missed the first gets the last that is due, not all of them at once; and what began later than a
    reminder's day is not reminded of it.
    """
    due = [days for days in REMIND_DAYS if valid_from < valid_until - timedelta(days=days) <= now < valid_until]
    return min(due) if due else None
