"""The steps that the commands of this room share: who may, which one, the move, the letter, the entry."""

from typing import Any
from uuid import UUID

from guardian.audit import store as audit
from guardian.authorisation import domain, store, telling
from guardian.authorisation.domain import PAST, Act, Authorisation
from guardian.context import Context, Tx
from guardian.errors import NotAllowed, NotFound
from guardian.events import Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.mail import links, outbox

_LETTERS: dict[Act, str] = {"reject": telling.REFUSED, "revoke": telling.REVOKED, "suspend": telling.SUSPENDED}
"""The letter by which the school and the signatory hear of an act that takes access away."""


def school_admin(actor: Actor) -> UUID:
    """The institution for which this actor may ask for a signature. Raises NotAllowed."""
    if actor.kind != "staff" or actor.institution is None or actor.role != "institution_admin":
        raise not_allowed()
    return actor.institution


def operator(actor: Actor) -> None:
    """Raises NotAllowed for everybody but the operator's administrators and privacy officers."""
    fits = actor.institution is None and actor.role in {"operator_admin", "privacy_officer"}
    if actor.kind != "system" and not fits:
        raise not_allowed()


def school_or_operator(actor: Actor) -> None:
    """Raises NotAllowed for everybody but the administrators of a school and the operator."""
    if actor.institution is None:
        operator(actor)
    else:
        school_admin(actor)


def not_allowed() -> NotAllowed:
    """The role does not go that far."""
    return NotAllowed("not_allowed", N_("Your role does not allow this. Ask an administrator."))


def no_institution() -> NotFound:
    """There is none, it has ended, or it is not the actor's."""
    return NotFound("institution_unknown", N_("There is no such institution. Check the link or the number."))


async def get(tx: Tx, actor: Actor, authorisation: UUID) -> Authorisation:
    """One authorisation that this actor may see. Raises NotFound."""
    found = await store.get(tx, authorisation, within=actor.institution)
    if found is None:
        raise NotFound("authorisation_unknown", N_("There is no such authorisation. Check the link or the list."))
    return found


async def living(tx: Tx, institution: UUID) -> Institution:
    """An institution that has not ended. Raises NotFound."""
    school = await institutions.get(tx, institution)
    if school is None or school.state == "ended":
        raise no_institution()
    return school


async def moved(tx: Tx, actor: Actor, authorisation: UUID, act: Act, values: dict[str, Any]) -> Authorisation:
    """Make the move. Raises NotFound, or Conflict when another act came first."""
    after = await store.move(tx, authorisation, act, within=actor.institution, values=values)
    if after is None:
        await get(tx, actor, authorisation)
        raise domain.moved_on()
    return after


async def ask(ctx: Context, tx: Tx, asked: Authorisation, *, sequence: int) -> None:
    """Queue the letter to the signatory."""
    letter = outbox.Letter(
        letter=telling.REQUEST, recipient_kind="signatory", recipient=asked.id, subject=asked.id,
        institution=asked.institution, sequence=sequence,
    )  # fmt: skip
    await outbox.add(ctx, tx, letter)


async def close(tx: Tx, authorisation: UUID) -> None:
    """Nobody can sign it any more: its links open nothing, and waiting letters are not sent."""
    await links.revoke(tx, authorisation, "sign")
    await outbox.cancel(tx, authorisation, telling.REQUEST)


async def ended(ctx: Context, actor: Actor, authorisation: UUID, act: Act, reason: str) -> Authorisation:
    """Take access away: for good, or by `suspend` for the time being. Learners are blocked by the commit itself. The
    operator says why. Raises NotFound, Conflict, Refused.
    """
    why = domain.check_reason(reason, needed=actor.kind == "staff" and actor.institution is None)
    async with ctx.transaction(actor) as tx:
        values = {"reason": why} if act == "suspend" else {"reason": why, "ended_at": tx.now}
        after = await moved(tx, actor, authorisation, act, values)
        if act != "suspend":
            await close(tx, authorisation)
        if after.signed_at is not None:
            await telling.tell(ctx, tx, after, _LETTERS[act])
        await note(tx, actor, after, act)
    return after


async def note(tx: Tx, actor: Actor, after: Authorisation, act: Act, **payload: Any) -> None:
    """Write the entry of a move. Call it last."""
    event = Event(
        action=f"authorisation.{PAST[act]}",
        subject_kind="authorisation",
        subject=after.id,
        institution=after.institution,
        payload={"state": after.state, "valid_until": after.valid_until, **payload},
    )
    await audit.append(tx, actor, event)
