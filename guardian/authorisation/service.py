"""What staff may do with an authorisation: ask for the signature, send it again, suspend, revoke."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from guardian.audit import store as audit
from guardian.authorisation import acts, domain, looking, store, telling
from guardian.authorisation.domain import Authorisation
from guardian.authorisation.term import proposed_end
from guardian.context import Context, Tx
from guardian.errors import TooMany
from guardian.events import Actor, Event
from guardian.i18n import LANGUAGES
from guardian.i18n import gettext_noop as N_
from guardian.institution import store as institutions
from guardian.institution.domain import Institution, LegalModel, check_model
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
    legal_model: str | None = None,
) -> UUID:
    """Ask a head or director to sign for the actor's institution. Earlier questions that nobody has signed are
    superseded, and their links closed.

    `valid_until` (aware) defaults to the end of the school year in the institution's zone, and to that of the next one
    when what is in force ends soon. `legal_model` defaults to the institution's; asking the guardians as well is always
    possible. Raises NotAllowed, NotFound (institution ended), Refused (address, purposes, legal model, end).
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
        end = valid_until or proposed_end(tx.now, school, await looking.in_force_until(tx, institution))
        made = Authorisation(
            id=ctx.new_id(), institution=institution, state=domain.move("draft", "send"),
            legal_model=_model(legal_model, school), scopes=(),
            purposes=domain.check_purposes(purposes, notice.purposes), valid_from=tx.now,
            valid_until=domain.check_validity(end, tx.now),
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


def _model(wanted: str | None, school: Institution) -> LegalModel:
    """The institution's own, or the guardians' consent, which protects more."""
    if wanted not in {None, school.legal_model, "guardian_consent"}:
        raise acts.not_allowed()
    return check_model(wanted or school.legal_model, school.jurisdiction)


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
    number, last = await store.letters_sent(tx, asked.id, telling.REQUEST)
    if last is not None and (tx.now - last).total_seconds() < _RESEND_AFTER:
        raise TooMany(
            "letter_too_soon",
            N_("A letter was sent less than an hour ago. Wait a little, and look in the spam folder meanwhile."),
            params={"retry_after": math.ceil(_RESEND_AFTER - (tx.now - last).total_seconds())},
        )
    await acts.ask(ctx, tx, asked, sequence=number)


async def revoke(ctx: Context, actor: Actor, authorisation: UUID, reason: str = "") -> Authorisation:
    """End it for good: the school by its administrator, or the operator. Learners are blocked from this instant.

    Raises NotAllowed, NotFound, Conflict, and Refused when the operator gives no reason.
    """
    acts.school_or_operator(actor)
    return await acts.ended(ctx, actor, authorisation, "revoke", reason)


async def suspend(ctx: Context, actor: Actor, authorisation: UUID, reason: str = "") -> Authorisation:
    """Stop it for the time being. Raises as `revoke` does."""
    acts.school_or_operator(actor)
    return await acts.ended(ctx, actor, authorisation, "suspend", reason)


async def resume(ctx: Context, actor: Actor, authorisation: UUID) -> Authorisation:
    """Let a suspended one hold again; only the operator may, whoever suspended it. Raises NotAllowed, NotFound,
    Conflict.
    """
    acts.operator(actor)
    async with ctx.transaction(actor) as tx:
        resumed = await acts.moved(tx, actor, authorisation, "resume", {"reason": None})
        await enqueue(tx, AskGuardians(resumed.institution))
        await telling.tell(ctx, tx, resumed, telling.ACTIVE)
        await acts.note(tx, actor, resumed, "resume")
    return resumed
