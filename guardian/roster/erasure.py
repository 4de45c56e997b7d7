"""The end of uploads that nobody committed, and of what a purged learner left in one."""

from datetime import timedelta
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.roster import store
from guardian.roster.domain import LIFE_HOURS, OPEN

_BATCH = 100


async def erase_old_uploads(ctx: Context) -> int:
    """Erase the file and the rows of uploads older than 72 hours; answers how many. Safe to repeat, bounded per run."""
    async with ctx.transaction(SYSTEM) as tx:
        ended = await store.outdated(tx, tx.now - timedelta(hours=LIFE_HOURS), _BATCH)
        if not ended:
            return 0
        for upload in ended:
            await store.move(tx, upload, before=OPEN, after="cancelled")
        await store.erase(tx, ended)
        event = Event(action="roster.erased", subject_kind="roster_upload", payload={"uploads": ended})
        await audit.append(tx, SYSTEM, event)
    return len(ended)


async def forget_learner(tx: Tx, learner: UUID) -> dict[str, int]:
    """Erase what open uploads may hold about a learner: no file is searched, the uploads of the learner's schools end.

    Part of a purge's own transaction, which writes the entry.
    """
    rows = await tx.fetch(
        "select u.id from roster_uploads u where u.erased_at is null "
        "and u.institution in (select e.institution from enrolments e where e.learner = $1) for update",
        learner,
    )
    ended = [row["id"] for row in rows]
    for upload in ended:
        await store.move(tx, upload, before=OPEN, after="cancelled")
    await store.erase(tx, ended)
    return {"uploads": len(ended)}
