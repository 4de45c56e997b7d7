"""When a letter that could not be sent is tried again."""

import hashlib
from datetime import timedelta
from uuid import UUID

RETRY_AFTER = (300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""Seconds to wait after each failed attempt (±20 %; MAIL section 1.4, D12)."""


def retry_after(message: UUID, attempts: int) -> timedelta:
    """How long to wait after so many attempts, spread by ±20 % (by message, so that it can be told beforehand)."""
    base = RETRY_AFTER[min(max(attempts, 1), len(RETRY_AFTER)) - 1]
    spread = hashlib.blake2b(message.bytes, digest_size=2).digest()
    return timedelta(seconds=base * (0.8 + 0.4 * int.from_bytes(spread, "big") / 65535))
