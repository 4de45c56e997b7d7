"""A school's first letters in the outbox, a mail server that does as it is told, and what the tables say afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail.sender import Sender
from guardian.notice.service import ensure_default
from guardian.registry import ACCEPTED, BOUNCED, COMPOSERS
from tests.journeys.killing import QUEUE


class Letter(NamedTuple):
    """A row of the outbox, and what became of its guardian and question."""

    address: str
    state: str
    code: str | None
    attempts: int
    worker: str | None
    wait: float
    request: str
    reachable: bool
    flags: int


async def queued(ctx: Context, letters: int) -> None:
    """So many guardians, `g1@example.org` and on, are to be asked for the first time."""
    await ensure_default(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        now = f"timestamptz '{tx.now.isoformat()}'"
        await tx.connection.execute(QUEUE.replace("$N", str(letters)).replace("now()", now))


def with_server(ctx: Context, url: str, **settings: Any) -> Context:
    """The same deployment with another mail server."""
    return msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, smtp_url=url, **settings))


def sender(ctx: Context, **changes: Any) -> Sender:
    """As the worker makes it."""
    return Sender(ctx, **{"composers": COMPOSERS, "accepted": ACCEPTED, "bounced": BOUNCED, **changes})


async def letters(ctx: Context) -> dict[str, Letter]:
    """What the tables say, by the part of the address before the @. `wait`: seconds until the next attempt."""
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select g.email, m.state, m.code, m.attempts, m.worker, extract(epoch from m.not_before - $1)::float8, "
            "r.state, g.unreachable_since is null, (select count(*)::int from flags f join guardianships k "
            "on k.learner = f.learner where k.guardian = g.id and f.kind = 'undeliverable' and f.state = 'open') "
            "from mail_messages m join guardians g on g.id = m.recipient join consent_requests r on r.id = m.subject",
            tx.now,
        )
    return {row[0].partition("@")[0]: Letter(*row) for row in rows}


async def one(ctx: Context, sql: str, *args: Any) -> Any:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetchval(sql, *args)


async def message_of(ctx: Context, number: int) -> UUID:
    """The message id of the letter to the n-th guardian."""
    found: UUID = await one(ctx, "select md5('m' || $1::int)::uuid", number)
    return found


def journals(ctx: Context) -> list[str]:
    return sorted(path.name for path in (ctx.settings.home / "mail").glob("*.journal"))


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def rude_server(talk: Talk) -> tuple[asyncio.Server, str]:
    """A server that says whatever `talk` says."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    return server, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
