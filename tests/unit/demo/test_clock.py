"""The demo's clock moves forward, far enough, and not out of the calendar."""

from datetime import UTC, datetime, timedelta

import pytest

from guardian.demo import clock
from guardian.errors import Refused

NOW = datetime(2026, 11, 25, 8, 0, 0, 400_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("P21D", timedelta(days=21)), ("p1w", timedelta(weeks=1)), ("PT12H30M", timedelta(hours=12, minutes=30))],
)
def test_a_duration_is_read(text: str, expected: timedelta) -> None:
    assert clock.duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "-P1D", "1 day", "P99999D", "P1M"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="duration"):
        clock.duration(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tomorrow", "instant_invalid"),
        ("2026-12-01T00:00:00", "instant_invalid"),
        ("2026-11-25T08:00:00Z", "clock_backwards"),
    ],
)
def test_what_is_no_instant_ahead_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        clock.until(text, NOW)
    assert refused.value.code == code
