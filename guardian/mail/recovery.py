"""Takes over what dead workers left: first what their journals say was taken, then the rest goes back to the queue.

A worker of this data home is dead when its journal can be locked. One of another home is dead when the database no
longer holds its lock; since its journal is out of reach, its own successor gets until the end of the lease to come.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import structlog

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import journal as journals
from guardian.mail import outbox
from guardian.mail.composing import Accepted
from guardian.mail.results import Result, record

log = structlog.get_logger()

_FREE = "select pg_try_advisory_xact_lock($1)"
"""Whether no living worker holds this key."""


async def take_over(context: Context, folder: Path, accepted: Mapping[str, Accepted], *, mine: Collection[str]) -> int:
    """Recover what the dead left, except from the workers named in `mine`; answers how many letters were queued anew.

    Repeating it changes nothing, and being killed in it loses nothing.
    """
    back = 0
    for worker in journals.workers(folder):
        if worker not in mine:
            back += await _from_journal(context, folder, worker, accepted)
    async with context.transaction(SYSTEM) as tx:
        for worker in await outbox.workers(tx):
            strange = worker not in mine and not journals.journal_of(folder, worker).exists()
            if strange and await tx.fetchval(_FREE, key_of(worker)):
                back += await outbox.take_back_expired(tx, worker)
    if back:
        log.info("mail.taken_back", letters=back)
    return back


async def _from_journal(context: Context, folder: Path, worker: str, accepted: Mapping[str, Accepted]) -> int:
    with journals.inherited(journals.journal_of(folder, worker)) as found:
        if found is None:
            return 0
        results = {one.message: Result(state="accepted", queue_id=one.queue_id) for one in found}
        if results:
            log.info("mail.replayed", letters=len(results))
            async with context.transaction(SYSTEM) as tx:
                letters = await outbox.get(tx, list(results))
            await record(context, letters, results, accepted)
        async with context.transaction(SYSTEM) as tx:
            return await outbox.take_back_from(tx, worker)


def key_of(worker: str) -> int:
    """The advisory lock that a worker holds while it lives: the number that its name begins with."""
    number = worker.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
