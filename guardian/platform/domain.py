"""Learning platforms: their keys and what a key may do."""

import base64
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from guardian.access.decision import Decision

Scope = Literal["decide", "events", "erasures", "rosters", "admin"]
SCOPES: tuple[Scope, ...] = ("decide", "events", "erasures", "rosters", "admin")
PREFIX = "gk_"


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A learning platform that may ask. Its key is known only to itself."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def may(self, scope: Scope) -> bool:
        """Whether its key covers this scope."""
        return scope in self.scopes or "admin" in self.scopes


def new_key() -> str:
    """A fresh API key, 256 bits. It is shown once and kept as a hash."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> bytes:
    """How a key is kept and looked up. A 256-bit random key needs no slow hash."""
    return sha256(key.encode()).digest()


def etag(decision: Decision) -> str:
    """A strong validator over access, purposes, reasons, until and revision (RFC 9110 section 8.8.3)."""
    document = decision.document()
    parts = [document[name] for name in ("learner", "access", "purposes", "reasons", "until", "revision")]
    digest = sha256(msgspec.json.encode(parts, order="deterministic")).digest()
    return '"' + base64.urlsafe_b64encode(digest[:15]).decode() + '"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` header names this validator; weak comparison (RFC 9110 section 13.1.2)."""
    if not if_none_match:
        return False
    named = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in named or tag in named


def max_age(decision: Decision, now: datetime, longest: int) -> int:
    """Seconds for which an answer may be kept: never past `until`, and a block not at all."""
    if decision.access == "block":
        return 0
    if decision.until is None:
        return longest
    return max(0, min(longest, int((decision.until - now).total_seconds())))
