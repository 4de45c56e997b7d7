"""The signatory's side: open the page, sign or refuse, ask for a new link. Opening changes nothing."""

from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.authorisation import acts, checking, domain, keeping, store, telling
from guardian.authorisation.domain import SCOPES, Authorisation, State
from guardian.authorisation.service import ask_again
from guardian.authorisation.signing import METHOD, STATEMENT, Signing, digest, faults, record_of
from guardian.context import Context, Tx
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.mail import links, outbox
from guardian.notice import service as notices
from guardian.notice.domain import Notice, Shown
from guardian.staff import address
from guardian.staff import store as staff_store
from guardian.tokens import SIGN_TICKET, BadToken, mint, verify


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What the signatory's page is about. `notice` is the version in force while the signature is awaited, and the
    one that was signed afterwards. `starter`: the name of the colleague who asks. `vouched`: a signature puts it in
    force at once, since the address is known to be the school's.
    """

    link: UUID
    authorisation: Authorisation
    state: State
    institution: Institution
    notice: Notice
    starter: str | None
    vouched: bool = False


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The page in one language: the whole notice, and the statement to confirm. `ticket` is there only while signing
    is possible; it proves that exactly this text was on the page.
    """

    shown: Shown
    statement: str
    ticket: str | None


async def open_page(ctx: Context, handle: str) -> Opened:
    """What a link opens. Raises NotFound `link_dead` for every link that opens nothing, ours or not."""
    async with ctx.transaction(SYSTEM) as tx:
        link, found = await _follow(tx, handle)
        school = await institutions.get(tx, found.institution)
        if not link.open(tx.now) or school is None:
            raise _dead()
        notice = await (notices.version(tx, found.notice) if found.notice else notices.current(tx))
        starter = await staff_store.get(tx, found.started_by)
        return Opened(
            link=link.id, authorisation=found, state=found.state_at(tx.now), institution=school, notice=notice,
            starter=starter.name if starter else None, vouched=await checking.vouched(ctx, tx, found, school),
        )  # fmt: skip


def words(ctx: Context, opened: Opened, language: str) -> Words:
    """The words of the page in a language; once it is signed, in the language in which it was signed."""
    found = opened.authorisation
    shown = opened.notice.shown(language if found.signed_at is None else found.language)
    statement = found.statement or text(shown.language, STATEMENT, institution=opened.institution.name)
    if opened.state != "awaiting_signature":
        return Words(shown=shown, statement=statement, ticket=None)
    claims = {
        "sub": str(opened.link), "jti": ctx.new_id().hex, "notice": str(opened.notice.id), "lang": shown.language,
        "sha": shown.sha256,
    }  # fmt: skip
    ticket = mint(ctx.keys, SIGN_TICKET, claims, now=ctx.clock.now(), issuer=ctx.settings.base_url)
    return Words(shown=shown, statement=statement, ticket=ticket)


async def sign(ctx: Context, handle: str, ticket: str, signing: Signing) -> Authorisation:
    """Sign. The ticket must come from the page that showed the full notice (LAW requirement 11). The document of what
    was signed is kept; from an address that speaks for itself the authorisation is in force at once.

    Raises NotFound `link_dead`; Refused `ticket_too_early`, `ticket_expired`, `ticket_malformed`,
    `signing_incomplete`, `signatory_is_pupil` or a purpose's code, when the school or the notice has changed;
    Conflict `notice_changed`, `authorisation_moved_on`.
    """
    actor, claims = await _admit(ctx, handle, ticket)
    filled = signing.tidied()
    lacking = faults(filled)
    if lacking:
        raise Refused("signing_incomplete", lacking[0].message, where=lacking[0].field)
    async with ctx.transaction(actor) as tx:
        link, found = await _follow(tx, handle)
        if not link.open(tx.now):
            raise _dead()
        await institutions.lock(tx, found.institution)
        notice = await notices.current(tx)
        shown = notice.shown(str(claims["lang"]))
        if str(notice.id) != claims["notice"] or shown.sha256 != claims["sha"]:
            raise Conflict(
                "notice_changed",
                N_("The notice was changed while you were reading. Please read it again, then sign."),
            )
        school = await institutions.get(tx, found.institution)
        if school is None or school.state == "ended":
            raise _dead()
        domain.check_signatory(address.parse(found.signatory_email or ""), None, school.pupil_domains)
        domain.check_purposes(found.purposes, notice.purposes)
        signed = msgspec.structs.replace(
            found, scopes=SCOPES, notice=notice.id, notice_sha256=shown.sha256, language=shown.language,
            signatory_name=filled.name, signatory_title=filled.title, method=METHOD, signed_at=tx.now,
            statement=text(shown.language, STATEMENT, institution=school.name),
        )  # fmt: skip
        record = record_of(signed)
        values = {
            name: list(value) if isinstance(value := getattr(signed, name), tuple) else value
            for name in (
                "scopes", "notice", "notice_sha256", "language", "signatory_name", "signatory_title", "method",
                "signed_at", "statement",
            )
        }  # fmt: skip
        values["document_sha256"] = digest(record) if record else None
        after = await acts.moved(tx, actor, found.id, "sign", values)
        await links.mark_used(tx, link.id)
        vouched = await checking.vouched(ctx, tx, after, school)
        kept = await keeping.keep(ctx, tx, after, school, notice, vouched=vouched)
        if not vouched:
            await _tell_starter(ctx, tx, after)
        await acts.note(
            tx, actor, after, "sign", method=METHOD, scopes=SCOPES, purposes=after.purposes, notice=notice.version,
            notice_sha256=shown.sha256, document_sha256=after.document_sha256, pdf_sha256=kept,
        )  # fmt: skip
        if vouched:
            after = await checking.put_in_force(ctx, tx, actor, after, how=checking.BY_DOMAIN)
    return after


