"""What a page does that no room does by itself: a command that joins people, jobs and history."""

from uuid import UUID

from guardian.audit import store as audit
from guardian.console import school_store
from guardian.console.frame import same_for_strangers
from guardian.context import Context
from guardian.errors import Conflict, Refused
from guardian.events import Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.institution.domain import Institution
from guardian.jobs import enqueue
from guardian.mail import address
from guardian.people import store as people
from guardian.people.domain import email_key, mailbox_key
from guardian.people.jobs import AddressCorrected
from guardian.roster import store as rosters
from guardian.roster.jobs import PlanRoster
from guardian.staff.address import lies_in


async def correct_contact(
    ctx: Context, actor: Actor, school: Institution, learner: UUID, guardian: UUID, *, name: str, email: str, phone: str
) -> bool:
    """Replace how a guardian is named and reached; answers whether the address changed. A changed address closes
    every link that went to the old one, and the question goes to the new one.

    Raises NotFound (not of this school), Refused (no name, no address, a pupil's address).
    """
    called = " ".join(name.split())
    if not 0 < len(called) <= 255:
        raise Refused("name_missing", N_("Write the guardian's first and last name."), where="name")
    given = address.parse(email, where="email") if email else None
    if given is not None and lies_in(given, school.pupil_domains):
        raise Refused(
            "address_of_pupils",
            N_("This address is at a domain that the school keeps for pupils. Use the guardian's own address."),
            where="email",
        )
    async with ctx.transaction(actor) as tx:
        known = await school_store.guards(tx, school.id, learner, guardian)
        if known is None:
            raise same_for_strangers()
        if given is not None and mailbox_key(given.text) == mailbox_key(known["learner_key"]):
            raise Refused(
                "address_of_learner",
                N_("This is the learner's own address. A learner cannot answer for a guardian."),
                where="email",
            )
        changed = bool(email_key(given.text if given else None) != known["email_key"])
        done = await people.correct_contact(
            tx, guardian, name=called, email=given.text if given else None, phone=" ".join(phone.split())[:64] or None
        )
        if not done:
            raise Conflict(
                "guardian_changed", N_("This guardian was changed or erased meanwhile. Reload the page and look again.")
            )
        if changed:
            await enqueue(tx, AddressCorrected(guardian))
        event = Event(
            action="guardian.corrected", subject_kind="guardian", subject=guardian, institution=school.id,
            payload={"learner": learner, "address_changed": changed},
        )  # fmt: skip
        await audit.append(tx, actor, event)
    return changed


async def plan_soon(ctx: Context, actor: Actor, upload: UUID) -> bool:
    """Have the worker read a large roster and answer True; a small one is left to the caller."""
    async with ctx.transaction(actor) as tx:
        found = await rosters.get(tx, upload, within=actor.institution)
        if found is None:
            raise same_for_strangers()
        if found.state not in {"received", "read"} or not await rosters.is_large(tx, upload):
            return False
        await enqueue(tx, PlanRoster(upload=upload), once=f"plan:{upload}")
        event = Event(
            action="roster.plan_requested", subject_kind="roster_upload", subject=upload, institution=found.institution
        )
        await audit.append(tx, actor, event)
    return True
