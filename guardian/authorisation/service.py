"""What staff may do with an authorisation: ask for the signature, check it, suspend, revoke."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from guardian.audit import store as audit
from guardian.authorisation import acts, domain, store
from guardian.authorisation.domain import Act, Authorisation
from guardian.authorisation.signing import METHOD
from guardian.context import Context, Tx
from guardian.errors import TooMany
from guardian.events import Actor, Event
from guardian.i18n import LANGUAGES
from guardian.i18n import gettext_noop as N_
from guardian.institution import store as institutions
from guardian.institution.domain import check_model, default_valid_until
from guardian.jobs import enqueue
from guardian.notice import service as notices
from guardian.people.jobs import AskGuardians
from guardian.staff import address
from guardian.staff import store as staff_store

_RESEND_AFTER = 3600


async def start(
    ctx: Context,
    actor: Actor,
    *,
    signatory_email: str,
    purposes: Sequence[str],
    valid_until: datetime | None = None,
    language: str | None = None,
) -> UUID:
    """Ask a head or director to sign for the actor's institution. Earlier questions that nobody has signed are
    superseded, and their links closed.

    `valid_until` (aware) defaults to the end of the school year in the institution's zone. Raises NotAllowed, NotFound
    (institution ended), Refused (address, purposes, legal model, end).
    """
    institution = acts.school_admin(actor)
    signatory = address.parse(signatory_email, where="signatory_email")
    async with ctx.transaction(actor) as tx:
        await institutions.lock(tx, institution)
        school = await acts.living(tx, institution)
        starter = await staff_store.get(tx, actor.id) if actor.id else None
        if starter is None or starter.email is None:
            raise acts.not_allowed()
        domain.check_signatory(signatory, address.parse(starter.email), school.pupil_domains)
        notice = await notices.current(tx)
        made = Authorisation(
            id=ctx.new_id(), institution=institution, state=domain.move("draft", "send"),
            legal_model=check_model(school.legal_model, school.jurisdiction), scopes=(),
            purposes=domain.check_purposes(purposes, notice.purposes), valid_from=tx.now,
            valid_until=domain.check_validity(valid_until or default_valid_until(tx.now, school.timezone), tx.now),
            notice=None, notice_sha256=None, language=language if language in LANGUAGES else school.language,
            signatory_email=signatory.text, signatory_name=None, signatory_title=None, statement=None, method=None,
            document_sha256=None, started_by=starter.id, created_at=tx.now, signed_at=None, verified_at=None,
            verified_by=None, ended_at=None,
        )  # fmt: skip
        replaced = await store.supersede(tx, institution, ["draft", "awaiting_signature"], besides=made.id)
        for old in replaced:
            await acts.close(tx, old)
        await store.insert(tx, made)
        await institutions.activate(tx, institution)
        await acts.ask(ctx, tx, made, sequence=0)
        await acts.note(tx, actor, made, "send", superseded=replaced, purposes=made.purposes)
    return made.id


async def resend(ctx: Context, actor: Actor, authorisation: UUID) -> None:
    """Send the signatory the letter again, with a new link; at most once in an hour.

    Raises NotFound, Conflict (already signed or ended), TooMany, NotAllowed.
    """
    acts.school_or_operator(actor)
    async with ctx.transaction(actor) as tx:
        asked = await acts.get(tx, actor, authorisation)
        await ask_again(ctx, tx, asked)
        event = Event(
            action="authorisation.resent", subject_kind="authorisation", subject=asked.id, institution=asked.institution
        )
        await audit.append(tx, actor, event)


async def ask_again(ctx: Context, tx: Tx, asked: Authorisation) -> None:
    """Queue the next letter of a request inside a command of the caller's. Raises Conflict, TooMany."""
    if asked.state_at(tx.now) != "awaiting_signature":
        raise domain.moved_on()
    number, last = await store.letters_sent(tx, asked.id, acts.REQUEST)
    if last is not None and (tx.now - last).total_seconds() < _RESEND_AFTER:
        raise TooMany(
            "letter_too_soon",
            N_("A letter was sent less than an hour ago. Wait a little, and look in the spam folder meanwhile."),
            params={"retry_after": math.ceil(_RESEND_AFTER - (tx.now - last).total_seconds())},
        )
    await acts.ask(ctx, tx, asked, sequence=number)


async def verify(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """The operator has checked who signed: it is in force from this instant, and takes over from the one before
    without a gap. Guardians who have not answered are asked.

    Raises NotAllowed (only the operator's administrators and privacy officers), NotFound, Conflict.
    """
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        signed = await acts.get(tx, actor, authorisation)
        await institutions.lock(tx, signed.institution)
        await acts.living(tx, signed.institution)
        values = {"valid_from": tx.now, "verified_at": tx.now, "verified_by": actor.id}
        # The older one ends first: at no instant do two stand, and both happen at the same one.
        replaced = await store.supersede(tx, signed.institution, ["active", "suspended"], besides=authorisation)
        verified = await acts.moved(tx, actor, authorisation, "verify", values)
        await enqueue(tx, AskGuardians(verified.institution))
        await acts.note(tx, actor, verified, "verify", superseded=replaced, method=METHOD)
    return verified


async def reject(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """The operator could not confirm who signed. Raises as `verify` does."""
    acts.operator(actor)
    return await _plain(ctx, actor, authorisation, "reject", ended=True)


async def revoke(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """End it for good: the school by its administrator, or the operator. Learners are blocked from this instant.

    Raises NotAllowed, NotFound, Conflict.
    """
    acts.school_or_operator(actor)
    return await _plain(ctx, actor, authorisation, "revoke", ended=True)


async def suspend(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """Stop it for the time being. Raises as `revoke` does."""
    acts.school_or_operator(actor)
    return await _plain(ctx, actor, authorisation, "suspend")


async def resume(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """Let a suspended one hold again; only the operator may, whoever suspended it. Raises as `verify` does."""
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        resumed = await acts.moved(tx, actor, authorisation, "resume", {})
        await enqueue(tx, AskGuardians(resumed.institution))
        await acts.note(tx, actor, resumed, "resume")
    return resumed


async def _plain(ctx: Context, actor: Actor, authorisation: UUID, act: Act, *, ended: bool = False) -> Authorisation:
    async with ctx.transaction(actor) as tx:
        moved = await acts.moved(tx, actor, authorisation, act, {"ended_at": tx.now} if ended else {})
        if ended:
            await acts.close(tx, authorisation)
        await acts.note(tx, actor, moved, act)
    return moved
