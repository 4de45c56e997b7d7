"""The only writer of the audit table."""

from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.audit.domain import GENESIS, Broken, Entry, digest, verify
from guardian.context import Tx
from guardian.events import Actor, Event

_LOCK = 0x61756469
_COLUMNS = "seq, at, actor_kind, actor, action, subject_kind, subject, institution, payload, previous, digest"


async def append(tx: Tx, actor: Actor, event: Event) -> int:
    """Write what happened, in the command's transaction. Call it last: from here to COMMIT other commands wait. Of a
    rehearsal nothing is written, since nothing happens, and nobody waits.
    """
    if tx.rehearsal:
        return 0
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
    last = await tx.fetchrow("select seq, digest from audit order by seq desc limit 1")
    previous = last["digest"] if last else GENESIS
    payload = msgspec.json.encode(event.payload)
    entry = Entry(
        seq=(last["seq"] if last else 0) + 1,
        at=tx.now,
        actor_kind=actor.kind,
        actor=actor.id,
        action=event.action,
        subject_kind=event.subject_kind,
        subject=event.subject,
        institution=event.institution,
        payload=msgspec.json.decode(payload),
    )
    await tx.execute(
        f"insert into audit ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        entry.seq,
        entry.at,
        entry.actor_kind,
        entry.actor,
        entry.action,
        entry.subject_kind,
        entry.subject,
        entry.institution,
        payload.decode(),
        previous,
        digest(entry, previous),
    )
    return entry.seq


def _entry(row: Record) -> Entry:
    values: dict[str, Any] = {name: row[name] for name in Entry.__struct_fields__ if name != "payload"}
    return Entry(payload=msgspec.json.decode(row["payload"]), **values)


async def check(tx: Tx, *, batch: int = 5_000) -> tuple[int, Broken | None]:
    """Verify the whole chain, in batches, so that its length never matters for memory."""
    count, previous, after = 0, GENESIS, 0
    while True:
        rows = await tx.fetch(f"select {_COLUMNS} from audit where seq > $1 order by seq limit $2", after, batch)
        if not rows:
            return count, None
        chain = ((_entry(row), row["previous"], row["digest"]) for row in rows)
        held, broken = verify(chain, after=after, previous=previous)
        count += held
        if broken:
            return count, broken
        previous, after = rows[-1]["digest"], rows[-1]["seq"]


async def of_subject(tx: Tx, subjects: list[UUID], *, limit: int = 200) -> list[Entry]:
    """The history of some things together, newest first."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from audit where subject = any($1) order by seq desc limit $2", subjects, limit
    )
    return [_entry(row) for row in rows]


async def recent(tx: Tx, institution: UUID | None = None, *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest entries, of one institution or of all, for a page that goes back by `before`."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from audit where ($1::uuid is null or institution = $1) "
        "and ($2::bigint is null or seq < $2) order by seq desc limit $3",
        institution,
        before,
        limit,
    )
    return [_entry(row) for row in rows]
