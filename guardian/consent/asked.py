"""Who is asked about whom: pure rules over the facts of one guardian and one learner.

Rules: 16 CFR 312.5(b)(1) (reasonably the parent), 312.5(c)(1) (contacts only to ask); GDPR art. 8; no repeated
asking after a no for half a year (requirement 40).
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from guardian.consent.domain import NOES, Current
from guardian.jurisdiction.domain import threshold

QUIET_AFTER_NO = timedelta(days=180)
"""How long a guardian who said no is not asked again, whatever changes."""
ASKING_MODELS = frozenset({"guardian_consent", "school_intermediary"})
"""Legal models that ask a guardian about every purpose."""

Why = Literal[
    "no_authority",
    "not_eligible",
    "no_address",
    "unreachable",
    "same_person",
    "standing",
    "of_age",
    "answered",
    "lapsed",
]


class Terms(msgspec.Struct, frozen=True):
    """A purpose of the notice in force."""

    code: str
    core: bool
    disclosure: bool
    commercial: bool
    guardian_always: bool


class Authorised(msgspec.Struct, frozen=True):
    """An institution's authorisation in force, with both scopes."""

    legal_model: str
    purposes: tuple[str, ...]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian and a learner who is enrolled where the guardian is known. `same_person` says whether the two
    addresses belong to one person. `today` is the learner's local day. `asked`: a request about this notice was
    answered or has expired; `lapsed`: the latest one expired in silence, so only a person may ask again."""

    guardian: UUID
    learner: UUID
    authority: str
    eligible: str
    has_address: bool
    unreachable: bool
    same_person: bool
    standing: str
    birth_date: str | None
    jurisdictions: tuple[str, ...]
    today: date
    asked: bool = False
    lapsed: bool = False


def purposes_to_ask(authorisations: Iterable[Authorised], terms: Sequence[Terms]) -> list[Terms]:
    """What guardians are asked about: every purpose under a model that asks them, else only those that always
    need a guardian. A commercial purpose cannot be authorised by a school, so nobody is asked for it."""
    wanted = set()
    for authorisation in authorisations:
        every = authorisation.legal_model in ASKING_MODELS
        for term in terms:
            needed = every or term.guardian_always or term.disclosure
            if needed and not term.commercial and term.code in authorisation.purposes:
                wanted.add(term.code)
    return [term for term in terms if term.code in wanted]


def decides_alone(birth_date: str | None, jurisdictions: Sequence[str], today: date) -> bool:
    """Whether the learner is surely old enough to answer alone. An unknown part of the date counts as its last
    possible day; no date at all: no."""
    if not birth_date:
        return False
    parts = [int(part) for part in birth_date.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    turns = (year + threshold(tuple(jurisdictions), today), month, day)
    return turns <= (today.year, today.month, today.day)


def why_not(
    candidate: Candidate, purposes: Sequence[Terms], current: Iterable[Current], *, now: datetime, material_since: int
) -> Why | None:
    """Why this guardian is not asked about this learner; None: ask. `current` are the guardian's own latest words
    on the learner that still may count."""
    if candidate.authority != "full":
        return "no_authority"
    if candidate.eligible != "yes":
        return "not_eligible"
    if not candidate.has_address:
        return "no_address"
    if candidate.unreachable:
        return "unreachable"
    if candidate.same_person:
        return "same_person"
    if candidate.standing != "active":
        return "standing"
    if decides_alone(candidate.birth_date, candidate.jurisdictions, candidate.today):
        return "of_age"
    latest = {word.purpose: word for word in current if word.learner == candidate.learner}
    if all(_settled(term, latest.get(term.code), candidate, now, material_since) for term in purposes):
        return "answered"
    return "lapsed" if candidate.lapsed else None


def _settled(term: Terms, word: Current | None, candidate: Candidate, now: datetime, material_since: int) -> bool:
    if word is None:
        # A yes to a disclosure waits for a signed form: one letter about it is enough.
        return term.disclosure and candidate.asked
    if word.state in NOES:
        return now < word.recorded_at + QUIET_AFTER_NO or word.notice_version >= material_since
    return word.stands(now, material_since)
