"""What follows when the mail server says at once that a guardian's address does not exist, and how staff undo it."""

from uuid import UUID

from guardian.audit import store as audit
from guardian.consent import delivery
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound
from guardian.events import Actor, Event
from guardian.flags import service as flags
from guardian.i18n import gettext_noop as N_
from guardian.mail import suppression
from guardian.mail.composing import Accepted
from guardian.mail.outbox import Claimed
from guardian.people import store as people

_LEARNERS = """
select k.guardian, k.learner, g.institution from guardianships k
join guardians g on g.id = k.guardian join learners l on l.id = k.learner
where k.guardian = any($1) and k.ended_at is null and l.erased_at is null order by k.guardian, k.learner
"""


async def returned(ctx: Context, tx: Tx, letters: list[Claimed]) -> None:
    """The guardians cannot be reached; a person must look. Their questions are `bounced`, and a yes whose second
    message came back counts no longer (`delivery.bounced`).
    """
    guardians = sorted({one.recipient for one in letters})
    silent = [guardian for guardian in guardians if await people.mark_unreachable(tx, guardian)]
    for row in await tx.fetch(_LEARNERS, silent):
        await flags.open_in(
            ctx, tx, kind="undeliverable", learner=row["learner"], institution=row["institution"]
        )  # fmt: skip
    for one in letters:
        await delivery.bounced(ctx, tx, one.letter, one.subject)


async def vouch(ctx: Context, actor: Actor, guardian: UUID) -> None:
    """Staff say that a guardian's address works: the institution may write to it again. Raises NotFound (no such
    guardian here), Conflict (nothing stands against the address).
    """
    async with ctx.transaction(actor) as tx:
        found = await tx.fetchrow(
            "select institution, email from guardians where id = $1 and erased_at is null "
            "and ($2::uuid is null or institution = $2) for update",
            guardian, actor.institution,
        )  # fmt: skip
        if found is None:
            raise NotFound("unknown_guardian", N_("There is no such guardian. Go back to the list and choose another."))
        school, email = found["institution"], found["email"]
        cleared = bool(email) and await suppression.clear(ctx, tx, school, email)
        if not await people.mark_reachable(tx, guardian) and not cleared:
            raise Conflict("address_in_use", N_("Nothing stands against this address: letters go to it already."))
        event = Event(action="address.cleared", subject_kind="guardian", subject=guardian, institution=school)
        await audit.append(tx, actor, event)


BOUNCED: dict[str, Accepted] = dict.fromkeys(
    (
        "consent_request", "consent_reminder", "notice_final", "consent_recorded", "consent_confirmation",
        "consent_withdrawn",
    ),
    returned,
)  # fmt: skip
