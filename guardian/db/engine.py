"""The database engine: Piccolo's, with a transaction that never leaks its connection.

Stock Piccolo keeps the connection and the current transaction when COMMIT fails, and a nested `transaction()`
that fails keeps its writes. Here one command is one transaction, and nesting is refused (TransactionError).
"""

import os
import warnings
from contextvars import Token
from types import TracebackType
from typing import Any, Self

import asyncpg
from asyncpg import Connection
from piccolo.apps.migrations.tables import Migration
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.table import Table

from guardian.db import piccolo_conf
from guardian.db.tables import TABLES
from guardian.errors import Unavailable

os.environ["PICCOLO_CONF"] = "guardian.db.piccolo_conf"


class HonestConnection(Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection whose COMMIT cannot fail in silence: after an error that somebody swallowed, PostgreSQL answers a
    COMMIT with ROLLBACK and no error, and everything the command wrote would be gone unnoticed.
    """

    async def execute(self, query: str, *args: Any, **limits: float | None) -> str:
        """As asyncpg's. Raises InFailedSQLTransactionError when a COMMIT turned out to be a ROLLBACK."""
        status: str = await super().execute(query, *args, **limits)
        if status == "ROLLBACK" and query.startswith("COMMIT"):
            raise asyncpg.InFailedSQLTransactionError("an earlier error was swallowed: the transaction was rolled back")
        return status


class SafeTransaction(PostgresTransaction):
    """BEGIN … COMMIT on one pooled connection that always goes back to the pool."""

    engine: "SafeEngine"

    async def __aenter__(self) -> Self:
        self.connection: Connection = await self.get_connection()  # type: ignore[no-untyped-call]
        self.transaction = self.connection.transaction()
        try:
            await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._give_back()
            raise
        self.context: Token[Any] = self.engine.current_transaction.set(self)
        return self

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        try:
            if error is not None:
                if not self._rolled_back:
                    await self.rollback()  # type: ignore[no-untyped-call]
            elif not self._committed and not self._rolled_back:
                await self.commit()  # type: ignore[no-untyped-call]
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False


class SafeEngine(PostgresEngine):
    """Piccolo's engine whose `transaction()` is a `SafeTransaction`."""

    def transaction(self, allow_nested: bool = False) -> SafeTransaction:  # noqa: ARG002 (Piccolo's signature)
        return SafeTransaction(engine=self, allow_nested=False)

    async def check_version(self) -> None:
        """Nothing. Piccolo's connects while the engine is made, and warns of a database that is down, where a
        sentence with what to do follows; `guardian doctor` tells the version.
        """

    @property
    def connections(self) -> asyncpg.Pool:
        """The open pool. Raises Unavailable before `open_pool`."""
        if self.pool is None:
            raise Unavailable("database_unavailable", "The database is not connected; start the service again.")
        return self.pool


def engine_for(url: str, *, application: str = "guardian") -> SafeEngine:
    """An engine for a `postgresql://` URL. Nothing connects before it is used."""
    settings = {"application_name": application, "timezone": "UTC", "jit": "off"}
    return SafeEngine(
        config={
            "dsn": url,
            "server_settings": settings,
            "command_timeout": 600,
            "connection_class": HonestConnection,
        },
        extensions=(),
        log_queries=False,
    )


def bind(engine: SafeEngine) -> SafeEngine:
    """Make this engine the one that the tables use in this process."""
    piccolo_conf.DB = engine
    tables: tuple[type[Table], ...] = (*TABLES, Migration)
    for table in tables:  # Piccolo's own table remembers the first engine it met, too
        table._meta.db = engine  # noqa: SLF001 (Piccolo has no public way to bind at run time)
    return engine


async def open_pool(engine: SafeEngine, *, size: int = 10) -> None:
    """Connect. Raises Unavailable, with what to check, when the database does not answer."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Piccolo's own word for what is raised below as a sentence
            await engine.start_connection_pool(min_size=1, max_size=size)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise Unavailable(
            "database_unavailable",
            "The database does not answer (%(kind)s). Check that it runs and that GUARDIAN_DATABASE_URL is right, "
            "then start again; nothing is lost.",
            params={"kind": type(error).__name__},
        ) from error
