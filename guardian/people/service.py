"""Corrections by hand: what a school says of a learner or a guardian stands over what its next rosters say."""

import re
from datetime import date
from uuid import UUID

from asyncpg import Record

from guardian.audit import store as audit
from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import Actor, Event
from guardian.flags import service as flags
from guardian.i18n import gettext_noop as N_
from guardian.institution.domain import Institution
from guardian.jobs import enqueue
from guardian.mail import address
from guardian.people import corrections, store
from guardian.people import known as known_people
from guardian.people.domain import email_key, mailbox_key
from guardian.people.jobs import AddressCorrected
from guardian.staff.address import lies_in

RELATIONSHIPS = (
    "mother", "father", "parent", "guardian", "step_parent", "foster", "agency", "grandparent", "relative",
    "other_adult", "emergency", "unknown",
)  # fmt: skip
_BIRTH = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


async def correct_learner(
    ctx: Context, actor: Actor, school: Institution, learner: UUID, *, given_name: str, family_name: str,
    birth_date: str, class_name: str,
) -> list[str]:  # fmt: skip
    """Correct a learner's name, birth date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, empty for unknown) or class; answers
    which fields changed. A changed birth date is flagged: it may change who must agree.

    Raises NotFound (not of this school), Refused.
    """
    called = {"given_name": " ".join(given_name.split())[:255], "family_name": " ".join(family_name.split())[:255]}
    if not any(called.values()):
        raise Refused("name_missing", N_("Write the learner's first name or family name."), where="given_name")
    wanted = {**called, "birth_date": birth_date.strip(), "class_name": " ".join(class_name.split())[:255]}
    async with ctx.transaction(actor) as tx:
        known = await known_people.pupil(tx, school.id, learner)
        if known is None:
            raise _unknown()
        _check_birth(wanted["birth_date"], tx.now.date())
        changed = [field for field, value in wanted.items() if (known[field] or "") != value]
        if not changed:
            return []
        await store.correct_name(
            tx, learner, given_name=called["given_name"] or None, family_name=called["family_name"] or None
        )
        await store.correct_class(tx, learner, school.id, wanted["class_name"] or None)
        if await store.set_birth_date(tx, learner, wanted["birth_date"] or None) and known["birth_date"]:
            await flags.open_in(ctx, tx, kind="birth_date_changed", learner=learner, institution=school.id)
        for field in changed:
            await corrections.keep(
                tx, ctx.new_id(), school.id, learner=learner, field=field, file_value=known[field], by=actor.id
            )
        await audit.append(tx, actor, _event("learner.corrected", "learner", learner, school.id, fields=changed))
    return changed


async def correct_guardian(
    ctx: Context, actor: Actor, school: Institution, learner: UUID, guardian: UUID, *, name: str, email: str,
    phone: str, relationship: str,
) -> bool:  # fmt: skip
    """Replace how a guardian is named, reached and related; answers whether the address changed. A changed address
    closes every link that went to the old one, and the question goes to the new one.

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
        known = await known_people.contact(tx, school.id, learner, guardian)
        if known is None:
            raise _unknown()
        if given is not None and mailbox_key(given.text) == mailbox_key(known["learner_key"]):
            raise Refused(
                "address_of_learner",
                N_("This is the learner's own address. A learner cannot answer for a guardian."),
                where="email",
            )
        wanted = {
            "name": called, "email": given.text if given else None, "phone": " ".join(phone.split())[:64] or None,
            "relationship": relationship if relationship in RELATIONSHIPS else known["relationship"],
        }  # fmt: skip
        moved = bool(email_key(wanted["email"]) != known["email_key"])
        if not await store.correct_contact(tx, guardian, name=called, email=wanted["email"], phone=wanted["phone"]):
            raise Conflict(
                "guardian_changed", N_("This guardian was changed or erased meanwhile. Reload the page and look again.")
            )
        if wanted["relationship"] != known["relationship"]:
            await store.correct_relationship(tx, learner, guardian, str(wanted["relationship"]))
        if moved:
            await enqueue(tx, AddressCorrected(guardian))
        changed = [field for field, value in wanted.items() if known[field] != value]
        for field in changed:
            await corrections.keep(
                tx, ctx.new_id(), school.id, guardian=guardian, field=f"guardian_{field}", file_value=known[field],
                learner=learner if field == "relationship" else None, by=actor.id,
            )  # fmt: skip
        await audit.append(
            tx, actor,
            _event(
                "guardian.corrected", "guardian", guardian, school.id, learner=learner, address_changed=moved,
                fields=changed,
            ),
        )  # fmt: skip
    return moved


async def drop_correction(ctx: Context, actor: Actor, school: Institution, learner: UUID, correction: UUID) -> None:
    """Let the next roster decide again about a corrected field. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        mine = {one.id: one.field for one in await corrections.of_learner(tx, school.id, learner)}
        if correction not in mine or not await corrections.drop(tx, school.id, correction):
            raise _unknown()
        await audit.append(
            tx, actor, _event("correction.dropped", "learner", learner, school.id, field=mine[correction])
        )


async def contact_of(ctx: Context, actor: Actor, school: UUID, learner: UUID, guardian: UUID) -> Record:
    """A guardian of a learner as this institution knows them. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        known = await known_people.contact(tx, school, learner, guardian)
    if known is None:
        raise _unknown()
    return known


async def pupil_of(ctx: Context, actor: Actor, school: UUID, learner: UUID) -> Record:
    """A learner as this institution knows them. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        known = await known_people.pupil(tx, school, learner)
    if known is None:
        raise _unknown()
    return known


def _check_birth(text: str, today: date) -> None:
    if not text:
        return
    try:
        fits = _BIRTH.fullmatch(text) is not None
        day = date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        fits = False
    if not fits or day > today or day.year < today.year - 100:
        raise Refused(
            "birth_date_invalid", N_("Write the birth date as 2014-05-31, or only the year. It cannot lie ahead."),
            where="birth_date",
        )  # fmt: skip


def _unknown() -> NotFound:
    """There is no such person, or another school's: nobody can tell which."""
    return NotFound("not_found", N_("There is nothing at this address. Check the link, or start from the first page."))


def _event(action: str, kind: str, subject: UUID, institution: UUID, **payload: object) -> Event:
    return Event(action=action, subject_kind=kind, subject=subject, institution=institution, payload=dict(payload))
