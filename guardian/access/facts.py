"""What a decision is made from: the facts about one learner, in the fixed words of the contract.

Instants are aware; days (`begins_on`, `ends_on`, `birth_date`) are local days of the learner's time zone.
A fact that may be unknown may be left out, which says the same as null.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from guardian.jurisdiction.domain import Rule

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Standing = Literal["active", "identity_held", "reported", "erasure_in_progress", "erased"]
Assent = Literal["given", "declined"]
Status = Literal[
    "draft",
    "awaiting_signature",
    "awaiting_verification",
    "active",
    "expired",
    "revoked",
    "superseded",
    "refused",
    "suspended",
]
LegalModel = Literal["school_agent", "school_intermediary", "controller_instruction", "guardian_consent", "own_consent"]
Scope = Literal["use_services", "collect_information"]
Authority = Literal["full", "limited", "none"]
ConsentState = Literal["given", "declined", "withdrawn", "revoked", "expired", "void", "stale"]
Method = Literal[
    "email_plus",
    "signed_form",
    "in_person",
    "video_call",
    "phone_call",
    "school_attested",
    "external",
    "text_plus",
    "id_check",
    "payment",
]


class _Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Learner(_Fact, frozen=True, kw_only=True):
    """`birth_date` is `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or None; an unknown `timezone` is read as UTC-12."""

    birth_date: str | None = None
    jurisdictions: tuple[str, ...]
    timezone: str | None = None
    standing: Standing
    assent: Assent | None = None


class Enrolment(_Fact, frozen=True, kw_only=True):
    """Counts from the start of `begins_on` through the end of `ends_on` (None: open)."""

    institution: str
    begins_on: date
    ends_on: date | None = None


class Authorisation(_Fact, frozen=True, kw_only=True):
    """An institution's act, valid from inclusive, until exclusive. Only an unsigned one may lack these."""

    id: str
    institution: str
    status: Status
    legal_model: LegalModel
    scopes: tuple[Scope, ...]
    purposes: tuple[str, ...]
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class Guardian(_Fact, frozen=True, kw_only=True):
    """`has_channel`: whether there is an address at which this guardian can be asked."""

    id: str
    authority: Authority
    has_channel: bool


class Consent(_Fact, frozen=True, kw_only=True):
    """One row of the append-only answers. A `given` counts from `completed_at` (None: not verified yet)."""

    id: str
    guardian: str
    purpose: str
    state: ConsentState
    method: Method | None = None
    completed_at: Instant | None = None
    notice_version: int | None = None
    valid_until: Instant | None = None


class Purpose(_Fact, frozen=True, kw_only=True):
    """`core`: without it there is no service; `disclosure`: to others or to the public."""

    core: bool
    disclosure: bool
    commercial: bool
    guardian_always: bool


class Notice(_Fact, frozen=True, kw_only=True):
    """`material_since`: the last version that changed one of the listed purposes."""

    version: int
    material_since: int


class Facts(_Fact, frozen=True, kw_only=True):
    """Everything that is known. `rule` None: as the jurisdictions say. The order of a list says nothing."""

    learner: Learner
    enrolments: tuple[Enrolment, ...]
    authorisations: tuple[Authorisation, ...]
    guardians: tuple[Guardian, ...]
    consents: tuple[Consent, ...]
    purposes: dict[str, Purpose]
    notice: Notice
    rule: Rule | None = None
