"""Who signed is checked out of band: by the operator, or by the address's domain, which the operator knows."""

from uuid import UUID

from guardian.authorisation import acts, domain, looking, store, telling
from guardian.authorisation.domain import Authorisation
from guardian.authorisation.signing import METHOD
from guardian.context import Context, Tx
from guardian.events import Actor
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.jobs import enqueue
from guardian.mail import outbox
from guardian.people.jobs import AskGuardians
from guardian.staff import address

BY_OPERATOR = "operator"
BY_DOMAIN = "institution_domain"


async def vouched(ctx: Context, tx: Tx, asked: Authorisation, school: Institution) -> bool:
    """Whether the signatory's address speaks for itself: it lies at a domain that the operator knows to be the
    school's staff's (LAW requirement 10). Not after something of the school was suspended, revoked or not confirmed:
    then a person looks first. Nor where the operator wants to look at every one.
    """
    if not ctx.settings.verify_by_domain or not asked.signatory_email:
        return False
    known = domain.at_verified_domain(address.parse(asked.signatory_email), school)
    return known and not await looking.in_doubt(tx, school.id, besides=asked.id)


async def verify(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """The operator has checked who signed: it is in force from this instant, and takes over from the one before
    without a gap. Guardians who have not answered are asked.

    Raises NotAllowed (only the operator's administrators and privacy officers), NotFound, Conflict, and Refused
    `signatory_is_pupil` when the address has become known as a pupil's.
    """
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        signed = await acts.get(tx, actor, authorisation)
        await institutions.lock(tx, signed.institution)
        school = await acts.living(tx, signed.institution)
        if signed.signatory_email:
            domain.check_signatory(address.parse(signed.signatory_email), None, school.pupil_domains)
        return await put_in_force(ctx, tx, actor, signed, how=BY_OPERATOR)


async def put_in_force(ctx: Context, tx: Tx, actor: Actor, signed: Authorisation, *, how: str) -> Authorisation:
    """The move itself, inside a command that holds the institution's lock. Raises Conflict."""
    values = {
        "valid_from": tx.now, "verified_at": tx.now, "verified_by": actor.id if actor.kind == "staff" else None,
    }  # fmt: skip
    # The older one ends first: at no instant do two stand, and both happen at the same one.
    replaced = await store.supersede(tx, signed.institution, ["active", "suspended"], besides=signed.id)
    verified = await acts.moved(tx, actor, signed.id, "verify", values)
    await enqueue(tx, AskGuardians(verified.institution))
    await outbox.cancel(tx, verified.id, telling.SIGNED)
    await telling.tell(ctx, tx, verified, telling.ACTIVE)
    await acts.note(tx, actor, verified, "verify", superseded=replaced, method=METHOD, checked=how)
    return verified


async def reject(ctx: Context, actor: Actor, authorisation: UUID, reason: str = "") -> Authorisation:
    """The operator could not confirm who signed. Raises as `verify` does, and Refused for a lacking reason."""
    acts.operator(actor)
    return await acts.ended(ctx, actor, authorisation, "reject", reason)
