"""Reading authorisations, within what the actor may see."""

from uuid import UUID

import msgspec

from guardian.authorisation import acts, domain, store
from guardian.authorisation.domain import Authorisation
from guardian.context import Context
from guardian.events import Actor
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.staff import address


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One signed authorisation in the operator's queue. `verified_domain`: the signatory's address is at a domain
    that the operator knows to be the school's.
    """

    authorisation: Authorisation
    institution: Institution
    verified_domain: bool


async def get(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """One authorisation. Raises NotFound, also for another school's."""
    async with ctx.transaction(actor) as tx:
        return await acts.get(tx, actor, authorisation)


async def of_institution(ctx: Context, actor: Actor, institution: UUID) -> list[Authorisation]:
    """An institution's authorisations, newest first. Raises NotFound for another school's."""
    if actor.institution is not None and actor.institution != institution:
        raise acts.no_institution()
    async with ctx.transaction(actor) as tx:
        return await store.of_institution(tx, institution)


async def awaiting_verification(ctx: Context, actor: Actor) -> list[Waiting]:
    """The operator's queue, the longest waiting first. Raises NotAllowed."""
    acts.operator(actor)
    queue = []
    async with ctx.transaction(actor) as tx:
        for signed in await store.awaiting_verification(tx):
            school = await institutions.get(tx, signed.institution)
            if school is None or signed.signatory_email is None:
                continue
            known = domain.at_verified_domain(address.parse(signed.signatory_email), school)
            queue.append(Waiting(authorisation=signed, institution=school, verified_domain=known))
    return queue
