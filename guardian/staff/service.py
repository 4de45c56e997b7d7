"""Adding staff, and signing in by a mailed link: no passwords, nothing told about who is known."""

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotAllowed, NotFound, Refused
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.mail import links, outbox
from guardian.staff import address, store
from guardian.staff.domain import MAILS_PER_HOUR, SIGN_IN_LINK, Present, Staff, check_role

ANYONE = Actor(kind="anyone")


class SignedIn(msgspec.Struct, frozen=True):
    """A new signed-in browser: the secret for its cookie, and who sits there."""

    token: str
    actor: Actor


async def add(
    ctx: Context,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    language: str = "en",
    institution: UUID | None = None,
) -> UUID:
    """A new member of staff, invited by letter. The operator adds anybody, an institution's admin its own staff.

    Raises Refused (address, role, a pupil's address), Conflict `staff_exists`, NotAllowed, NotFound (institution).
    """
    _may_add(actor, institution)
    async with ctx.transaction(actor) as tx:
        staff = await insert_invited(
            ctx, tx, email=email, name=name, role=role, language=language, institution=institution
        )
        event = Event(
            action="staff.added", subject_kind="staff", subject=staff, institution=institution, payload={"role": role}
        )
        await audit.append(tx, actor, event)
    return staff


async def insert_invited(
    ctx: Context, tx: Tx, *, email: str, name: str, role: str, language: str, institution: UUID | None
) -> UUID:
    """The row and its invitation letter, inside a command of the caller's. Raises as `add` does."""
    given = address.parse(email, where="staff_email")
    checked = check_role(role, institution)
    called = " ".join(name.split())
    if not called:
        raise Refused("name_missing", N_("The name is missing. Write the person's first and last name."), where="name")
    if institution is not None:
        pupils = await store.pupil_domains(tx, institution)
        if pupils is None:
            raise NotFound("institution_unknown", N_("There is no such institution. Check the link or the number."))
        if address.lies_in(given, pupils):
            raise Refused(
                "address_of_pupils",
                N_("This address is at a domain that the school keeps for pupils. Use the person's work address."),
                where="staff_email",
            )
    await store.lock_address(tx, given.key)
    if any(known.institution == institution for known in await store.of_address(tx, given.key)):
        raise Conflict("staff_exists", N_("Somebody with this address works here already. Nothing was changed."))
    staff = await store.insert(
        ctx, tx, given, institution=institution, name=called, role=checked, language=language
    )  # fmt: skip
    letter = outbox.Letter(
        letter="staff_invitation", recipient_kind="staff", recipient=staff, subject=staff, institution=institution
    )
    await outbox.add(ctx, tx, letter)
    return staff


async def end(ctx: Context, actor: Actor, staff: UUID) -> None:
    """Somebody leaves: their browsers are signed out and their links closed at once (LAW requirement 65).

    Raises NotFound, NotAllowed; Refused for oneself, so that no desk is left without anybody by a slip.
    """
    if actor.role not in {"operator_admin", "institution_admin"} and actor.kind != "system":
        raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask an administrator."))
    if actor.id == staff:
        raise Refused("staff_self", N_("You cannot end your own access. Ask another administrator to do it."))
    async with ctx.transaction(actor) as tx:
        if not await store.end(tx, staff, actor.institution):
            raise NotFound("staff_unknown", N_("There is no such member of staff. Reload the list."))
        await links.revoke(tx, staff, "sign_in")
        event = Event(action="staff.ended", subject_kind="staff", subject=staff, institution=actor.institution)
        await audit.append(tx, actor, event)


