"""Moving a demo's time: it lands at or after the instant asked for, and never where no date can follow."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from guardian.context import Context, SystemClock
from guardian.demo import clock
from guardian.errors import Refused


@pytest.fixture
def moving(ctx: Context) -> Context:
    return msgspec.structs.replace(ctx, clock=SystemClock())


async def test_it_lands_no_sooner_than_asked(moving: Context) -> None:
    wanted = (moving.clock.now() + timedelta(days=15)).replace(microsecond=0) + timedelta(seconds=1)
    now = await clock.advance(moving, clock.until(wanted.isoformat(), moving.clock.now()))
    assert wanted <= now < wanted + timedelta(seconds=3)


async def test_beyond_the_calendar_it_is_refused_and_time_goes_on(moving: Context) -> None:
    before = moving.clock.now()
    for far in (datetime.max.replace(tzinfo=UTC), clock.FARTHEST + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            await clock.advance(moving, far - moving.clock.now())
        assert refused.value.code == "clock_too_far"
    assert before <= moving.clock.now() < before + timedelta(minutes=1)
