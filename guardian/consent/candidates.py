"""Who is asked about whom: pure rules over the facts of one guardian and one learner.

Rules: 16 CFR 312.5(b)(1) (reasonably the parent), 312.5(c)(1) (contacts only to ask); GDPR art. 8; no repeated
asking after a no for half a year (requirement 40).
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from guardian.consent.domain import NOES, Current
from guardian.errors import Refused
from guardian.jurisdiction.birthdays import birthday
from guardian.jurisdiction.domain import period_on
from guardian.jurisdiction.law import LeapDay
from guardian.mail.address import same_person_key
from guardian.notice.domain import Purpose

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


class Authorised(msgspec.Struct, frozen=True):
    """An institution's authorisation in force, with both scopes."""

    legal_model: str
    purposes: tuple[str, ...]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian and a learner who is enrolled where the guardian is known. `same_person` says whether the two
    addresses belong to one person. `today` is the learner's local day. `asked`: a request about this notice was
    answered or has expired; `lapsed`: the latest one expired in silence, so only a person may ask again.
    """

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


def purposes_to_ask(authorisations: Iterable[Authorised], known: Sequence[Purpose]) -> list[Purpose]:
    """What guardians are asked about: every purpose under a model that asks them, else only those that always
    need a guardian. A commercial purpose cannot be authorised by a school, so nobody is asked for it.
    """
    wanted = set()
    for authorisation in authorisations:
        every = authorisation.legal_model in ASKING_MODELS
        for purpose in known:
            needed = every or purpose.guardian_always or purpose.disclosure
            if needed and not purpose.commercial and purpose.code in authorisation.purposes:
                wanted.add(purpose.code)
    return [purpose for purpose in known if purpose.code in wanted]


def decides_alone(birth_date: str | None, jurisdictions: Sequence[str], today: date) -> bool:
    """Whether the learner is surely old enough to answer alone. An unknown part of the date counts as its last
    possible day; no date at all, or none that exists: no.
    """
    law = period_on(jurisdictions, today)
    return bool(birth_date) and _turned(str(birth_date), law.threshold, today, law.leap_day)


def is_adult(birth_date: str | None, today: date) -> bool:
    """Whether the learner has surely turned 18: from that local day on nothing is shown to a guardian."""
    return bool(birth_date) and _turned(str(birth_date), 18, today)


def _turned(birth_date: str, years: int, today: date, leap_day: LeapDay = "03-01") -> bool:
    parts = [int(part) for part in birth_date.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    try:
        born_on = date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])
    except ValueError:
        return False
    turns = birthday(born_on, years, leap_day)
    return turns is not None and turns <= today


def why_not(
    candidate: Candidate, purposes: Sequence[Purpose], current: Iterable[Current], *, now: datetime, material_since: int
) -> Why | None:
    """Why this guardian is not asked about this learner; None: ask. `current` are the guardian's own latest words
    on the learner that still may count.
    """
    latest = {word.purpose: word for word in current if word.learner == candidate.learner}
    answered = all(_settled(one, latest.get(one.code), candidate, now, material_since) for one in purposes)
    hurdles: tuple[tuple[bool, Why], ...] = (
        (candidate.authority != "full", "no_authority"),
        (candidate.eligible != "yes", "not_eligible"),
        (not candidate.has_address, "no_address"),
        (candidate.unreachable, "unreachable"),
        (candidate.same_person, "same_person"),
        (candidate.standing != "active", "standing"),
        (decides_alone(candidate.birth_date, candidate.jurisdictions, candidate.today), "of_age"),
        (answered, "answered"),
        (candidate.lapsed, "lapsed"),
    )
    return next((why for stands_in_the_way, why in hurdles if stands_in_the_way), None)


def _settled(purpose: Purpose, word: Current | None, candidate: Candidate, now: datetime, material_since: int) -> bool:
    if word is None:
        # A yes to a disclosure waits for a signed form: one letter about it is enough.
        return not purpose.by_mail and candidate.asked
    if word.state in NOES:
        return now < word.recorded_at + QUIET_AFTER_NO or word.answers >= material_since
    return word.stands(now, material_since)


def local_day(now: datetime, zone: str) -> date:
    """The learner's day at an instant; in an unknown zone the day of the last place on earth."""
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError):
        return now.astimezone(timezone(timedelta(hours=-12))).date()


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two addresses are surely one person's: without regard to case and to a `+tag`. Used only to refuse
    that a learner answers for themself, never to deliver or to merge (not all hosts ignore dots, so they count).
    """
    if not one or not other:
        return False
    try:
        return same_person_key(one) == same_person_key(other)
    except Refused:
        return one.strip().casefold() == other.strip().casefold()
