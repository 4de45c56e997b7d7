"""Background work, enqueued in the command's own transaction. The only module that knows the queue library.

Delivery is at least once: handlers are idempotent. Payloads hold ids only.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.errors import DuplicateJobError
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Job as QueuedJob
from pgqueuer.queries import Queries

from guardian.context import Context, Tx

POISON_AFTER = 5
"""A job that took its worker down this often is parked instead of tried again."""

log = structlog.get_logger()


class Job(msgspec.Struct, frozen=True):
    """Base of every job: a frozen Struct of ids. `name` is its entry point."""

    name: ClassVar[str]


Handler = Callable[[Context, Any], Awaitable[None]]


async def enqueue(tx: Tx, job: Job, *, once: str | None = None) -> None:
    """Put a job in the queue if and only if the transaction commits. With `once`, a waiting job of the same key
    serves for both.
    """
    queries = Queries(AsyncpgDriver(tx.connection))
    try:
        async with tx.connection.transaction():
            await queries.enqueue([job.name], [msgspec.json.encode(job)], [0], dedupe_key=[once])
    except DuplicateJobError:
        log.debug("job.already_waiting", job=job.name)


class PoisonJob(Exception):
    """A job that has taken its worker down too often; it is held for a person to look at."""


_COUNT_START = """
update pgqueuer set headers = coalesce(headers, '{}') || jsonb_build_object('starts',
    coalesce((headers->>'starts')::int, 0) + 1)
where id = $1 returning (headers->>'starts')::int
"""


async def _run(context: Context, kind: type[Job], handler: Handler, queued: QueuedJob) -> None:
    # The library counts an attempt only when the handler raises, so a job that kills its worker would loop for ever.
    async with context.engine.connections.acquire() as connection:
        starts = await connection.fetchval(_COUNT_START, queued.id)
    if (starts or 1) - queued.attempts > POISON_AFTER:
        raise PoisonJob(kind.name)
    try:
        await handler(context, msgspec.json.decode(queued.payload or b"{}", type=kind))
    except Exception as error:
        # The library stores the text of a failure; ours may name what a person typed, so only its type is kept.
        log.exception("job.failed", job=kind.name, error=type(error).__name__, attempt=queued.attempts)
        raise RuntimeError(type(error).__name__) from None


async def run_worker(
    context: Context, handlers: Mapping[type[Job], Handler], *, started: Callable[[PgQueuer], None], batch: int = 4
) -> None:
    """Work until `queuer.shutdown` is set (the caller gets the queuer through `started`)."""
    queuer = PgQueuer(AsyncpgPoolDriver(context.engine.connections))
    retry = functools.partial(DatabaseRetryEntrypointExecutor, max_attempts=5, initial_delay=timedelta(seconds=2))
    for kind, handler in handlers.items():
        work = functools.partial(_run, context, kind, handler)
        queuer.entrypoint(kind.name, concurrency_limit=2, on_failure="hold", executor_factory=retry)(work)
    started(queuer)
    # A handler that blocks longer than the heartbeat would be run twice by another worker.
    await queuer.run(
        dequeue_timeout=timedelta(seconds=1), batch_size=batch, heartbeat_timeout=timedelta(seconds=90)
    )
