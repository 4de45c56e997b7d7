"""The worker: sends mail, runs jobs, sweeps. Any number may run; each survives a restart of the database."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable

import asyncpg
import structlog
from pgqueuer import PgQueuer

from guardian import app, database, jobs
from guardian.context import Context, spawn
from guardian.errors import GuardianError, Refused, Unavailable
from guardian.mail import rendering
from guardian.mail.sender import Sender
from guardian.registry import ACCEPTED, BOUNCED, COMPOSERS, JOBS
from guardian.roster import workshop
from guardian.settings import Settings
from guardian.sweep import sweep
from guardian.web import logging

SWEEP_EVERY = 300.0
"""Seconds between sweeps; a demo, whose clock jumps, sweeps every second."""
LAST_WORDS = 30.0
"""Seconds that mail on the wire gets to be answered when the database has gone."""
_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, GuardianError, asyncio.TimeoutError)

log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand.

    Raises Refused for settings that cannot work, and Unavailable when the database is down at the start: whoever
    started it hears of it. Once it has worked, it waits for a database that goes away.
    """
    logging.configure(settings.log_level)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(sign, stopping.set)
    has_worked = False
    while not stopping.is_set():
        try:
            async with app.opened(settings, pool=12, name="guardian worker") as context:
                has_worked = True
                await _work(context, stopping)
        except Refused:
            raise
        except _GONE as error:
            if isinstance(error, Unavailable) and not has_worked:
                raise
            log.warning("worker.interrupted", error=getattr(error, "code", type(error).__name__))
            if stopping.is_set():
                return
            await _pause(stopping, 0.5)
            await asyncio.to_thread(database.revive, settings)


async def _work(context: Context, stopping: asyncio.Event) -> None:
    await asyncio.to_thread(workshop.sweep, context)  # what one that was killed left in the open
    await asyncio.to_thread(rendering.warm)  # a broken letter shows at the start, not in front of a guardian
    sender = Sender(context, COMPOSERS, ACCEPTED, BOUNCED)
    mail = spawn(sender.run(), name="mail")
    queuers: list[PgQueuer] = []
    parts: dict[str, Awaitable[None]] = {
        "jobs": jobs.run_worker(context, JOBS, started=queuers.append),
        "sweep": _sweep(context, stopping),
        "stop": _when_stopped(stopping, sender, queuers),
    }
    others = [spawn(_as_coroutine(part), name=name) for name, part in parts.items()]
    try:
        done, _ = await asyncio.wait([mail, *others], return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await _let_finish(sender, mail)


async def _let_finish(sender: Sender, mail: asyncio.Task[None]) -> None:
    """What has passed its last dot is waited for and journalled: breaking off would have it sent twice."""
    sender.stop()
    await asyncio.wait([mail], timeout=LAST_WORDS)
    mail.cancel()
    await asyncio.gather(mail, return_exceptions=True)


async def _as_coroutine(part: Awaitable[None]) -> None:
    await part


async def _when_stopped(stopping: asyncio.Event, sender: Sender, queuers: list[PgQueuer]) -> None:
    await stopping.wait()
    sender.stop()
    for queuer in queuers:
        queuer.shutdown.set()


async def _sweep(context: Context, stopping: asyncio.Event) -> None:
    every = 1.0 if context.settings.demo else SWEEP_EVERY
    while not stopping.is_set():
        async with one_sweeper(context) as mine:
            if mine:
                await sweep(context)
        await _pause(stopping, every)


@contextlib.asynccontextmanager
async def one_sweeper(context: Context) -> AsyncIterator[bool]:
    """Whether this process may sweep now: of all workers, one at a time does."""
    async with context.engine.connections.acquire() as connection:
        mine = await connection.fetchval("select pg_try_advisory_lock($1)", _SWEEP_LOCK)
        try:
            yield bool(mine)
        finally:
            if mine:
                await connection.execute("select pg_advisory_unlock($1)", _SWEEP_LOCK)


_SWEEP_LOCK = 0x73776565


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), timeout=seconds)
