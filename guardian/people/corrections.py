"""What staff corrected by hand against a roster. An import keeps a correction until the file agrees or staff drops it.

Of each corrected field stands what the roster said: by that its rows are recognised until then.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from guardian.context import Tx


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One corrected field: of a learner, of a guardian, or of their relation (both)."""

    id: UUID
    learner: UUID | None
    guardian: UUID | None
    field: str


async def keep(
    tx: Tx, new: UUID, institution: UUID, *, field: str, file_value: str | None, by: UUID | None,
    learner: UUID | None = None, guardian: UUID | None = None,
) -> None:  # fmt: skip
    """Remember that a field was corrected; of several corrections the roster's own word stays. Corrected back to that
    word, nothing is left to keep.
    """
    await tx.execute(
        "insert into corrections (id, institution, learner, guardian, field, file_value, made_by, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        new, institution, learner, guardian, field, file_value, by, tx.now,
    )  # fmt: skip


async def of_learner(tx: Tx, institution: UUID, learner: UUID) -> list[Correction]:
    """The corrections about a learner, the relations and the guardians, as one institution made them."""
    rows = await tx.fetch(
        "select c.id, c.learner, c.guardian, c.field from corrections c where c.institution = $1 "
        "and (c.learner = $2 or (c.learner is null and c.guardian in "
        "(select w.guardian from guardianships w where w.learner = $2))) order by c.created_at, c.id",
        institution, learner,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Correction) for row in rows]


async def drop(tx: Tx, institution: UUID, correction: UUID) -> bool:
    """Let the next roster decide again; False when it is gone already."""
    return bool(await tx.execute("delete from corrections where id = $1 and institution = $2", correction, institution))


async def drop_agreed(tx: Tx) -> int:
    """Forget the corrections with which the file that was just written agrees (the plan's table `agreed`)."""
    return await tx.execute("delete from corrections where id in (select id from agreed)")


async def forget(tx: Tx, learner: UUID, guardians: Sequence[UUID] = ()) -> None:
    """Delete what stands about an erased learner, and about guardians."""
    await tx.execute("delete from corrections where learner = $1 or guardian = any($2)", learner, list(guardians))
