"""Background work, enqueued in the command's own transaction. The only module that knows the queue library.

Delivery is at least once: handlers are idempotent. Payloads hold ids only.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.errors import DuplicateJobError, RetryRequested
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Context as QueueContext
from pgqueuer.models import Job as QueuedJob
from pgqueuer.queries import Queries

from guardian.context import Context, Tx, spawn

POISON_AFTER = 5
"""A job that took its worker down this often is parked instead of tried again."""
ATTEMPTS = 5
"""A handler that raises is tried this often again, ever later, before the job is parked."""
HEARTBEAT = timedelta(seconds=90)
"""A handler that blocks longer than this would be run twice, by another worker."""

log = structlog.get_logger()


class Job(msgspec.Struct, frozen=True):
    """Base of every job: a frozen Struct of ids. `name` is its entry point.

    `repeats`: asked for again while one runs, it must run again, since what has changed meanwhile may be missed.
    """

    name: ClassVar[str]
    repeats: ClassVar[bool] = False


Handler = Callable[[Context, Any], Awaitable[None]]


async def enqueue(tx: Tx, job: Job, *, once: str | None = None, after: timedelta = timedelta()) -> None:
    """Put a job in the queue if and only if the transaction commits. With `once`, a waiting job of the same key
    serves for both; so does a running one, unless the job `repeats`. `after`: it begins no sooner.
    """
    queries = Queries(AsyncpgDriver(tx.connection))
    keys = [once] if once is None or not job.repeats else [once, f"{once} again", None]
    for key in keys:
        try:
            async with tx.connection.transaction():
                await queries.enqueue([job.name], [msgspec.json.encode(job)], [0], [after], dedupe_key=[key])
        except DuplicateJobError:
            # Locked, it cannot begin before this transaction ends, and so will see what it wrote.
            if await tx.fetchval(_WAITING, key):
                break
        else:
            return
    log.debug("job.already_waiting", job=job.name)


_WAITING = "select true from pgqueuer where dedupe_key = $1 and status = 'queued' for update"


class PoisonJob(Exception):
    """A job that has taken its worker down too often; it is held for a person to look at."""


class _Executor(DatabaseRetryEntrypointExecutor):
    """The library's retries, but none for a poisonous job, and none lost when its worker is stopped in the middle."""

    async def execute(self, job: QueuedJob, context: QueueContext) -> None:
        try:
            await super().execute(job, context)
        except RetryRequested as again:
            if isinstance(again.__cause__, PoisonJob):
                raise again.__cause__ from None
            raise
        except asyncio.CancelledError:
            # The library would take a cancelled job for one that nobody wants any more, and delete it.
            raise RetryRequested(delay=timedelta(), reason="stopped") from None


# The library counts an attempt only when the handler raises, so a job that kills its worker would loop for ever.
# Counted are starts that came to no end; an end, good or bad, sets the count back. The library writes absent headers
# as the JSON value null, to which nothing can be added; headers that are no object break its reading of the queue.
_COUNT_START = """
update pgqueuer set headers = case jsonb_typeof(headers) when 'object' then headers else '{}' end
    || jsonb_build_object('starts', coalesce((headers->>'starts')::int, 0) + 1)
where id = $1 returning (headers->>'starts')::int
"""
_COUNT_ANEW = "update pgqueuer set headers = headers - 'starts' where id = $1 and jsonb_typeof(headers) = 'object'"


async def _run(context: Context, kind: type[Job], handler: Handler, queued: QueuedJob) -> None:
    pool = context.engine.connections
    starts = await pool.fetchval(_COUNT_START, queued.id)
    if (starts or 1) > POISON_AFTER:
        log.error("job.parked", job=kind.name, starts=starts)
        await pool.execute(_COUNT_ANEW, queued.id)
        raise PoisonJob(kind.name)
    try:
        await handler(context, msgspec.json.decode(queued.payload or b"{}", type=kind))
    except Exception as error:
        # The library stores the text of a failure; ours may name what a person typed, so only its type is kept.
        log.exception("job.failed", job=kind.name, error=type(error).__name__, attempt=queued.attempts)
        await pool.execute(_COUNT_ANEW, queued.id)
        raise RuntimeError(type(error).__name__) from None


async def parked(tx: Tx) -> dict[str, int]:
    """The jobs that were given up and wait for a person, counted by name."""
    rows = await tx.fetch(
        "select entrypoint, count(*) as number from pgqueuer where status = 'failed' group by entrypoint order by 1"
    )
    return {row["entrypoint"]: row["number"] for row in rows}


async def run_worker(
    context: Context,
    handlers: Mapping[type[Job], Handler],
    *,
    started: Callable[[PgQueuer], None],
    batch: int = 4,
    retry_after: timedelta = timedelta(seconds=2),
    heartbeat: timedelta = HEARTBEAT,
) -> None:
    """Work until `queuer.shutdown` is set (the caller gets the queuer through `started`)."""
    queuer = PgQueuer(AsyncpgPoolDriver(context.engine.connections))
    retry = functools.partial(_Executor, max_attempts=ATTEMPTS, initial_delay=retry_after)
    for kind, handler in handlers.items():
        work = functools.partial(_run, context, kind, handler)
        queuer.entrypoint(kind.name, concurrency_limit=2, on_failure="hold", executor_factory=retry)(work)
    started(queuer)
    async with _alive(context, queuer):
        await queuer.run(dequeue_timeout=timedelta(seconds=1), batch_size=batch, heartbeat_timeout=heartbeat)


# A worker that is alive holds a lock, which the database lets go at the moment its connection breaks. Jobs of a worker
# without one are taken for stale at once, where the heartbeat alone would have everybody wait for 90 seconds.
_LIVES = 0x6A6F6273
_LOCK = "select pg_advisory_lock($1, hashtext($2))"
_TAKE_OVER = """
update pgqueuer set heartbeat = now() - interval '1 day'
where status = 'picked' and heartbeat > now() - interval '1 day' and not exists (
    select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = $1::bigint::oid
    and database = (select oid from pg_database where datname = current_database())
    and objid::bigint = hashtext(queue_manager_id::text)::bigint & 4294967295)
"""
_LOOK_EVERY = 1.0


@contextlib.asynccontextmanager
async def _alive(context: Context, queuer: PgQueuer) -> AsyncIterator[None]:
    """Say as long as this lasts that these jobs are in hand, and give back those of workers that died. Raises what
    broke the connection: then others will have taken over. The pool lets the lock go with the connection.
    """
    name = str(queuer.qm.queue_manager_id)
    async with context.engine.connections.acquire() as connection:
        await connection.execute(_LOCK, _LIVES, name)

        async def look() -> None:
            try:
                while True:
                    if (given := await connection.execute(_TAKE_OVER, _LIVES)) != "UPDATE 0":
                        log.warning("jobs.taken_over", count=int(given.rpartition(" ")[2]))
                    await asyncio.sleep(_LOOK_EVERY)
            except Exception:
                queuer.shutdown.set()
                raise

        looking = spawn(look(), name="jobs of the dead")
        try:
            yield
        finally:
            looking.cancel()
            broken = await asyncio.gather(looking, return_exceptions=True)
        if isinstance(broken[0], Exception):
            raise broken[0]
