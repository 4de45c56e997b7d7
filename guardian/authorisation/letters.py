"""The letter that asks a head to sign, and the one that tells the colleague who asked."""

from collections.abc import Mapping
from uuid import UUID

from guardian.authorisation import act_letters, store
from guardian.authorisation.document import say_last_day
from guardian.authorisation.domain import SIGN_LINK, Authorisation
from guardian.authorisation.telling import REQUEST, SIGNED
from guardian.context import Context, Tx
from guardian.i18n import say_instant
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.mail import links
from guardian.mail.composing import Accepted, Composed, Composer, Skip
from guardian.mail.letters import AuthorisationRequest, AuthorisationSigned, PurposeLine
from guardian.mail.outbox import Claimed
from guardian.notice import service as notices
from guardian.notice.domain import NoticeText
from guardian.staff import store as staff_store

_GONE = Skip("cancelled", "moved_on")


async def request(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """Who asks, what for, until when, and the link; it lives 14 days from being sent."""
    return {claimed.id: await _request(ctx, tx, claimed) for claimed in batch}


async def _request(ctx: Context, tx: Tx, claimed: Claimed) -> Composed | Skip:
    asked, school = await _subject(tx, claimed)
    if asked is None or school is None or asked.state_at(tx.now) != "awaiting_signature" or not asked.signatory_email:
        return _GONE
    starter = await staff_store.get(tx, asked.started_by)
    notice = (await notices.current(tx)).shown(asked.language).text
    url = await links.issue(
        ctx, tx, "sign", asked.id, message=claimed.id, expires_at=min(tx.now + SIGN_LINK, asked.valid_until)
    )
    # A letter that is written again after a crash gets the link it had, with the end it had.
    link = await links.find(tx, "sign", url.rpartition("/")[2])
    expires = link.expires_at if link else tx.now
    letter = AuthorisationRequest(
        operator=ctx.settings.operator_name,
        contact=ctx.settings.operator_email,
        signatory=None,
        institution=school.name,
        asked_by=starter.name if starter else None,
        purposes=_lines(asked, notice, whole=True),
        url=url,
        expires=say_instant(asked.language, expires, school.timezone),
        in_force_until=say_last_day(asked, school, asked.language),
    )
    return Composed(
        recipient=asked.signatory_email, language=asked.language, letter=letter, reply_to=school.contact_email
    )


async def signed(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """That it was signed, and where it stands at the moment of sending."""
    return {claimed.id: await _signed(ctx, tx, claimed) for claimed in batch}


async def _signed(ctx: Context, tx: Tx, claimed: Claimed) -> Composed | Skip:
    act, school = await _subject(tx, claimed)
    starter = await staff_store.get(tx, claimed.recipient)
    if act is None or school is None or starter is None or starter.email is None or starter.state != "active":
        return _GONE
    state = act.state_at(tx.now)
    if act.notice is None or act.signatory_name is None or state not in {"awaiting_verification", "active"}:
        return _GONE
    notice = (await notices.version(tx, act.notice)).shown(starter.language).text
    letter = AuthorisationSigned(
        operator=ctx.settings.operator_name,
        contact=ctx.settings.operator_email,
        institution=school.name,
        signatory=act.signatory_name,
        purposes=_lines(act, notice, whole=False),
        valid_until=say_last_day(act, school, starter.language),
        state="active" if state == "active" else "awaiting_verification",
    )
    return Composed(recipient=starter.email, language=starter.language, letter=letter)


async def _subject(tx: Tx, claimed: Claimed) -> tuple[Authorisation | None, Institution | None]:
    found = await store.get(tx, claimed.subject)
    return found, await institutions.get(tx, found.institution) if found else None


def _lines(act: Authorisation, notice: NoticeText, *, whole: bool) -> tuple[PurposeLine, ...]:
    words = [notice.purposes[code] for code in act.purposes if code in notice.purposes]
    return tuple(
        PurposeLine(title=each.title, why=each.why, items=tuple(item.name for item in each.items) if whole else ())
        for each in words
    )


COMPOSERS: dict[str, Composer] = {REQUEST: request, SIGNED: signed, **act_letters.COMPOSERS}
ACCEPTED: dict[str, Accepted] = {}
