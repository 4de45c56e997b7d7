"""The only writer of purges, their tasks, tombstones and holds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Tx
from guardian.purge.domain import OPEN, Purge, Task

_COLUMNS = (
    "id, learner, institution, state, cause, due_at, approved_by, approved_at, cooling_until, started_at, done_at"
)


def _purge(row: Record) -> Purge:
    return msgspec.convert({name: row[name] for name in Purge.__struct_fields__}, Purge)


async def insert(tx: Tx, purge: Purge) -> bool:
    """Add a purge; False when the learner already has an open one."""
    values = msgspec.structs.astuple(purge)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    return await tx.execute(f"insert into purges ({_COLUMNS}) values ({places}) on conflict do nothing", *values) == 1


async def get(tx: Tx, purge: UUID) -> Purge | None:
    """One purge, if this transaction may see it."""
    row = await tx.fetchrow(f"select {_COLUMNS} from purges where id = $1", purge)
    return _purge(row) if row else None


async def open_of(tx: Tx, learners: Sequence[UUID]) -> dict[UUID, Purge]:
    """The open purge of each learner that has one."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from purges where learner = any($1) and state = any($2)", list(learners), list(OPEN)
    )
    return {row["learner"]: _purge(row) for row in rows}


async def move(tx: Tx, purge: Purge, after: str, **change: Any) -> bool:
    """Move a purge that still stands as the caller read it; False when it does not."""
    sets = "".join(f", {name} = ${n}" for n, name in enumerate(change, start=4))
    row = await tx.fetchrow(
        f"update purges set state = $3{sets} where id = $1 and state = $2 returning id",
        purge.id, purge.state, after, *change.values(),
    )  # fmt: skip
    return row is not None


async def cooled(tx: Tx, limit: int) -> list[UUID]:
    """Purges whose cool-off is over, and those that a killed worker left running; oldest first."""
    rows = await tx.fetch(
        "select id from purges where (state = 'cooling_off' and cooling_until <= $1) or state = 'running' "
        "order by cooling_until limit $2",
        tx.now,
        limit,
    )
    return [row["id"] for row in rows]


async def at_cap(tx: Tx, caps: Mapping[str, timedelta]) -> list[Purge]:
    """Unapproved purges whose clock has reached its cap, locked; `caps`: by cause, how long after the due date."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from purges p join unnest($1::text[], $2::interval[]) as c(of_cause, later) "
        "on c.of_cause = p.cause where p.state = 'due' and p.due_at + c.later <= $3 order by p.due_at, p.id "
        "for update of p skip locked",
        list(caps), list(caps.values()), tx.now,
    )  # fmt: skip
    return [_purge(row) for row in rows]


async def unapproved(tx: Tx, since: datetime) -> int:
    """How many purges were stopped by the brake and wait, or have run since an instant without a person."""
    count: int = await tx.fetchval(
        "select count(*) from purges where state = 'needs_approval' or (approved_by is null and approved_at > $1)",
        since,
    )
    return count


async def set_due(tx: Tx, purge: UUID, *, cause: str, due_at: datetime) -> None:
    """Keep an unapproved purge's date the same as the derived one."""
    await tx.execute(
        "update purges set cause = $2, due_at = $3 where id = $1 and state in ('due', 'needs_approval') "
        "and (cause, due_at) is distinct from ($2, $3)",
        purge, cause, due_at,
    )  # fmt: skip


async def end_tombstones(tx: Tx) -> int:
    """Drop the proofs whose time is over; answers how many."""
    return await tx.execute("delete from tombstones where expires_at <= $1", tx.now)


async def lock_learner(tx: Tx, learner: UUID) -> Record | None:
    """The learner's row, held against every other command until this one ends."""
    return await tx.fetchrow(
        "select id, platform_id, given_name, family_name, birth_date, standing from learners where id = $1 for update",
        learner,
    )


async def add_tasks(tx: Tx, purge: UUID, recipients: Sequence[tuple[UUID, str]]) -> None:
    """One task for each system; adding them again changes nothing."""
    for task, recipient in recipients:
        await tx.execute(
            "insert into purge_tasks (id, purge, recipient, state, attempts, erased) "
            "values ($1, $2, $3, 'pending', 0, '{}') on conflict do nothing",
            task, purge, recipient,
        )  # fmt: skip


async def tasks(tx: Tx, purge: UUID) -> list[Task]:
    """A purge's tasks."""
    rows = await tx.fetch(
        "select id, purge, recipient, state, attempts, erased, done_at from purge_tasks where purge = $1", purge
    )
    return [msgspec.convert({**row, "erased": msgspec.json.decode(row["erased"])}, Task) for row in rows]


async def finish_task(tx: Tx, task: UUID, erased: dict[str, int]) -> None:
    """Note what a system erased."""
    await tx.execute(
        "update purge_tasks set state = 'acknowledged', erased = $2, done_at = $3, attempts = attempts + 1 "
        "where id = $1 and state <> 'acknowledged'",
        task, msgspec.json.encode(erased).decode(), tx.now,
    )  # fmt: skip


async def set_certificate(tx: Tx, purge: UUID, certificate: dict[str, Any]) -> None:
    """Keep the certificate with its purge."""
    await tx.execute(
        "update purges set certificate = $2 where id = $1", purge, msgspec.json.encode(certificate).decode()
    )


async def certificate(tx: Tx, purge: UUID) -> dict[str, Any] | None:
    """The certificate of a finished purge."""
    text = await tx.fetchval("select certificate from purges where id = $1", purge)
    return msgspec.json.decode(text) if text else None


async def bury(tx: Tx, tombstone: UUID, purge: Purge, marks: Sequence[bytes | None], expires_at: datetime) -> None:
    """Keep the proof of an erasure: keyed hashes only. `marks`: platform id, student id, person."""
    await tx.execute(
        "insert into tombstones (id, learner, purge, platform_hmac, student_hmac, person_hmac, created_at, expires_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tombstone, purge.learner, purge.id, *marks, tx.now, expires_at,
    )  # fmt: skip


async def hold(
    tx: Tx, hold_id: UUID, learner: UUID, *, reason: str, authority: str, approved_by: UUID, review_on: date
) -> bool:
    """Add a legal hold; False when there is an open one."""
    done = await tx.execute(
        "insert into holds (id, learner, reason, authority, approved_by, review_on, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        hold_id, learner, reason, authority, approved_by, review_on, tx.now,
    )  # fmt: skip
    return done == 1


async def release(tx: Tx, learner: UUID) -> bool:
    """End a learner's hold; False when there was none."""
    ended = "update holds set released_at = $2 where learner = $1 and released_at is null"
    return await tx.execute(ended, learner, tx.now) == 1
