"""The outbox: a command adds a letter's row in its own transaction; the sender claims rows in batches.

States: `queued → sending → accepted`, or back to `queued` with a later time, or `failed`; `unknown` when the
connection broke after the last dot was sent, so that nobody can say whether the server took it.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from guardian.context import Context, Tx

LEASE = timedelta(minutes=5)
NOTIFY = "guardian_mail"
"""The channel that wakes a sleeping sender."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to be written to somebody about something. `sequence` tells reminders of one subject apart."""

    letter: str
    recipient_kind: str
    recipient: UUID
    subject: UUID
    institution: UUID | None = None
    sequence: int = 0
    not_before: datetime | None = None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """An outbox row that this worker may send now."""

    id: UUID
    institution: UUID | None
    letter: str
    recipient_kind: str
    recipient: UUID
    subject: UUID
    sequence: int
    attempts: int
    created_at: datetime


_CLAIMED = (
    "m.id, m.institution, m.letter, m.recipient_kind, m.recipient, m.subject, m.sequence, m.attempts, m.created_at"
)


async def add(context: Context, tx: Tx, letter: Letter) -> UUID:
    """Queue a letter; answers its message id. Adding the same letter again changes nothing and answers the first's."""
    message: UUID | None = await tx.fetchval(
        "insert into mail_messages (id, institution, letter, recipient_kind, recipient, subject, "
        "sequence, state, attempts, not_before, created_at) values ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, $9) "
        "on conflict (letter, recipient, subject, sequence) do nothing returning id",
        context.new_id(), letter.institution, letter.letter, letter.recipient_kind, letter.recipient, letter.subject,
        letter.sequence, letter.not_before or tx.now, tx.now,
    )  # fmt: skip
    if message is None:
        # A statement of its own: the one above cannot see a row that another command committed while it waited.
        message = await tx.fetchval(
            "select id from mail_messages where letter = $1 and recipient = $2 and subject = $3 and sequence = $4",
            letter.letter, letter.recipient, letter.subject, letter.sequence,
        )  # fmt: skip
        assert message is not None
    await tx.execute("select pg_notify($1, '')", NOTIFY)
    return message


async def cancel(tx: Tx, subject: UUID, *letters: str) -> int:
    """Take letters that nobody has begun to send out of the queue."""
    return await tx.execute(
        "update mail_messages set state = 'cancelled' where subject = $1 and letter = any($2) and state = 'queued'",
        subject, list(letters),
    )  # fmt: skip


async def claim(tx: Tx, worker: str, limit: int) -> list[Claimed]:
    """Take up to `limit` letters that are due, for this worker alone, until the lease ends."""
    rows = await tx.fetch(
        "update mail_messages m set state = 'sending', worker = $1, lease_until = $2, attempts = attempts + 1, "
        "phase = 'claimed' from (select id from mail_messages where state = 'queued' and not_before <= $3 "
        "order by not_before, id limit $4 for update skip locked) due where m.id = due.id "
        f"returning {_CLAIMED}",
        worker, tx.now + LEASE, tx.now, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Claimed) for row in rows]


async def get(tx: Tx, messages: list[UUID]) -> list[Claimed]:
    """Letters by their message ids, whatever their state."""
    rows = await tx.fetch(f"select {_CLAIMED} from mail_messages m where m.id = any($1)", messages)
    return [msgspec.convert(dict(row), Claimed) for row in rows]


async def workers(tx: Tx) -> list[str]:
    """The workers that have letters in hand."""
    rows = await tx.fetch("select distinct worker from mail_messages where state = 'sending' and worker is not null")
    return [row["worker"] for row in rows]


async def take_back_from(tx: Tx, worker: str) -> int:
    """Return the letters of a worker that died to the queue. They keep their id, and so their Message-ID and link:
    the worst that can happen is that a guardian gets the same letter twice.
    """
    return await tx.execute(
        "update mail_messages set state = 'queued', worker = null, lease_until = null "
        "where worker = $1 and state in ('sending', 'unknown')",
        worker,
    )


async def take_back_expired(tx: Tx, worker: str) -> int:
    """The same, but only for letters whose lease has ended."""
    return await tx.execute(
        "update mail_messages set state = 'queued', worker = null, lease_until = null "
        "where worker = $1 and state in ('sending', 'unknown') and lease_until <= $2",
        worker, tx.now,
    )  # fmt: skip
