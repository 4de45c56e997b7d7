"""Mailed links: short handles derived from a key and the message, kept only as a hash (MAIL section 2).

A handle can be minted again after a crash without being stored; looking one up needs no key, so that rotating keys
kills no mail. Knowing a handle opens a page; it never decides anything.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from guardian.context import Context, Tx

Purpose = Literal["consent", "unsubscribe", "sign", "sign_in", "own"]
PATHS: dict[str, str] = {"consent": "/g/", "unsubscribe": "/u/", "sign": "/sign/", "sign_in": "/sign-in/", "own": "/l/"}
LENGTH = 27
_FORM = re.compile(r"[A-Za-z0-9_-]{27}")
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
    return _handle(context.keys.key(f"link/{purpose}", kid), message)


def _handle(key: bytes, message: UUID) -> str:
    digest = hmac.digest(key, b"link/1\0" + message.bytes, "sha256")
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def url_of(context: Context, purpose: Purpose, handle: str) -> str:
    """The whole address as it is mailed; no `=`, `?` or `&`, so that no mail program splits it."""
    return context.settings.base_url.rstrip("/") + PATHS[purpose] + handle


def canonical(text: str) -> str | None:
    """The handle in what a mail program made of it (a swallowed full stop, a bracket), or nothing."""
    handle = text.strip().strip(_TRAILING)
    return handle if _FORM.fullmatch(handle) else None


class Wanted(msgspec.Struct, frozen=True):
    """A link to be made for a message."""

    message: UUID
    subject: UUID
    expires_at: datetime


async def issue(
    context: Context, tx: Tx, purpose: Purpose, subject: UUID, *, message: UUID, expires_at: datetime
) -> str:
    """Make (or make again) the link of a message; answers its URL. The same message always gets the same link."""
    return (await issue_many(context, tx, purpose, [Wanted(message, subject, expires_at)]))[message]


async def issue_many(context: Context, tx: Tx, purpose: Purpose, wanted: Sequence[Wanted]) -> dict[UUID, str]:
    """The same for many messages, in one statement; answers the URLs by message."""
    key = context.keys.key(f"link/{purpose}")  # deriving it costs as much as all else about a link
    handles = {one.message: _handle(key, one.message) for one in wanted}
    if wanted:
        await tx.execute(
            "insert into links (id, purpose, subject, message, handle_sha256, kid, created_at, expires_at) "
            "select v.id, $1, v.subject, v.message, v.handle, $2, $3, v.expires_at "
            "from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bytea[], $8::timestamptz[]) "
            "as v (id, subject, message, handle, expires_at) on conflict (handle_sha256) do nothing",
            purpose, context.keys.current, tx.now,
            [context.new_id() for _ in wanted], [one.subject for one in wanted], [one.message for one in wanted],
            [sha256(handles[one.message].encode()).digest() for one in wanted], [one.expires_at for one in wanted],
        )  # fmt: skip
    return {message: url_of(context, purpose, handle) for message, handle in handles.items()}


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
