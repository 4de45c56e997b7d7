"""A time limit that costs nothing to set: one timer for all messages of a connection, acting only when time is up."""

import asyncio
import math
from collections.abc import Callable


class Watch:
    """Calls `expired` once a time allowed is over. Seconds are the event loop's."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._expired = expired
        self._due = math.inf
        self._timer: asyncio.TimerHandle | None = None

    def allow(self, seconds: float) -> None:
        """From now on so many seconds, instead of what was allowed before."""
        self._due = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._due:
            self._arm()

    def rest(self) -> None:
        """No limit for the time being."""
        self._due = math.inf

    def end(self) -> None:
        """No limit ever again."""
        self._due = math.inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() >= self._due:
            self._expired()
        elif self._due < math.inf:
            self._arm()
