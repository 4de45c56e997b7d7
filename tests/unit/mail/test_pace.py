"""Halved by a throttling reply, regained slowly, never over the ceiling (MAIL section 6, 36)."""

import asyncio

import pytest

from guardian.mail.pace import SLOWEST, THROTTLED_START, Pace
from guardian.mail.replies import Outcome

THROTTLED = Outcome(kind="deferred", phase="final", code=454, enhanced="4.7.0")
ACCEPTED = Outcome(kind="accepted", phase="final", code=250)


class Time:
    """Stands in for the event loop's clock; sleeping moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr("guardian.mail.pace.asyncio.get_running_loop", lambda: clock)
    monkeypatch.setattr("guardian.mail.pace.asyncio.sleep", clock.sleep)
    return clock


def turns(pace: Pace, count: int) -> None:
    async def wait() -> None:
        for _ in range(count):
            await pace.turn()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(wait())
    loop.close()


def test_without_a_ceiling_nothing_waits(clock: Time) -> None:
    turns(Pace(), 1000)
    assert clock.now == 100.0


def test_turns_are_evenly_spaced(clock: Time) -> None:
    turns(Pace(10.0), 51)
    assert clock.now == pytest.approx(105.0)


def test_a_pause_saves_nothing_up(clock: Time) -> None:
    pace = Pace(10.0)
    turns(pace, 1)
    clock.now += 60
    turns(pace, 11)
    assert clock.now == pytest.approx(161.0)


def test_one_throttling_reply_halves_and_a_burst_of_them_counts_once(clock: Time) -> None:
    pace = Pace(40.0)
    for _ in range(8):
        pace.learn(THROTTLED)
    assert pace.rate == 20.0
    clock.now += 1.5
    pace.learn(THROTTLED)
    assert pace.rate == 10.0
    pace.learn(ACCEPTED)
    assert pace.rate == 10.0


def test_it_never_stops_and_comes_back_to_the_ceiling(clock: Time) -> None:
    pace = Pace(40.0)
    for _ in range(20):
        clock.now += 2
        pace.learn(THROTTLED)
    assert pace.rate == SLOWEST
    turns(pace, 10)
    assert SLOWEST < pace.rate < 40.0
    turns(pace, 3000)
    assert pace.rate == 40.0


def test_without_a_ceiling_a_throttled_pace_becomes_free_again(clock: Time) -> None:
    pace = Pace()
    pace.learn(THROTTLED)
    assert pace.rate == THROTTLED_START
    turns(pace, 60_000)
    assert pace.rate == 0.0
