"""Brings a database to the schema of this release: forward only, one at a time, under an advisory lock."""

import contextlib
import functools
import io
from urllib.parse import unquote, urlsplit

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration

from guardian.db.engine import bind, engine_for, open_pool
from guardian.errors import Unavailable
from guardian.resources import MIGRATIONS

_LOCK = 0x67756172


async def migrate(url: str, *, app_url: str | None = None) -> list[str]:
    """Run what has not run yet; answer the names of the migrations that ran. Then let the app's role in.

    `url` is the owner's, `app_url` the role that serves (the same when only one is given). Raises Unavailable when
    the database does not answer or a migration fails (the failed one leaves nothing behind).
    """
    engine = bind(engine_for(url, application="guardian migrate"))
    await open_pool(engine, size=4)
    try:
        async with engine.connections.acquire() as connection:
            await connection.execute("select pg_advisory_lock($1)", _LOCK)
            try:
                before = await names(connection)
                await _run_missing(before)
                await _let_in(connection, role(app_url) if app_url else None)
                return sorted(await names(connection) - before)
            finally:
                await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    finally:
        await engine.close_connection_pool()


async def _run_missing(done: set[str]) -> None:
    """Each migration and its line in the list of migrations in one transaction: a kill leaves both or neither."""
    forwards = ForwardsMigrationManager("guardian")
    with contextlib.redirect_stdout(io.StringIO()):
        await forwards.create_migration_table()
        modules = forwards.get_migration_modules(str(MIGRATIONS))
        for name in sorted(set(modules) - done):
            steps = await modules[name].forwards()
            steps.add_raw(functools.partial(_note, name))
            try:
                await steps.run()
            except asyncpg.PostgresError as error:
                raise Unavailable(
                    "migration_failed",
                    "The migration %(name)s failed and left nothing behind (%(why)s). Mend what it names, then run "
                    "`guardian migrate` again.",
                    params={"name": name, "why": getattr(error, "message", None) or type(error).__name__},
                ) from error


async def _note(name: str) -> None:
    await Migration.insert(Migration(name=name, app_name="guardian"))


def expected() -> set[str]:
    """The migrations that this release brings."""
    found = set()
    for path in MIGRATIONS.glob("[0-9]*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("ID = "):
                found.add(line.removeprefix("ID = ").strip('"'))
    return found


async def names(connection: asyncpg.Connection) -> set[str]:
    """The migrations that the database has had."""
    if await connection.fetchval("select to_regclass('migration')") is None:
        return set()
    return {row["name"] for row in await connection.fetch("select name from migration")}


def role(url: str) -> str | None:
    """The role name in a database URL."""
    name = urlsplit(url).username
    return unquote(name) if name else None


async def _let_in(connection: asyncpg.Connection, name: str | None) -> None:
    owner = await connection.fetchval("select current_user")
    if name is None or name == owner:
        return
    quoted = '"' + name.replace('"', '""') + '"'
    await connection.execute(f"grant usage on schema public to {quoted}")
    await connection.execute(f"grant select, insert, update, delete on all tables in schema public to {quoted}")
    await connection.execute(f"grant usage, select on all sequences in schema public to {quoted}")
    await connection.execute(f"revoke update, delete, truncate on audit from {quoted}")
