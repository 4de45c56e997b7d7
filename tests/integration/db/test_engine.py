"""One command is one transaction: it commits whole or not at all, and its connection always goes back."""

import asyncio
import contextlib

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from guardian.context import Context
from guardian.db.tables import SweepRow
from guardian.events import SYSTEM

_CHILD_WITHOUT_PARENT = """
create temp table parents (id int primary key);
create temp table children (parent int references parents deferrable initially deferred);
insert into children values (1);
"""
_INSERT = "insert into sweeps (id, at, counts) values ($1, $2, '{}')"


async def _sweeps(ctx: Context) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        count: int = await tx.fetchval("select count(*) from sweeps")
    return count


async def test_a_commit_that_a_deferred_constraint_refuses_leaks_no_connection(ctx: Context) -> None:
    async def refused() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(_CHILD_WITHOUT_PARENT)

    for _ in range(ctx.engine.connections.get_max_size() + 3):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await refused()
    pool = ctx.engine.connections
    assert pool.get_idle_size() == pool.get_size()
    assert ctx.engine.current_transaction.get() is None
    assert await _sweeps(ctx) == 0


async def test_an_error_rolls_everything_back(ctx: Context) -> None:
    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(_INSERT, ctx.new_id(), tx.now)
            await SweepRow.insert(SweepRow(id=ctx.new_id(), at=tx.now))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await _sweeps(ctx) == 0
    assert ctx.engine.current_transaction.get() is None


async def test_a_query_of_the_orm_joins_the_open_transaction(ctx: Context) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await SweepRow.insert(SweepRow(id=ctx.new_id(), at=tx.now))
        assert await tx.fetchval("select count(*) from sweeps") == 1
    assert await _sweeps(ctx) == 1


async def test_a_transaction_inside_another_is_refused_and_the_outer_one_undone(ctx: Context) -> None:
    async def nested() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(_INSERT, ctx.new_id(), tx.now)
            async with ctx.transaction(SYSTEM):
                pass

    with pytest.raises(TransactionError):
        await nested()
    assert await _sweeps(ctx) == 0


async def test_a_database_error_that_somebody_swallowed_cannot_pass_for_a_commit(ctx: Context) -> None:
    async def swallows() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(_INSERT, ctx.new_id(), tx.now)
            with contextlib.suppress(asyncpg.DivisionByZeroError):
                await tx.execute("select 1 / 0")

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await swallows()
    assert await _sweeps(ctx) == 0
    assert ctx.engine.connections.get_idle_size() == ctx.engine.connections.get_size()


async def test_an_error_inside_a_savepoint_may_be_swallowed(ctx: Context) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(_INSERT, ctx.new_id(), tx.now)
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with tx.connection.transaction():
                await tx.execute("select 1 / 0")
    assert await _sweeps(ctx) == 1


async def test_a_command_that_is_cancelled_is_undone_and_gives_its_connection_back(ctx: Context) -> None:
    began = asyncio.Event()

    async def slow() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(_INSERT, ctx.new_id(), tx.now)
            began.set()
            await tx.execute("select pg_sleep(30)")

    task = asyncio.ensure_future(slow())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _sweeps(ctx) == 0
    assert ctx.engine.connections.get_idle_size() == ctx.engine.connections.get_size()


async def test_a_connection_that_died_in_a_transaction_is_replaced(ctx: Context) -> None:
    async def killed() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        await killed()
    assert ctx.engine.current_transaction.get() is None
    assert await _sweeps(ctx) == 0


async def test_the_scope_of_one_command_never_reaches_the_next_on_the_same_connection(ctx: Context) -> None:
    async with ctx.transaction(SYSTEM):
        pass
    pool = ctx.engine.connections
    held = [await pool.acquire() for _ in range(pool.get_idle_size())]
    try:
        assert {await one.fetchval("select coalesce(current_setting('app.scope', true), '')") for one in held} == {""}
    finally:
        for one in held:
            await pool.release(one)
