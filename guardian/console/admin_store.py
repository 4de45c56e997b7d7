"""What the operator's pages read. Reads only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Tx


class Swept(msgspec.Struct, frozen=True):
    """The newest runs of the sweep: when, and how many learners each looked at (oldest first)."""

    last: datetime | None
    looked_at: list[int]


class Queue(msgspec.Struct, frozen=True):
    """Letters by state, and since when the oldest one that is due waits."""

    states: dict[str, int]
    oldest: datetime | None


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


async def sweeps(tx: Tx, runs: int = 30) -> Swept:
    """The last runs of the sweep."""
    rows = await tx.fetch(
        "select coalesce(finished_at, at) as at, coalesce((counts->>'learners')::int, 0) as looked_at "
        "from sweeps order by at desc limit $1",
        runs,
    )
    return Swept(rows[0]["at"] if rows else None, [row["looked_at"] for row in reversed(rows)])


async def mail_queue(tx: Tx) -> Queue:
    """Letters of the last 30 days by state, and the oldest that should have left."""
    rows = await tx.fetch(
        "select state, count(*) as number, min(not_before) filter (where state in ('queued', 'sending', 'unknown') "
        "and not_before <= $1) as oldest from mail_messages where created_at > $1 - interval '30 days' group by state",
        tx.now,
    )
    oldest = [row["oldest"] for row in rows if row["oldest"]]
    return Queue({row["state"]: row["number"] for row in rows}, min(oldest, default=None))


async def letters_per_day(tx: Tx, days: int = 14) -> list[int]:
    """Letters that a mail server took on each of the last days (24 hours each), oldest first."""
    rows = await tx.fetch(
        "select floor(extract(epoch from $1 - accepted_at) / 86400)::int as ago, count(*) as number "
        "from mail_messages where accepted_at > $1 - make_interval(days => $2) group by 1",
        tx.now, days,
    )  # fmt: skip
    found = {row["ago"]: row["number"] for row in rows}
    return [found.get(ago, 0) for ago in reversed(range(days))]


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


async def institutions(tx: Tx, *, after: tuple[str, UUID] | None, limit: int) -> Sequence[Record]:
    """Institutions by name with how many learners, open flags and which authorisation they have."""
    return await tx.fetch(
        "select i.id, i.name, i.jurisdiction, i.state, i.legal_model, (select count(*) from enrolments e "
        "join learners l on l.id = e.learner where e.institution = i.id and l.erased_at is null) as learners, "
        "(select count(*) from flags f where f.institution = i.id and f.state <> 'resolved') as flags, "
        "(select a.state from authorisations a where a.institution = i.id and a.state in ('active', 'suspended', "
        "'awaiting_verification', 'awaiting_signature') and a.valid_until > $4 order by array_position(array["
        "'awaiting_verification', 'active', 'suspended', 'awaiting_signature'], a.state::text) limit 1) "
        "as authorisation from institutions i where $1::text is null or (i.name, i.id) > ($1, $2) "
        "order by i.name, i.id limit $3",
        after[0] if after else None, after[1] if after else None, limit, tx.now,
    )  # fmt: skip


async def purges(
    tx: Tx, *, states: Sequence[str] | None = None, after: UUID | None = None, limit: int
) -> Sequence[Record]:
    """Purges, those that are open first by their date, then the finished ones; from behind one on."""
    order = (
        "p.done_at is not null or p.state in ('cancelled', 'rescinded'), "
        "case when p.done_at is null then extract(epoch from p.due_at) else -extract(epoch from p.done_at) end, p.id"
    )
    return await tx.fetch(
        "select p.id, p.learner, p.institution, p.state, p.cause, p.due_at, p.cooling_until, p.done_at, "
        "p.certificate is not null as certified, nullif(concat_ws(' ', l.given_name, l.family_name), '') as name, "
        "i.name as school, i.timezone from purges p join learners l on l.id = p.learner "
        "left join institutions i on i.id = p.institution where ($1::text[] is null or p.state = any($1)) "
        f"and ($2::uuid is null or ({order}) > (select {order} from purges p where p.id = $2)) "
        f"order by {order} limit $3",
        list(states) if states else None, after, limit,
    )  # fmt: skip


async def purges_by_state(tx: Tx) -> dict[str, int]:
    """How many purges are in each state."""
    rows = await tx.fetch("select state, count(*) as number from purges group by state")
    return {row["state"]: row["number"] for row in rows}


async def names_of_staff(tx: Tx, staff: Sequence[UUID]) -> dict[UUID, str]:
    """What members of staff are called; those who left have no name any more."""
    rows = await tx.fetch("select id, name from staff where id = any($1) and name is not null", list(staff))
    return {row["id"]: row["name"] for row in rows}


async def history_size(tx: Tx) -> int:
    """How many entries the history has."""
    return int(await tx.fetchval("select coalesce(max(seq), 0) from audit"))


async def subjects_about(tx: Tx, learner: UUID) -> list[UUID]:
    """Everything whose history is part of a learner's: the questions about them, their flags and purges."""
    rows: list[Any] = await tx.fetch(
        "select request as id from consent_request_learners where learner = $1 union "
        "select id from flags where learner = $1 union select id from purges where learner = $1 union "
        "select guardian from guardianships where learner = $1",
        learner,
    )
    return [learner, *(row["id"] for row in rows)]


async def letters_about(tx: Tx, learner: UUID, limit: int = 200) -> Sequence[Record]:
    """Letters to guardians about a learner, with what became of each; newest first."""
    return await tx.fetch(
        "select m.letter, m.state, m.created_at, m.accepted_at, m.not_before, g.name from mail_messages m "
        "left join guardians g on g.id = m.recipient where m.recipient_kind = 'guardian' and (m.subject in "
        "(select request from consent_request_learners where learner = $1) or m.subject in "
        "(select act from consents where learner = $1)) order by m.created_at desc, m.id desc limit $2",
        learner, limit,
    )  # fmt: skip


async def hold_on(tx: Tx, learner: UUID) -> Record | None:
    """The open hold on a learner."""
    return await tx.fetchrow(
        "select reason, authority, review_on, created_at from holds where learner = $1 and released_at is null", learner
    )


async def purges_of(tx: Tx, learner: UUID) -> Sequence[Record]:
    """All purges of a learner, newest first."""
    return await tx.fetch(
        "select id, state, cause, due_at, approved_at, cooling_until, done_at, certificate is not null as certified "
        "from purges where learner = $1 order by coalesce(approved_at, due_at) desc, id desc",
        learner,
    )


async def client_names(tx: Tx) -> set[str]:
    """Names of the API keys in use."""
    return {row["name"] for row in await tx.fetch("select name from api_clients where revoked_at is null")}


async def institutions_size(tx: Tx, institution: UUID) -> int:
    """How many learners an institution has."""
    return int(
        await tx.fetchval(
            "select count(*) from enrolments e join learners l on l.id = e.learner where e.institution = $1 "
            "and l.erased_at is null",
            institution,
        )
    )


async def guardians_of_nobody_else(tx: Tx, learner: UUID) -> int:
    """How many guardians of a learner answer for nobody else who is kept: their data goes with the learner's."""
    return int(
        await tx.fetchval(
            "select count(*) from guardians g where g.erased_at is null and g.id in (select guardian from "
            "guardianships where learner = $1) and not exists (select 1 from guardianships k "
            "join learners l on l.id = k.learner where k.guardian = g.id and l.id <> $1 and l.erased_at is null)",
            learner,
        )
    )
