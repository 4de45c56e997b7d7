"""A learner of age speaks for themself: what their own answers, and their silence, do to a decision.

At the threshold `decide` permits every purpose. That is no silent widening (DECISION layer 1): an *optional* purpose
stays as the guardians' control left it until the learner has answered on their own page. What a guardian allowed goes
on (EDPB 05/2020 para 149), what a guardian refused or never answered stays off; and a learner who takes back a core
purpose closes the account, as a guardian's withdrawal did before. Of a learner who was of age when first put on
record no guardian was in control: there only a guardian's standing no keeps a purpose off.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from guardian.access import guardian_layer
from guardian.access.case import AgePeriod, prepare
from guardian.access.codes import STEPS
from guardian.access.decision import Decision, PurposeDecision
from guardian.access.facts import Facts
from guardian.access.judgement import judge

OwnState = Literal["given", "declined", "withdrawn"]
Own = Mapping[str, tuple[OwnState, datetime]]
"""The learner's latest answer by purpose, and when it was given."""

_TICK = timedelta(microseconds=1)
_SILENT, _NO = "assent_missing", "assent_declined"


def spoken_for(
    decision: Decision, facts: Facts, own: Own, now: datetime, *, known_since: datetime
) -> tuple[Decision, datetime | None]:
    """The decision with the learner's own word in it; and since when, where that word closes the account.
    `known_since`: when the learner was first put on record.

    It never opens anything: under the threshold, and for whoever is blocked anyway, nothing changes.
    """
    if decision.reasons != ("own_consent",):
        return decision, None
    left = _left_by_guardians(facts, now, known_since)
    purposes = {
        name: _own(name, one, core=facts.purposes[name].core, own=own, left=left)
        for name, one in decision.purposes.items()
    }
    closing = [own[name][1] for name, one in purposes.items() if one.reason == _NO and facts.purposes[name].core]
    if not closing:
        return msgspec.structs.replace(decision, purposes=purposes), None
    blocked = msgspec.structs.replace(
        decision, access="block", purposes=purposes, reasons=(_NO,), basis=(), next_step=STEPS[_NO]
    )
    return blocked, min(closing)


def _own(name: str, permitted: PurposeDecision, *, core: bool, own: Own, left: frozenset[str]) -> PurposeDecision:
    said = own[name][0] if name in own else None
    if said == "given" or (said is None and (core or name in left)):
        return permitted
    return PurposeDecision("block", _SILENT if said is None else _NO)


def _left_by_guardians(facts: Facts, now: datetime, known_since: datetime) -> frozenset[str]:
    """The purposes that permitted at the last instant at which guardians decided."""
    case = prepare(facts)
    age: AgePeriod = next(period for period in reversed(case.ages) if period.begins <= now)
    ended = max(age.begins, age.of_age_at)
    if known_since < ended:
        verdict = judge(case, ended - _TICK)
        return frozenset(name for name, access, _ in verdict.purposes if access == "permit")
    return frozenset(
        purpose.name
        for purpose in case.purposes
        if not any(guardian_layer.hear(purpose.question, rows, now).no for rows in purpose.question.rows)
    )
