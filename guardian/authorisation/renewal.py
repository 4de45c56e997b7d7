"""Renewal is called to mind before the end: three letters at most, none once somebody has signed the next one."""

from guardian.audit import store as audit
from guardian.authorisation import looking, telling
from guardian.authorisation.term import REMIND_DAYS, reminder_due
from guardian.context import Context
from guardian.events import Actor, Event


async def remind_due(ctx: Context, actor: Actor, batch: int = 100) -> int:
    """Write to the staff and the signatory of up to `batch` authorisations that end soon; answers of how many.

    Each of the three letters is written once, whoever runs the sweep and however often.
    """
    reminded = 0
    async with ctx.transaction(actor) as tx:
        for ending in await looking.ending(tx, telling.RENEWAL, REMIND_DAYS, batch):
            days = reminder_due(ending.valid_from, ending.valid_until, tx.now)
            if days is None or not await telling.tell(ctx, tx, ending, telling.RENEWAL, sequence=days):
                continue
            reminded += 1
            event = Event(
                action="authorisation.reminded", subject_kind="authorisation", subject=ending.id,
                institution=ending.institution, payload={"days": days, "valid_until": ending.valid_until},
            )  # fmt: skip
            await audit.append(tx, actor, event)
    return reminded
