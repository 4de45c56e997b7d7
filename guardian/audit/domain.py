"""The chain of history: each entry's digest covers the entry and the digest before it (LAW requirement 64)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

GENESIS = bytes(32)
"""What the first entry stands on."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of history. `at` is UTC; `payload` holds ids, enums and instants only."""

    seq: int
    at: datetime
    actor_kind: str
    actor: UUID | None
    action: str
    subject_kind: str
    subject: UUID | None
    institution: UUID | None
    payload: dict[str, Any]


class Broken(msgspec.Struct, frozen=True):
    """The first place where the chain does not hold, and why."""

    seq: int
    why: str


_ENCODER = msgspec.json.Encoder(order="sorted")


def digest(entry: Entry, previous: bytes) -> bytes:
    """SHA-256 over the previous digest and the entry's canonical JSON (keys sorted, instants in UTC)."""
    at_utc = msgspec.structs.replace(entry, at=entry.at.astimezone(UTC))
    return sha256(previous + _ENCODER.encode(at_utc)).digest()


def verify(
    entries: Iterable[tuple[Entry, bytes, bytes]], *, after: int = 0, previous: bytes = GENESIS
) -> tuple[int, Broken | None]:
    """Walk `(entry, previous, digest)` in order from behind entry `after`, whose digest is `previous`.

    Answers how many entries hold, and the first break if there is one.
    """
    count = 0
    for entry, claimed_previous, stored in entries:
        if entry.seq != after + count + 1:
            return count, Broken(after + count + 1, "missing")
        if claimed_previous != previous:
            return count, Broken(entry.seq, "previous_differs")
        if digest(entry, previous) != stored:
            return count, Broken(entry.seq, "changed")
        count, previous = count + 1, stored
    return count, None
