"""The only writer of the flags table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Tx
from guardian.flags.domain import Flag

_COLUMNS = "id, kind, learner, institution, state, severity, since, due_at, assignee, outcome, resolved_at"


def _flag(row: Record) -> Flag:
    return msgspec.convert(dict(row), Flag)


async def insert(tx: Tx, flag: Flag) -> bool:
    """Add a flag; False when the learner already has an open one of this kind."""
    values = msgspec.structs.astuple(flag)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    return await tx.execute(f"insert into flags ({_COLUMNS}) values ({places}) on conflict do nothing", *values) == 1


async def get(tx: Tx, flag: UUID) -> Flag | None:
    """One flag, if this transaction may see it."""
    row = await tx.fetchrow(f"select {_COLUMNS} from flags where id = $1", flag)
    return _flag(row) if row else None


async def of_learners(tx: Tx, learners: Sequence[UUID]) -> Mapping[UUID, list[Flag]]:
    """Open flags by learner."""
    found: dict[UUID, list[Flag]] = {}
    rows = await tx.fetch(
        f"select {_COLUMNS} from flags where learner = any($1) and state <> 'resolved'", list(learners)
    )
    for row in rows:
        found.setdefault(row["learner"], []).append(_flag(row))
    return found


async def set_due(tx: Tx, flag: UUID, due_at: datetime | None) -> None:
    """Keep the flag's date the same as the derived one."""
    await tx.execute(
        "update flags set due_at = $2 where id = $1 and state <> 'resolved' and due_at is distinct from $2",
        flag,
        due_at,
    )


async def move(tx: Tx, flag: UUID, *, before: Sequence[str], after: str, **change: Any) -> bool:
    """Change a flag's state if it still stands as the caller read it; False when it does not."""
    row = await tx.fetchrow(
        "update flags set state = $2, outcome = coalesce($3, outcome), assignee = coalesce($4, assignee), "
        "resolved_at = $5 where id = $1 and state = any($6) returning id",
        flag, after, change.get("outcome"), change.get("assignee"), change.get("resolved_at"), list(before),
    )  # fmt: skip
    return row is not None


async def resolve_open(tx: Tx, learner: UUID, kinds: Sequence[str], outcome: str) -> list[UUID]:
    """Resolve the open flags of these kinds; answers which."""
    rows = await tx.fetch(
        "update flags set state = 'resolved', outcome = $3, resolved_at = $4 where learner = $1 and kind = any($2) "
        "and state <> 'resolved' returning id",
        learner, list(kinds), outcome, tx.now,
    )  # fmt: skip
    return [row["id"] for row in rows]
