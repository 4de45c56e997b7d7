"""How authorisations end without anybody asking for it: by the clock, or with their institution."""

from datetime import timedelta
from uuid import UUID

from guardian.audit import store as audit
from guardian.authorisation import acts, looking, store, telling
from guardian.context import Context
from guardian.events import Actor, Event
from guardian.institution import store as institutions
from guardian.jurisdiction.clocks import CAPS
from guardian.staff import store as staff_store

ERASED_AFTER = timedelta(days=CAPS["lapse_or_exit_days"])
"""By then every learner of an institution that ended has been purged, however the clocks are set."""


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

    Its staff and the signatory hear of it; the staff can still sign in, to export before the purge.
    Raises NotAllowed, NotFound.
    """
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        await institutions.lock(tx, institution)
        if not await institutions.end(tx, institution):
            raise acts.no_institution()
        in_force = await looking.in_force(tx, institution)
        ended = await store.revoke_all(tx, institution)
        for each in ended:
            await acts.close(tx, each.id)
            if each.id in in_force:
                await telling.tell(ctx, tx, each, telling.REVOKED)
        event = Event(
            action="institution.ended", subject_kind="institution", subject=institution, institution=institution,
            payload={"revoked": [each.id for each in ended]},
        )  # fmt: skip
        await audit.append(tx, actor, event)


async def erase_ended(ctx: Context, actor: Actor) -> bool:
    """Empty the addresses and names of one institution that ended 90 days ago, when its learners are gone too;
    answers whether there was one, so that the sweep can go on.
    """
    async with ctx.transaction(actor) as tx:
        institution = await institutions.to_erase(tx, tx.now - ERASED_AFTER)
        if institution is None:
            return False
        await institutions.erase_contact(tx, institution)
        signatories = await store.erase_signatories(tx, institution)
        staff = await staff_store.end_all(tx, institution)
        event = Event(
            action="institution.erased", subject_kind="institution", subject=institution, institution=institution,
            payload={"signatories": signatories, "staff": staff},
        )  # fmt: skip
        await audit.append(tx, actor, event)
    return True
