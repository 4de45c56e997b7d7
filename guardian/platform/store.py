"""The only writer of API clients and of what their writes made, kept for repetitions."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.platform.domain import Client

_COLUMNS = "id, name, scopes, created_at, last_used_at, revoked_at"
_SEEN_EVERY = timedelta(minutes=1)


class First(msgspec.Struct, frozen=True):
    """A client's first request with a key, and what it made."""

    request: bytes
    subject: UUID


async def insert(tx: Tx, client: Client, key_sha256: bytes) -> None:
    """Add a client."""
    await tx.execute(
        "insert into api_clients (id, name, key_sha256, scopes, created_at) values ($1, $2, $3, $4, $5)",
        client.id, client.name, key_sha256, list(client.scopes), client.created_at,
    )  # fmt: skip


async def by_keys(tx: Tx, hashes: Collection[bytes]) -> dict[bytes, Client]:
    """The clients whose keys these are, but for the revoked ones; last uses are noted, once a minute at most."""
    rows = await tx.fetch(
        f"select key_sha256, {_COLUMNS} from api_clients where key_sha256 = any($1) and revoked_at is null",
        list(hashes),
    )
    found = {row["key_sha256"]: msgspec.convert(dict(row), Client) for row in rows}
    unnoted = [
        client.id for client in found.values()
        if client.last_used_at is None or tx.now - client.last_used_at > _SEEN_EVERY
    ]  # fmt: skip
    if unnoted:
        await tx.execute("update api_clients set last_used_at = $2 where id = any($1)", unnoted, tx.now)
    return found


async def everyone(tx: Tx) -> list[Client]:
    """All clients, the newest first."""
    rows = await tx.fetch(f"select {_COLUMNS} from api_clients order by created_at desc")
    return [msgspec.convert(dict(row), Client) for row in rows]


async def revoke(tx: Tx, client: UUID) -> bool:
    """End a client's key; False when there is no such key in use."""
    done = await tx.execute(
        "update api_clients set revoked_at = $2 where id = $1 and revoked_at is null", client, tx.now
    )
    return done == 1


async def remember(tx: Tx, id_: UUID, client: UUID, key: str, *, request: bytes, subject: UUID) -> First | None:
    """Keep what a write makes; answers the earlier one of the same key, if there is any, and keeps that."""
    kept = await tx.execute(
        "insert into idempotency_keys (id, client, idempotency_key, request_sha256, status, response, created_at) "
        "values ($1, $2, $3, $4, 200, jsonb_build_object('subject', $5::uuid), $6) "
        "on conflict (client, idempotency_key) do nothing",
        id_, client, key, request, subject, tx.now,
    )  # fmt: skip
    if kept:
        return None
    row = await tx.fetchrow(
        "select request_sha256, (response->>'subject')::uuid as subject from idempotency_keys "
        "where client = $1 and idempotency_key = $2",
        client, key,
    )  # fmt: skip
    assert row is not None
    return First(bytes(row["request_sha256"]), row["subject"])


async def forget_repeats(tx: Tx, before: datetime) -> int:
    """Forget keys of writes before an instant; answers how many."""
    return await tx.execute("delete from idempotency_keys where created_at < $1", before)
