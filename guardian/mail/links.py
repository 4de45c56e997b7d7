"""Mailed links: short handles derived from a key and the message, kept only as a hash (MAIL section 2).

A handle can be minted again after a crash without being stored; looking one up needs no key, so that rotating keys
kills no mail. Knowing a handle opens a page; it never decides anything.
"""

import base64
import hmac
import re
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from guardian.context import Context, Tx

Purpose = Literal["consent", "unsubscribe", "sign", "sign_in"]
PATHS: dict[str, str] = {"consent": "/g/", "unsubscribe": "/u/", "sign": "/sign/", "sign_in": "/sign-in/"}
LENGTH = 27
_HANDLE = re.compile(r"[A-Za-z0-9_-]{27}")
_TRAILING = ".,;:!?)>]}='\"\u200b\u200c\u200d\ufeff \t\r\n"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A mailed link as it is kept. `state` is derived at the moment it is asked."""

    id: UUID
    purpose: Purpose
    subject: UUID
    message: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def open(self, now: datetime) -> bool:
        """Whether it still opens its page."""
        return self.revoked_at is None and now < self.expires_at


def handle_of(context: Context, purpose: Purpose, message: UUID, *, kid: str | None = None) -> str:
    """The 27-character handle (162 bits) of a message's link for one purpose."""
    key = context.keys.key(f"link/{purpose}", kid)
    digest = hmac.new(key, b"link/1\0" + message.bytes, sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def url_of(context: Context, purpose: Purpose, handle: str) -> str:
    """The whole address as it is mailed; no `=`, `?` or `&`, so that no mail program splits it."""
    return context.settings.base_url.rstrip("/") + PATHS[purpose] + handle


def canonical(text: str) -> str | None:
    """The handle in what a mail program made of it (a swallowed full stop, a bracket), or nothing."""
    handle = text.strip().strip(_TRAILING)
    return handle if _HANDLE.fullmatch(handle) else None


async def issue(
    context: Context, tx: Tx, purpose: Purpose, subject: UUID, *, message: UUID, expires_at: datetime
) -> str:
    """Make (or make again) the link of a message; answers its URL. The same message always gets the same link."""
    handle = handle_of(context, purpose, message)
    await tx.execute(
        "insert into links (id, purpose, subject, message, handle_sha256, kid, created_at, expires_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (handle_sha256) do nothing",
        context.new_id(), purpose, subject, message, sha256(handle.encode()).digest(), context.keys.current,
        tx.now, expires_at,
    )  # fmt: skip
    return url_of(context, purpose, handle)


async def find(tx: Tx, purpose: Purpose, text: str) -> Link | None:
    """The link that a visitor followed, open or not; nothing when it was never ours or is for something else."""
    handle = canonical(text)
    if handle is None:
        return None
    row = await tx.fetchrow(
        "select id, purpose, subject, message, created_at, expires_at, used_at, revoked_at from links "
        "where handle_sha256 = $1 and purpose = $2",
        sha256(handle.encode()).digest(), purpose,
    )  # fmt: skip
    return msgspec.convert(dict(row), Link) if row else None


async def mark_used(tx: Tx, link: UUID) -> bool:
    """Note the first act through a link; answers whether this was the first."""
    return await tx.execute("update links set used_at = $2 where id = $1 and used_at is null", link, tx.now) == 1


async def revoke(tx: Tx, subject: UUID, *purposes: Purpose) -> int:
    """Close all open links of a subject: it was superseded, or its address was wrong."""
    return await tx.execute(
        "update links set revoked_at = $3 where subject = $1 and purpose = any($2) and revoked_at is null",
        subject, list(purposes), tx.now,
    )  # fmt: skip