async def refuse(ctx: Context, handle: str, ticket: str, reason: str = "") -> Authorisation:
    """Refuse to sign, if the signatory wishes with a reason; the school's administrators get a letter. Raises as `sign`
    does, without the form, and Refused `reason_too_long`.
    """
    actor, _ = await _admit(ctx, handle, ticket)
    why = domain.check_reason(reason, needed=False)
    async with ctx.transaction(actor) as tx:
        link, found = await _follow(tx, handle)
        if not link.open(tx.now):
            raise _dead()
        after = await acts.moved(tx, actor, found.id, "refuse", {"ended_at": tx.now, "reason": why})
        await links.mark_used(tx, link.id)
        await telling.tell(ctx, tx, after, telling.REFUSED, signatory=False)
        await acts.note(tx, actor, after, "refuse")
    return after


async def renew(ctx: Context, handle: str) -> None:
    """Send a new link to the stored address, if this one was ours and a signature is still awaited. Says nothing
    about which it was: every failure is silent.
    """
    async with ctx.transaction(SYSTEM) as tx:
        link = await links.find(tx, "sign", handle)
        found = await store.get(tx, link.subject) if link and link.revoked_at is None else None
        if found is None:
            return
        try:
            await ask_again(ctx, tx, found)
        except GuardianError:
            return
        event = Event(
            action="authorisation.link_renewed", subject_kind="authorisation", subject=found.id,
            institution=found.institution,
        )  # fmt: skip
        await audit.append(tx, _signatory(found), event)


async def _follow(tx: Tx, handle: str) -> tuple[links.Link, Authorisation]:
    link = await links.find(tx, "sign", handle)
    found = await store.get(tx, link.subject) if link else None
    if link is None or found is None:
        raise _dead()
    return link, found


async def _admit(ctx: Context, handle: str, ticket: str) -> tuple[Actor, dict[str, object]]:
    """Who stands at the door: read as the system, so that the command itself can run in the school's scope."""
    async with ctx.transaction(SYSTEM) as tx:
        link, found = await _follow(tx, handle)
        if not link.open(tx.now):
            raise _dead()
        now = tx.now
    try:
        claims = verify(ctx.keys, SIGN_TICKET, ticket, now=now, issuer=ctx.settings.base_url)
    except BadToken as error:
        raise Refused(f"ticket_{error.reason}", _TICKET[error.reason]) from error
    if claims["sub"] != str(link.id) or not all(isinstance(claims.get(c), str) for c in ("notice", "lang", "sha")):
        raise Refused("ticket_malformed", _TICKET["malformed"])
    return _signatory(found), claims


def _signatory(found: Authorisation) -> Actor:
    return Actor(kind="signatory", id=found.id, institution=found.institution)


async def _tell_starter(ctx: Context, tx: Tx, signed: Authorisation) -> UUID:
    letter = outbox.Letter(
        letter=telling.SIGNED, recipient_kind="staff", recipient=signed.started_by, subject=signed.id,
        institution=signed.institution,
    )  # fmt: skip
    return await outbox.add(ctx, tx, letter)


def _dead() -> NotFound:
    return NotFound("link_dead", N_("This link does not open anything, or no longer. Ask for a new one."))


_TICKET = {
    "too_early": N_("That was faster than the notice can be read. Please read it, then press the button again."),
    "expired": N_("The page was open for more than two hours. Please read the notice once more, then sign."),
    "malformed": N_("The page was not complete. It has been loaded again; please read it, then press the button."),
}
