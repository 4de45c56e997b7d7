"""Addresses that an institution must not write to: kept as keyed hashes, so that the list names nobody."""

from collections.abc import Collection
from uuid import UUID

from guardian.context import Context, Tx

USE = "suppression/address"


def mark(ctx: Context, address: str) -> bytes:
    """The keyed hash of an address, whatever the case of its letters."""
    return ctx.keys.keyed_hash(USE, address.casefold())


async def suppress(ctx: Context, tx: Tx, institution: UUID | None, address: str, reason: str) -> bool:
    """Write to this address no more; False when it was suppressed already. `reason`: bounced, complained, asked."""
    added = await tx.execute(
        "insert into suppressions (id, institution, address_hmac, reason, created_at) "
        "values ($1, $2, $3, $4, $5) on conflict do nothing",
        ctx.new_id(), institution, mark(ctx, address), reason, tx.now,
    )  # fmt: skip
    return added == 1


async def suppressed(ctx: Context, tx: Tx, institution: UUID | None, addresses: Collection[str]) -> set[str]:
    """Which of these addresses an institution must not write to."""
    marks = {mark(ctx, address): address for address in addresses}
    rows = await tx.fetch(
        "select address_hmac from suppressions where institution is not distinct from $1 and address_hmac = any($2) "
        "and cleared_at is null",
        institution, list(marks),
    )  # fmt: skip
    return {marks[row["address_hmac"]] for row in rows}


async def clear(ctx: Context, tx: Tx, institution: UUID | None, address: str) -> bool:
    """Staff vouch for the address: it may be written to again. False when it was not suppressed."""
    cleared = await tx.execute(
        "update suppressions set cleared_at = $3 where institution is not distinct from $1 and address_hmac = $2 "
        "and cleared_at is null",
        institution, mark(ctx, address), tx.now,
    )  # fmt: skip
    return cleared == 1
