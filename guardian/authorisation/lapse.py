"""How authorisations end without anybody asking for it: by the clock, or with their institution."""

from uuid import UUID

from guardian.audit import store as audit
from guardian.authorisation import acts, store
from guardian.context import Context
from guardian.events import Actor, Event
from guardian.institution import store as institutions


async def expire_due(ctx: Context, actor: Actor, batch: int = 100) -> int:
    """Mark up to `batch` lapsed ones as expired, with one entry each; answers how many, so that the sweep can go on.
    Access ended already at `valid_until`: the decision reads the clock, not this mark.
    """
    async with ctx.transaction(actor) as tx:
        lapsed = await store.expire(tx, batch)
        for each in lapsed:
            await acts.close(tx, each.id)
        for each in lapsed:
            await acts.note(tx, actor, each, "expire")
    return len(lapsed)


async def end_institution(ctx: Context, actor: Actor, institution: UUID) -> None:
    """The contract is over: all its authorisations end in this one transaction (LAW requirement 17).

    Its staff can still sign in, to export before the purge. Raises NotAllowed, NotFound.
    """
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        await institutions.lock(tx, institution)
        if not await institutions.end(tx, institution):
            raise acts.no_institution()
        ended = await store.revoke_all(tx, institution)
        for each in ended:
            await acts.close(tx, each)
        event = Event(
            action="institution.ended", subject_kind="institution", subject=institution, institution=institution,
            payload={"revoked": ended},
        )  # fmt: skip
        await audit.append(tx, actor, event)
