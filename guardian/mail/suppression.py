"""Addresses that an institution must not write to: kept as keyed hashes, so that the list names nobody."""

from collections.abc import Collection
from uuid import UUID

from guardian.context import Context, Tx

USE = "suppression/address"
Wanted = tuple[UUID | None, str]
"""Who would write (None: the operator), and to which address."""


def mark(ctx: Context, address: str) -> bytes:
    """The keyed hash of an address, whatever the case of its letters."""
    return ctx.keys.keyed_hash(USE, address.casefold())


async def suppress(ctx: Context, tx: Tx, institution: UUID | None, address: str, reason: str) -> bool:
    """Write to this address no more; False when it was suppressed already. `reason`: bounced, complained, asked."""
    added = await tx.execute(
        "insert into suppressions (id, institution, address_hmac, reason, created_at) "
        "select $1, $2::uuid, $3::bytea, $4, $5 where not exists (select from suppressions "
        "where institution is not distinct from $2 and address_hmac = $3 and cleared_at is null) "
        "on conflict do nothing",
        ctx.new_id(), institution, mark(ctx, address), reason, tx.now,
    )  # fmt: skip
    return added == 1


async def suppressed(ctx: Context, tx: Tx, wanted: Collection[Wanted]) -> set[Wanted]:
    """Which of these addresses their institution must not write to."""
    marks = {(institution, mark(ctx, address)): (institution, address) for institution, address in wanted}
    rows = await tx.fetch(
        "select institution, address_hmac from suppressions where address_hmac = any($1) and cleared_at is null",
        [hashed for _, hashed in marks],
    )
    found = {(row["institution"], bytes(row["address_hmac"])) for row in rows}
    return {known for key, known in marks.items() if key in found}


async def clear(ctx: Context, tx: Tx, institution: UUID | None, address: str) -> bool:
    """Staff vouch for the address: it may be written to again. False when it was not suppressed."""
    cleared = await tx.execute(
        "update suppressions set cleared_at = $3 where institution is not distinct from $1 and address_hmac = $2 "
        "and cleared_at is null",
        institution, mark(ctx, address), tx.now,
    )  # fmt: skip
    return cleared == 1
