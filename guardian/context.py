"""What a command may use: settings, keys, a clock, new ids, and one transaction at a time."""

import asyncio
import contextlib
import contextvars
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from asyncpg import Connection, Record

from guardian.db.engine import SafeEngine
from guardian.errors import Conflict
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_
from guardian.ids import uuid7
from guardian.keys import KeyRing
from guardian.settings import Settings

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time: an aware instant in UTC."""

    def now(self) -> datetime:
        """The present instant."""


class SystemClock:
    """Real time, plus how far the demo has been moved ahead (nought outside the demo)."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251 (the one place)


class Tx(msgspec.Struct, frozen=True):
    """An open transaction. Piccolo queries made meanwhile join it; `$1` SQL goes through these methods. `rehearsal`:
    it will be taken back, whatever it does (see `Rehearsal`).
    """

    connection: Connection
    now: datetime
    rehearsal: bool = False

    async def fetch(self, sql: str, *args: Any) -> list[Record]:
        """All rows."""
        return list(await self.connection.fetch(sql, *args))

    async def fetchrow(self, sql: str, *args: Any) -> Record | None:
        """The first row, or nothing."""
        return await self.connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row, or nothing."""
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        """Run a statement; answer how many rows it touched."""
        status: str = await self.connection.execute(sql, *args)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Handed to every command. `ports` holds what a higher room lends to a lower one (see `app.py`)."""

    settings: Settings
    keys: KeyRing
    clock: Clock
    engine: SafeEngine
    ports: dict[str, Callable[..., Any]] = msgspec.field(default_factory=dict)

    def new_id(self) -> UUID:
        """A fresh version 7 UUID."""
        return uuid7(int(self.clock.now().timestamp() * 1000))

    @contextlib.asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[Tx]:
        """One command: BEGIN, the actor's scope for row-level security, COMMIT. Times inside are `tx.now`."""
        async with self.engine.transaction() as open_transaction:
            connection, now = open_transaction.connection, self.clock.now()
            # `app.now` is for the triggers that keep what a fact said before (migration 0010).
            await connection.execute(
                "select set_config('app.scope', $1, true), set_config('app.now', $2, true)",
                actor.scope, now.isoformat(),
            )  # fmt: skip
            yield Tx(connection, now)


class Rehearsal(Context, frozen=True, kw_only=True):
    """A context in which commands do all that they do, inside one transaction that is never committed: each is a part
    of it, sees what those before it did, and nothing of it is ever seen by anybody else.
    """

    connection: Connection

    @contextlib.asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[Tx]:
        """One command, as a part of the transaction that is taken back."""
        async with self.connection.transaction():
            await self.connection.execute("select set_config('app.scope', $1, true)", actor.scope)
            yield Tx(self.connection, self.clock.now(), rehearsal=True)


async def rehearse(context: Context, play: Callable[[Context], Awaitable[T]]) -> T:
    """What commands answer, without anything being done: no row is changed, no job or letter goes out. What they would
    touch waits meanwhile; it never waits long itself. Raises Conflict when others are at the same things just now.
    """
    try:
        async with context.engine.transaction() as opened:
            await opened.connection.execute("set local lock_timeout = '500ms'")
            answer = await play(Rehearsal(**msgspec.structs.asdict(context), connection=opened.connection))
            await opened.rollback()  # type: ignore[no-untyped-call]
    except asyncpg.LockNotAvailableError as error:
        raise Conflict(
            "rehearsal_busy", N_("Others are changing the same things just now. Try again in a minute.")
        ) from error
    return answer


_RUNNING: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
    """Start a background task that does not inherit an open transaction. It is kept until it ends."""
    task: asyncio.Task[Any] = contextvars.Context().run(asyncio.create_task, work, name=name)  # noqa: TID251
    _RUNNING.add(task)
    task.add_done_callback(_RUNNING.discard)
    return task


async def read_demo_clock(clock: SystemClock, engine: SafeEngine) -> None:
    """Set a process's clock to the demo's: one row says how far ahead of real time it is."""
    async with engine.connections.acquire() as connection:
        ahead = await connection.fetchval("select ahead_seconds from demo_clock where id = 1")
    clock.ahead = timedelta(seconds=ahead or 0)


async def follow_demo_clock(clock: SystemClock, engine: SafeEngine) -> None:
    """Keep reading the demo's clock, four times a second, until cancelled; through a restart of the database too."""
    while True:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await read_demo_clock(clock, engine)
        await asyncio.sleep(0.25)


async def move_demo_clock(context: Context, ahead: timedelta) -> None:
    """Set how far ahead of real time the demo is. It only ever moves forward."""
    async with context.engine.connections.acquire() as connection:
        await connection.execute(
            "insert into demo_clock (id, ahead_seconds) values (1, $1) on conflict (id) do update "
            "set ahead_seconds = greatest(demo_clock.ahead_seconds, excluded.ahead_seconds)",
            math.ceil(ahead.total_seconds()),  # never short of the instant that was asked for
        )
    if isinstance(context.clock, SystemClock):
        await read_demo_clock(context.clock, context.engine)
