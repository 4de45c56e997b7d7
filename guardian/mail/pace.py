"""How fast messages go out: a ceiling that may be set, halved when the server says "slow down", regained slowly.

Additive increase, multiplicative decrease (MAIL section 1.4, D1): one throttling reply must not lose a campaign, and
hammering on would make it last.
"""

import asyncio

from guardian.mail.replies import Outcome

SLOWEST = 0.2
"""Messages per second that are always tried."""
THROTTLED_START = 20.0
"""The rate to fall back to at the first throttling reply where no ceiling is set."""
REGAIN_PER_SECOND = 0.02
"""Share of the ceiling that a second without throttling gives back."""
_CODES = frozenset({421, 450, 451, 454})


def throttles(outcome: Outcome) -> bool:
    """Whether the server asks for less: 421, or 450, 451, 454 with x.7.x or none, but not about one mailbox."""
    if outcome.code not in _CODES or outcome.phase == "connect":
        return False
    return outcome.code == 421 or outcome.phase != "rcpt" or (outcome.enhanced or "").startswith("4.7.")


class Pace:
    """`per_second` 0: no ceiling. Turns are evenly spaced, also after a pause."""

    def __init__(self, per_second: float = 0.0) -> None:
        self._ceiling = per_second
        self._rate = per_second
        self._next = 0.0
        self._throttled_at = 0.0
        self._regained_at = 0.0

    @property
    def rate(self) -> float:
        """Messages per second now; 0 for as fast as it goes."""
        return self._rate

    async def turn(self) -> None:
        """Wait until the next message may go."""
        if not self._rate:
            return
        now = asyncio.get_running_loop().time()
        if self._throttled_at:
            self._regain(now)
        start = max(self._next, now)
        self._next = start + (1.0 / self._rate if self._rate else 0.0)
        if start > now:
            await asyncio.sleep(start - now)

    def learn(self, outcome: Outcome) -> None:
        """Go slower after a throttling reply. Replies within one second count as one."""
        if not throttles(outcome):
            return
        now = asyncio.get_running_loop().time()
        if self._throttled_at and now - self._throttled_at < 1.0:
            return
        self._throttled_at = self._regained_at = now
        self._rate = max(SLOWEST, self._rate / 2 if self._rate else THROTTLED_START)

    def _regain(self, now: float) -> None:
        ceiling = self._ceiling or THROTTLED_START * 50
        self._rate += ceiling * REGAIN_PER_SECOND * (now - self._regained_at)
        self._regained_at = now
        if self._rate >= ceiling:
            self._rate, self._throttled_at = self._ceiling, 0.0
