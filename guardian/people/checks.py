"""When the sweep must look at a learner next. Writes only `learners.check_at`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from guardian.context import Tx


async def due_for_check(tx: Tx, *, limit: int) -> list[UUID]:
    """Learners whose time has come, held against other sweeps."""
    rows = await tx.fetch(
        "select id from learners where check_at <= $1 order by check_at, id limit $2 for update skip locked",
        tx.now, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def set_check(tx: Tx, looks: Sequence[tuple[UUID, datetime | None]]) -> None:
    """Say when to look at each learner again; None: only when a fact changes."""
    await tx.execute(
        "update learners l set check_at = v.at from unnest($1::uuid[], $2::timestamptz[]) as v(id, at) "
        "where l.id = v.id",
        [learner for learner, _ in looks],
        [at for _, at in looks],
    )


async def mail_comes_back(tx: Tx, learners: Sequence[UUID]) -> set[UUID]:
    """Of these learners, those of whom somebody who answers for them gets no mail: it comes back."""
    rows = await tx.fetch(
        "select distinct k.learner from guardianships k join guardians g on g.id = k.guardian "
        "where k.learner = any($1) and (k.ended_at is null or k.ended_at > $2) and g.unreachable_since is not null "
        "and g.erased_at is null",
        list(learners), tx.now,
    )  # fmt: skip
    return {row["learner"] for row in rows}


async def recheck(tx: Tx, learners: Sequence[UUID]) -> None:
    """Have the sweep look at these learners at its next run."""
    await tx.execute(
        "update learners set check_at = '-infinity' where id = any($1) and erased_at is null", list(learners)
    )


async def recheck_everybody(tx: Tx) -> int:
    """Have the sweep look at every learner who is not erased; answers how many there are."""
    return await tx.execute("update learners set check_at = '-infinity' where erased_at is null")
