"""The letters about what was done with an authorisation, to the school's administrators and to the signatory."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from guardian.authorisation import looking, store, telling
from guardian.authorisation.document import say_last_day
from guardian.authorisation.domain import Authorisation
from guardian.context import Context, Tx
from guardian.i18n import say_instant
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.mail.composing import Composed, Composer, Skip
from guardian.mail.letters import (
    AboutAuthorisation,
    AuthorisationActive,
    AuthorisationRefused,
    AuthorisationRenewal,
    AuthorisationRevoked,
    AuthorisationSuspended,
)
from guardian.mail.outbox import Claimed
from guardian.staff import store as staff_store

_GONE = Skip("cancelled", "moved_on")
_PAGE = "/school/authorisations"
Written = Callable[[Tx, Authorisation, Institution, str, dict[str, Any]], Awaitable[AboutAuthorisation | None]]


async def _active(
    tx: Tx, act: Authorisation, school: Institution, language: str, common: dict[str, Any]
) -> AboutAuthorisation | None:
    if act.state_at(tx.now) != "active":
        return None
    lifted = await looking.last_act(tx, act.id) == "authorisation.resumed"
    return AuthorisationActive(**common, valid_until=say_last_day(act, school, language), lifted=lifted)


async def _refused(
    _: Tx, act: Authorisation, school: Institution, language: str, common: dict[str, Any]
) -> AboutAuthorisation | None:
    if act.state != "refused" or act.ended_at is None:
        return None
    when = say_instant(language, act.ended_at, school.timezone)
    return AuthorisationRefused(**common, by="operator" if act.signed_at else "signatory", reason=act.reason, when=when)


async def _suspended(
    tx: Tx, act: Authorisation, school: Institution, language: str, common: dict[str, Any]
) -> AboutAuthorisation | None:
    done = await looking.last_done(tx, act.id, "authorisation.suspended")
    if act.state_at(tx.now) != "suspended" or done is None:
        return None
    when = say_instant(language, done.at, school.timezone)
    return AuthorisationSuspended(
        **common, by="school" if done.by == "school" else "operator", reason=act.reason, when=when
    )


async def _revoked(
    tx: Tx, act: Authorisation, school: Institution, language: str, common: dict[str, Any]
) -> AboutAuthorisation | None:
    if act.state != "revoked" or act.ended_at is None:
        return None
    done = await looking.last_done(tx, act.id, "authorisation.revoked")  # none: it ended with the institution
    when = say_instant(language, act.ended_at, school.timezone)
    return AuthorisationRevoked(
        **common, by="end" if done is None else "school" if done.by == "school" else "operator", reason=act.reason,
        when=when,
    )  # fmt: skip


async def _renewal(
    tx: Tx, act: Authorisation, school: Institution, language: str, common: dict[str, Any]
) -> AboutAuthorisation | None:
    if act.state_at(tx.now) != "active" or await looking.renewed(tx, act):
        return None
    asked = await looking.asked_until(tx, act.institution, act.valid_until)
    return AuthorisationRenewal(**common, last_day=say_last_day(act, school, language), asked=asked)


def _composer(write: Written) -> Composer:
    """Look up to whom, then let `write` say what; nothing to say: the letter is not sent."""

    async def one(ctx: Context, tx: Tx, claimed: Claimed) -> Composed | Skip:
        act = await store.get(tx, claimed.subject)
        school = await institutions.get(tx, act.institution) if act else None
        if act is None or school is None:
            return _GONE
        common: dict[str, Any] = {
            "operator": ctx.settings.operator_name, "contact": ctx.settings.operator_email, "institution": school.name,
        }  # fmt: skip
        if claimed.recipient_kind == "signatory":
            to, language = act.signatory_email, act.language
            common |= {"signatory": act.signatory_name, "url": None}
        else:
            person = await staff_store.get(tx, claimed.recipient)
            gone = person is None or person.state != "active"
            to, language = (None, "en") if gone or person is None else (person.email, person.language)
            common |= {"signatory": None, "url": ctx.settings.base_url.rstrip("/") + _PAGE}
        letter = await write(tx, act, school, language, common) if to else None
        if to is None or letter is None:
            return _GONE
        return Composed(recipient=to, language=language, letter=letter)

    async def batch(ctx: Context, tx: Tx, claimed: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
        return {each.id: await one(ctx, tx, each) for each in claimed}

    return batch


COMPOSERS: dict[str, Composer] = {
    telling.ACTIVE: _composer(_active),
    telling.REFUSED: _composer(_refused),
    telling.SUSPENDED: _composer(_suspended),
    telling.REVOKED: _composer(_revoked),
    telling.RENEWAL: _composer(_renewal),
}
