"""The operator's queue of flags. Reads only."""

from datetime import datetime
from uuid import UUID

import msgspec

from guardian.context import Tx


class Flagged(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the queue."""

    id: UUID
    kind: str
    severity: str
    state: str
    since: datetime
    due_at: datetime | None
    learner: UUID | None
    name: str | None
    institution: UUID | None
    school: str | None
    timezone: str | None


async def flags_by_kind(tx: Tx, institution: UUID | None = None) -> list[tuple[str, int]]:
    """How many open flags there are of each kind, the kind with the earliest deadline first."""
    rows = await tx.fetch(
        "select kind, count(*) as number from flags where state <> 'resolved' "
        "and ($1::uuid is null or institution = $1) group by kind order by min(due_at) nulls last, kind",
        institution,
    )
    return [(row["kind"], row["number"]) for row in rows]


async def flags_by_school(tx: Tx) -> list[tuple[UUID, str, int]]:
    """How many open flags each school has, the most first."""
    rows = await tx.fetch(
        "select i.id, i.name, count(*) as number from flags f join institutions i on i.id = f.institution "
        "where f.state <> 'resolved' group by i.id, i.name order by 3 desc, 2 limit 50"
    )
    return [(row["id"], row["name"], row["number"]) for row in rows]


_ORDER = "coalesce(f.due_at, f.since), f.since, f.id"
"""A flag without a deadline waits since it was raised."""
_FLAGS = f"""
select f.id, f.kind, f.severity, f.state, f.since, f.due_at, f.learner, f.institution,
    nullif(concat_ws(' ', l.given_name, l.family_name), '') as name, i.name as school, i.timezone
from flags f left join learners l on l.id = f.learner left join institutions i on i.id = f.institution
where f.state <> 'resolved' and ($1::text is null or f.kind = $1) and ($2::uuid is null or f.institution = $2)
    and ($3::uuid is null or ({_ORDER}) > (select {_ORDER} from flags f where f.id = $3))
order by {_ORDER} limit $4
"""


async def flags(
    tx: Tx, *, kind: str | None = None, institution: UUID | None = None, after: UUID | None = None, limit: int
) -> list[Flagged]:
    """Open flags, the earliest deadline first, from behind a flag on."""
    return [msgspec.convert(dict(row), Flagged) for row in await tx.fetch(_FLAGS, kind, institution, after, limit)]
