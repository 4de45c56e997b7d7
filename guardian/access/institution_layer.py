"""Layer 2, the institution: is the learner enrolled where a valid authorisation stands, and for what?"""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from guardian.access import facts as f
from guardian.access.age import EARLIEST, NEVER, day_end, day_start

ASKS_GUARDIAN = frozenset({"guardian_consent", "school_intermediary"})
_STATUS_CODES = {
    "draft": "authorisation_unsigned",
    "awaiting_signature": "authorisation_unsigned",
    "awaiting_verification": "authorisation_unsigned",
    "expired": "authorisation_expired",
    "revoked": "authorisation_revoked",
    "suspended": "authorisation_suspended",
    "refused": "authorisation_missing",
    "superseded": "authorisation_missing",
}


class Enrolled(NamedTuple):
    """One enrolment as instants: from inclusive, until exclusive."""

    institution: str
    begins: datetime
    ends: datetime


class Authorised(NamedTuple):
    """One authorisation; `faults` are the codes that time does not mend."""

    id: str
    institution: str
    faults: frozenset[str]
    begins: datetime
    ends: datetime
    purposes: frozenset[str]
    model: str
    asks_guardian: bool


class Standing(NamedTuple):
    """What layer 2 says at one instant: those that pass, all that were considered, and why none passes."""

    passing: list[Authorised]
    considered: list[Authorised]
    codes: set[str]


def enrolled(enrolment: f.Enrolment, zone_name: str | None) -> Enrolled:
    ends = NEVER if enrolment.ends_on is None else day_end(zone_name, enrolment.ends_on)
    return Enrolled(enrolment.institution, day_start(zone_name, enrolment.begins_on), ends)


def authorised(authorisation: f.Authorisation) -> Authorised:
    """Every condition that fails gives its own code, whatever else fails too."""
    faults = set()
    if authorisation.status != "active":
        faults.add(_STATUS_CODES[authorisation.status])
    elif authorisation.valid_from is None or authorisation.valid_until is None:
        faults.add("authorisation_missing")  # an authorisation without an end was never one
    if "use_services" not in authorisation.scopes:
        faults.add("scope_use_missing")
    if "collect_information" not in authorisation.scopes:
        faults.add("scope_collect_missing")
    return Authorised(
        authorisation.id,
        authorisation.institution,
        frozenset(faults),
        authorisation.valid_from or EARLIEST,
        authorisation.valid_until or NEVER,
        frozenset(authorisation.purposes),
        authorisation.legal_model,
        authorisation.legal_model in ASKS_GUARDIAN,
    )


def look(
    enrolments: list[Enrolled], authorisations: list[Authorised], now: datetime, *, models: AbstractSet[str]
) -> Standing:
    """What stands at an instant. One passing authorisation is enough; if none passes, all say why. `models`: the
    legal models that the law of the learner's jurisdictions allows then (16 CFR 312, FAQ N; GDPR art. 8 and 28).
    """
    here = {e.institution for e in enrolments if e.begins <= now < e.ends}
    if not here:
        # Between two schools the learner has left one: that is the truer word than never having had any.
        left = any(e.ends <= now for e in enrolments)
        return Standing([], [], {"left_institution" if left else "no_institution"})
    considered = [a for a in authorisations if a.institution in here]
    passing = [a for a in considered if not a.faults and a.model in models and a.begins <= now < a.ends]
    codes: set[str] = set()
    if not passing:
        for a in considered:
            codes |= a.faults
            if a.model not in models:
                codes.add("legal_model_not_allowed")
            if now >= a.ends:
                codes.add("authorisation_expired")
            if now < a.begins:
                codes.add("authorisation_not_started")
        if here - {a.institution for a in considered}:
            codes.add("authorisation_missing")
    return Standing(passing, considered, codes)


def guardian_asked(standing: Standing, carrying: list[Authorised]) -> bool:
    """Whether a legal model asks the guardians about a purpose; `carrying`: the passing ones that carry it.

    A purpose permits through any passing authorisation that carries it, so one that asks nobody is enough.
    Where none carries it, the purpose is blocked anyway, and what guardians lack is told if any model asks.
    """
    if carrying:
        return all(a.asks_guardian for a in carrying)
    return any(a.asks_guardian for a in standing.passing or standing.considered)
