"""Moving the demo's time, so that a person can watch three weeks pass. Writes the demo's clock and what hangs on it."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from guardian.context import Context, move_demo_clock
from guardian.errors import Refused
from guardian.events import SYSTEM
from guardian.i18n import gettext_noop as N_

FARTHEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Beyond it nothing of a demo is worth watching, and dates that lie ahead of its time leave the calendar."""
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds. Raises Refused."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None:
        raise Refused("duration_invalid", N_("Write a duration such as P21D or PT12H."), where="advance")
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})


def until(text: str, now: datetime) -> timedelta:
    """How far ahead an instant lies. Raises Refused for one without a zone, or in the past."""
    instant: datetime | None = None
    with suppress(ValueError):
        instant = datetime.fromisoformat(text)
    if instant is None or instant.tzinfo is None:
        raise Refused(
            "instant_invalid", N_("Write an instant with its zone, such as 2026-12-24T12:00:00Z."), where="at"
        )
    ahead = instant.astimezone(UTC) - now
    if ahead < timedelta():
        raise Refused("clock_backwards", N_("The demo's time only moves forward."), where="at")
    return ahead


async def advance(ctx: Context, by: timedelta) -> datetime:
    """Move the demo's time; answers what time it is then. Whoever is signed in stays so: only the story moves on.

    Raises Refused beyond FARTHEST.
    """
    if by > FARTHEST - ctx.clock.now():
        raise Refused("clock_too_far", N_("The demo's time goes no further than the year 2199."))
    async with ctx.transaction(SYSTEM) as tx:
        ahead: int = await tx.fetchval("select coalesce(max(ahead_seconds), 0) from demo_clock where id = 1")
        await tx.execute(
            "update staff_sessions set last_seen_at = last_seen_at + $1, expires_at = expires_at + $1 "
            "where revoked_at is null",
            by,
        )
    await move_demo_clock(ctx, timedelta(seconds=ahead) + by)
    return ctx.clock.now()
