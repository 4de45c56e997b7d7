"""Which law decided when: the first sweep under another table writes it into the history and has everybody looked at
again, so that flags and purge dates follow the new rules. Decisions themselves follow at once: they are never stored.
"""

from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context
from guardian.events import SYSTEM, Event
from guardian.jurisdiction.law_in_use import current
from guardian.people import checks

SUBJECT = UUID("6c617700-0000-7000-8000-000000000001")
"""Under which the history keeps the entries about the law, of which there is one."""
_LOCK = 0x6C6177


async def note_law(ctx: Context) -> int:
    """Note the table in force if it is not the one noted last; answers how many learners must be looked at again.

    The first note of all makes nobody due: what was swept before was swept under it.
    """
    law = current()
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
        noted = await tx.fetchval(
            "select payload ->> 'sha256' from audit where subject = $1 and action = 'law.in_force' "
            "order by seq desc limit 1",
            SUBJECT,
        )
        if noted == law.sha256:
            return 0
        due = 0 if noted is None else await checks.recheck_everybody(tx)
        event = Event(
            action="law.in_force",
            subject_kind="law",
            subject=SUBJECT,
            payload={"version": law.version, "sha256": law.sha256, "learners": due},
        )
        await audit.append(tx, SYSTEM, event)
        return due
