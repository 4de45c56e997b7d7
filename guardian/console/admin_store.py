"""What the operator's lists read: institutions, purges, keys. Reads only."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from guardian.context import Tx


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


async def institutions_size(tx: Tx, institution: UUID) -> int:
    """How many learners an institution has."""
    return int(
        await tx.fetchval(
            "select count(*) from enrolments e join learners l on l.id = e.learner where e.institution = $1 "
            "and l.erased_at is null",
            institution,
        )
    )


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


async def client_names(tx: Tx) -> set[str]:
    """Names of the API keys in use."""
    return {row["name"] for row in await tx.fetch("select name from api_clients where revoked_at is null")}
