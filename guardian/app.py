"""The only place that knows everyone: what is served, what is worked off, what is swept, who writes which letter."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
from litestar import Litestar

from guardian import database, keys
from guardian import settings as settings_
from guardian.context import Context, SystemClock, follow_demo_clock, read_demo_clock, spawn
from guardian.db.engine import bind, engine_for, open_pool
from guardian.db.migrate import expected, migrate, names
from guardian.errors import Unavailable
from guardian.jurisdiction import extending, law_in_use
from guardian.platform.answers import Answers
from guardian.platform.quick import Quick
from guardian.registry import PORTS, ROUTES
from guardian.roster import workshop
from guardian.settings import Settings
from guardian.web.application import make_application


@contextlib.asynccontextmanager
async def opened(
    settings: Settings, *, pool: int = 10, name: str = "guardian", progress: Callable[[str], None] | None = None
) -> AsyncIterator[Context]:
    """A context on the deployment's database, under the deployment's law. Raises Refused when its law file is wrong,
    Unavailable when the database does not answer or is not migrated.

    The embedded database is brought to this release's schema by itself; a given server only by `guardian migrate`.
    """
    law_in_use.use(extending.law_of(settings.law_file))
    found = settings_.with_secret(settings)
    urls = database.find(found, progress=progress)
    if urls.embedded is not None:
        await migrate(urls.owner, app_url=urls.app)
    engine = bind(engine_for(urls.app, application=name))
    await open_pool(engine, size=pool)
    clock = SystemClock()
    context = Context(settings=found, keys=keys.parse(found.secret), clock=clock, engine=engine, ports=PORTS)
    following = None
    try:
        await _check_schema(context)
        if found.demo:
            await read_demo_clock(clock, engine)
            following = spawn(follow_demo_clock(clock, engine), name="demo clock")
        yield context
    finally:
        if following is not None:
            following.cancel()
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            await engine.close_connection_pool()


async def _check_schema(context: Context) -> None:
    async with context.engine.connections.acquire() as connection:
        missing = expected() - await names(connection)
    if missing:
        raise Unavailable(
            "schema_outdated",
            "The database lacks %(count)d migrations of this release. Run `guardian migrate` first, then start again.",
            params={"count": len(missing)},
        )


async def _watch(context: Context) -> None:
    """Have the embedded database started again when it was killed: the web process may be its only user."""
    while True:
        await asyncio.sleep(1)
        try:
            async with context.engine.connections.acquire(timeout=5) as connection:
                await connection.fetchval("select 1", timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.to_thread(database.revive, context.settings)


def build(settings: Settings, *, routes: Sequence[Any] = ROUTES) -> Litestar:
    """The web application; the database is opened when it starts."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with opened(settings, name="guardian web") as context:
            app.state.context = context
            app.state.answers = Answers(context)
            await asyncio.to_thread(workshop.sweep, context)  # what one that was killed left in the open
            watching = None if settings.database_url else spawn(_watch(context), name="database")
            yield
            if watching is not None:
                watching.cancel()

    return make_application(settings_.with_secret(settings), routes, lifespan=[lifespan], before=[Quick])


def create() -> Litestar:
    """What the server's processes load: everything from the environment."""
    return build(settings_.read())
