"""Inviting institutions and reading them."""

from collections.abc import Sequence
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context
from guardian.errors import NotAllowed, NotFound, Refused
from guardian.events import Actor, Event
from guardian.i18n import LANGUAGES
from guardian.i18n import gettext_noop as N_
from guardian.institution import store
from guardian.institution.domain import Institution, check_jurisdiction, check_model, check_timezone
from guardian.staff import address
from guardian.staff.service import insert_invited


async def invite(
    ctx: Context,
    actor: Actor,
    *,
    name: str,
    jurisdiction: str,
    timezone: str,
    language: str,
    contact_email: str,
    legal_model: str,
    staff_email: str,
    staff_name: str,
    verified_domains: Sequence[str] = (),
    pupil_domains: Sequence[str] = (),
) -> UUID:
    """A new institution with its first administrator, who is invited by letter. Only the operator may.

    Raises Refused naming the field in `where`, and NotAllowed.
    """
    _only_operator(actor)
    made = Institution(
        id=ctx.new_id(),
        name=_name(name),
        jurisdiction=check_jurisdiction(jurisdiction),
        timezone=check_timezone(timezone),
        language=_language(language),
        contact_email=address.parse(contact_email, where="contact_email").text,
        pupil_domains=_domains(pupil_domains, "pupil_domains"),
        verified_domains=_domains(verified_domains, "verified_domains"),
        legal_model=check_model(legal_model, check_jurisdiction(jurisdiction)),
        state="invited",
        created_at=ctx.clock.now(),
        ended_at=None,
    )
    _no_domain_twice(made.verified_domains, made.pupil_domains)
    async with ctx.transaction(actor) as tx:
        await store.insert(tx, made)
        staff = await insert_invited(
            ctx, tx, email=staff_email, name=staff_name, role="institution_admin", language=made.language,
            institution=made.id,
        )  # fmt: skip
        event = Event(
            action="institution.invited",
            subject_kind="institution",
            subject=made.id,
            institution=made.id,
            payload={"legal_model": made.legal_model, "jurisdiction": made.jurisdiction, "staff": staff},
        )
        await audit.append(tx, actor, event)
    return made.id


async def change(
    ctx: Context,
    actor: Actor,
    institution: UUID,
    *,
    contact_email: str,
    verified_domains: Sequence[str],
    pupil_domains: Sequence[str],
) -> None:
    """Set the contact address and the domains. Only the operator may: a school that could name its own verified
    domains would verify itself.

    Raises Refused, NotAllowed, NotFound.
    """
    _only_operator(actor)
    contact = address.parse(contact_email, where="contact_email").text
    verified = _domains(verified_domains, "verified_domains")
    pupils = _domains(pupil_domains, "pupil_domains")
    _no_domain_twice(verified, pupils)
    async with ctx.transaction(actor) as tx:
        if not await store.change(
            tx, institution, contact_email=contact, verified_domains=verified, pupil_domains=pupils
        ):
            raise _unknown()
        event = Event(
            action="institution.changed", subject_kind="institution", subject=institution, institution=institution,
            payload={"verified_domains": len(verified), "pupil_domains": len(pupils)},
        )  # fmt: skip
        await audit.append(tx, actor, event)


async def get(ctx: Context, actor: Actor, institution: UUID) -> Institution:
    """One institution. Raises NotFound, also for another school's."""
    async with ctx.transaction(actor) as tx:
        found = await store.get(tx, institution, within=actor.institution)
    if found is None:
        raise _unknown()
    return found


async def page(
    ctx: Context, actor: Actor, *, after: tuple[str, UUID] | None = None, limit: int = 50
) -> list[Institution]:
    """Institutions by name: all for the operator, one's own for the staff of a school."""
    async with ctx.transaction(actor) as tx:
        return await store.page(tx, within=actor.institution, after=after, limit=limit)


def _only_operator(actor: Actor) -> None:
    if actor.kind != "system" and (actor.institution is not None or actor.role != "operator_admin"):
        raise NotAllowed("not_allowed", N_("Only the operator's administrators may do this. Ask one of them."))


def _unknown() -> NotFound:
    return NotFound("institution_unknown", N_("There is no such institution. Check the link or the number."))


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= 255:
        raise Refused(
            "name_missing", N_("The institution's name is missing or longer than 255 characters. Write it."),
            where="name",
        )  # fmt: skip
    return clean


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Refused(
            "language_unknown", N_("This language is not one of: %(languages)s. Choose one of them."),
            params={"languages": ", ".join(LANGUAGES)}, where="language",
        )  # fmt: skip
    return language


def _domains(texts: Sequence[str], where: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.domain(text, where=where) for text in texts))


def _no_domain_twice(verified: Sequence[str], pupils: Sequence[str]) -> None:
    if set(verified) & set(pupils):
        raise Refused(
            "domain_of_pupils",
            N_("A domain cannot be both the staff's and the pupils'. Take it out of one of the two lists."),
            where="verified_domains",
        )