async def request_sign_in(ctx: Context, email: str) -> None:
    """Send a sign-in link if the address is one of our staff's, at most 5 in an hour; tell the caller nothing.

    Raises Refused only for what is no address at all.
    """
    given = address.parse(email)
    async with ctx.transaction(SYSTEM) as tx:
        await store.lock_address(tx, given.key)
        known = await store.of_address(tx, given.key)
        ids = [staff.id for staff in known]
        if not known or await store.asked_since(tx, ids, timedelta(hours=1)) >= MAILS_PER_HOUR:
            return
        attempt = ctx.new_id()
        for staff in known:
            letter = outbox.Letter(
                letter="staff_sign_in", recipient_kind="staff", recipient=staff.id, subject=attempt,
                institution=staff.institution,
            )  # fmt: skip
            await outbox.add(ctx, tx, letter)
        event = Event(action="staff.sign_in_requested", subject_kind="staff", subject=ids[0], payload={"staff": ids})
        await audit.append(tx, ANYONE, event)


async def sign_in_link(ctx: Context, staff: UUID, *, life: timedelta = SIGN_IN_LINK) -> str:
    """A one-time sign-in address for the operator's own machine: the first administrator, and the demo.

    Raises NotFound.
    """
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.get(tx, staff)
        if found is None or found.state != "active":
            raise NotFound("staff_unknown", N_("There is no such member of staff. Reload the list."))
        url = await links.issue(ctx, tx, "sign_in", staff, message=ctx.new_id(), expires_at=tx.now + life)
        event = Event(action="staff.link_made", subject_kind="staff", subject=staff, institution=found.institution)
        await audit.append(tx, SYSTEM, event)
    return url


async def look(ctx: Context, handle: str) -> bool:
    """Whether a mailed link still signs in. Changes nothing. Raises NotFound `link_dead`, Conflict `link_used`."""
    async with ctx.transaction(SYSTEM) as tx:
        await _open_link(tx, handle)
        return True


async def sign_in(ctx: Context, handle: str) -> SignedIn:
    """Use a mailed link, once. Raises NotFound `link_dead`, Conflict `link_used`."""
    token = secrets.token_urlsafe(32)
    async with ctx.transaction(SYSTEM) as tx:
        link, staff = await _open_link(tx, handle)
        if not await links.mark_used(tx, link.id):
            raise _used()
        await links.revoke(tx, staff.id, "sign_in")
        await store.insert_session(ctx, tx, staff.id, token)
        event = Event(action="staff.signed_in", subject_kind="staff", subject=staff.id, institution=staff.institution)
        await audit.append(tx, staff.actor, event)
    return SignedIn(token, staff.actor)


async def present(ctx: Context, token: str) -> Present | None:
    """Who is signed in with this token now; nothing when it is unknown, idle, over, signed out, or they left."""
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.find_session(tx, token)
        if found is None or not found[0].good(tx.now):
            return None
        await store.seen(tx, found[0].id)
        return found[1]


async def sign_out(ctx: Context, token: str) -> None:
    """Sign a browser out. An unknown or closed token changes nothing."""
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.find_session(tx, token)
        if found is None or not await store.close_session(tx, found[0].id):
            return
        actor = found[1].actor
        event = Event(action="staff.signed_out", subject_kind="staff", subject=actor.id, institution=actor.institution)
        await audit.append(tx, actor, event)


async def _open_link(tx: Tx, handle: str) -> tuple[links.Link, Staff]:
    link = await links.find(tx, "sign_in", handle)
    staff = await store.get(tx, link.subject) if link else None
    if link is None or staff is None or staff.state != "active":
        raise _dead()
    if link.used_at is not None:
        raise _used()
    if not link.open(tx.now):
        raise _dead()
    return link, staff


def _dead() -> NotFound:
    return NotFound("link_dead", N_("This link does not open anything, or no longer. Ask for a new one."))


def _used() -> Conflict:
    return Conflict("link_used", N_("This link has already been used to sign in. Ask for a new one."))


def _may_add(actor: Actor, institution: UUID | None) -> None:
    operator = actor.kind == "system" or (actor.role == "operator_admin" and actor.institution is None)
    own = actor.role == "institution_admin" and institution is not None and actor.institution == institution
    if not operator and not own:
        raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask an administrator."))
