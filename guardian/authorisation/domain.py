"""What an authorisation is, how it moves, and what may be asked of whom: pure rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from guardian.errors import Conflict, Refused
from guardian.i18n import gettext_noop as N_
from guardian.institution.domain import Institution, LegalModel
from guardian.notice.domain import Purpose
from guardian.staff.address import Address, lies_in

State = Literal[
    "draft", "awaiting_signature", "awaiting_verification", "active", "expired", "revoked", "superseded", "refused",
    "suspended",
]  # fmt: skip
Act = Literal["send", "sign", "refuse", "verify", "reject", "suspend", "resume", "revoke", "supersede", "expire"]

MOVES: dict[State, dict[Act, State]] = {
    "draft": {"send": "awaiting_signature", "revoke": "revoked", "supersede": "superseded", "expire": "expired"},
    "awaiting_signature": {
        "sign": "awaiting_verification", "refuse": "refused", "revoke": "revoked", "supersede": "superseded",
        "expire": "expired",
    },
    "awaiting_verification": {
        "verify": "active", "reject": "refused", "revoke": "revoked", "supersede": "superseded", "expire": "expired",
    },
    "active": {"suspend": "suspended", "revoke": "revoked", "supersede": "superseded", "expire": "expired"},
    "suspended": {"resume": "active", "revoke": "revoked", "supersede": "superseded", "expire": "expired"},
    "expired": {}, "revoked": {}, "superseded": {}, "refused": {},
}  # fmt: skip
"""Every move there is. What is not here cannot happen; the last four states are final."""

PAST: dict[Act, str] = {
    "send": "sent", "sign": "signed", "refuse": "refused", "verify": "verified", "reject": "rejected",
    "suspend": "suspended", "resume": "resumed", "revoke": "revoked", "supersede": "superseded", "expire": "expired",
}  # fmt: skip
"""The audit's word for a move, as `authorisation.<word>`."""

SCOPES = ("use_services", "collect_information")
"""Both are needed: that learners may use the services, and that data may be collected from them."""
SIGN_LINK = timedelta(days=14)
REASON_LENGTH = 500
LONGEST = timedelta(days=2 * 366)
"""An authorisation ends; nobody may set its end further away than two years (16 CFR 312.10: never indefinite)."""


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """One institution's act. Instants are UTC; in force from `valid_from` until before `valid_until`. `reason`: why it
    was refused, suspended or revoked, in the words of whoever did it.
    """

    id: UUID
    institution: UUID
    state: State
    legal_model: LegalModel
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    notice: UUID | None
    notice_sha256: str | None
    language: str
    signatory_email: str | None
    signatory_name: str | None
    signatory_title: str | None
    statement: str | None
    method: str | None
    document_sha256: str | None
    started_by: UUID
    created_at: datetime
    signed_at: datetime | None
    verified_at: datetime | None
    verified_by: UUID | None
    ended_at: datetime | None
    reason: str | None = None

    def state_at(self, now: datetime) -> State:
        """The state, with the lapse told by the clock: it never waits for a sweep."""
        return "expired" if "expire" in MOVES[self.state] and now >= self.valid_until else self.state


def move(state: State, act: Act) -> State:
    """The state after an act. Raises Conflict `authorisation_moved_on` when the act is not possible from here."""
    after = MOVES[state].get(act)
    if after is None:
        raise moved_on()
    return after


def moved_on() -> Conflict:
    """Another act came first, or this one does not fit the state."""
    return Conflict(
        "authorisation_moved_on",
        N_("This authorisation has moved on meanwhile. Nothing was changed; reload the page to see where it stands."),
    )


def froms(act: Act) -> list[State]:
    """The states in which an act is possible, for the guard of the update."""
    return [state for state, acts in MOVES.items() if act in acts]


def check_signatory(signatory: Address, starter: Address | None, pupil_domains: Sequence[str]) -> None:
    """Raises Refused for a pupil's address (FTC FAQ N: "not a child pretending to be a teacher") and for the address
    of the person who asks: one must not sign what one asked for.
    """
    if lies_in(signatory, pupil_domains):
        raise Refused(
            "signatory_is_pupil",
            N_("This address is at a domain that your school keeps for pupils. Give the head's own work address."),
            where="signatory_email",
        )
    if starter is not None and signatory.person == starter.person:
        raise Refused(
            "signatory_is_starter",
            N_("This is your own address. Another person must sign: give the address of the head or director."),
            where="signatory_email",
        )


def check_purposes(wanted: Iterable[str], known: Sequence[Purpose]) -> tuple[str, ...]:
    """The purposes in the notice's order. Raises Refused for an unknown or a commercial one (LAW requirement 12), and
    when a core one lacks, without which there are no lessons.
    """
    codes = set(wanted)
    by_code = {purpose.code: purpose for purpose in known}
    for code in sorted(codes):
        if code not in by_code:
            raise Refused(
                "purpose_unknown",
                N_("The purpose %(purpose)s is not in the notice. Choose among those that are listed."),
                params={"purpose": code[:64]},
                where="purposes",
            )
        if by_code[code].commercial:
            raise Refused(
                "purpose_commercial",
                N_("A school cannot authorise the purpose %(purpose)s: it is commercial. Take it out."),
                params={"purpose": code},
                where="purposes",
            )
    lacking = [purpose.code for purpose in known if purpose.core and purpose.code not in codes]
    if lacking:
        raise Refused(
            "purpose_core_missing",
            N_("Without the purpose %(purpose)s there are no lessons. Add it."),
            params={"purpose": lacking[0]},
            where="purposes",
        )
    return tuple(purpose.code for purpose in known if purpose.code in codes)


def check_validity(valid_until: datetime, now: datetime) -> datetime:
    """The end, if it lies ahead and no more than two years away. Raises Refused; naive times are a caller's bug."""
    if not now < valid_until <= now + LONGEST:
        raise Refused(
            "valid_until_out_of_range",
            N_("The authorisation must end after today and within two years. Choose another day."),
            where="valid_until",
        )
    return valid_until


def check_reason(reason: str, *, needed: bool) -> str | None:
    """The reason with single spaces, or nothing. Raises Refused when it is needed and lacks, or is too long."""
    clean = " ".join(reason.split())
    if needed and not clean:
        raise Refused("reason_missing", N_("Write why. The school and the signatory read it."), where="reason")
    if len(clean) > REASON_LENGTH:
        raise Refused("reason_too_long", N_("The reason is longer than 500 characters. Shorten it."), where="reason")
    return clean or None


def at_verified_domain(signatory: Address, institution: Institution) -> bool:
    """Whether the signatory wrote from a domain that the operator knows to be the school's (LAW requirement 10)."""
    return lies_in(signatory, institution.verified_domains)
