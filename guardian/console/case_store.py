"""What belongs to one account's story. Reads only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from asyncpg import Record

from guardian.context import Tx


async def names_of_staff(tx: Tx, staff: Sequence[UUID]) -> dict[UUID, str]:
    """What members of staff are called; those who left have no name any more."""
    rows = await tx.fetch("select id, name from staff where id = any($1) and name is not null", list(staff))
    return {row["id"]: row["name"] for row in rows}


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
