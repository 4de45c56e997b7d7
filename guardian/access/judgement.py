"""The four layers, judged at one instant."""

from datetime import datetime
from typing import Literal, NamedTuple

from guardian.access import guardian_layer, institution_layer
from guardian.access.case import AgePeriod, Asked, Case
from guardian.access.codes import ordered

Access = Literal["permit", "block"]
_AUTHORISED = ("authorised",)
_CONSENTED = ("authorised", "consented")


class Verdict(NamedTuple):
    """What holds at one instant. Two verdicts are the same to a caller if all but `basis` are equal."""

    access: Access
    purposes: tuple[tuple[str, Access, str], ...]
    reasons: tuple[str, ...]
    basis: tuple[str, ...]

    def differs(self, other: "Verdict") -> bool:
        return self[:3] != other[:3]


class _Line(NamedTuple):
    """One purpose: the codes that block it (empty: none does), its reasons, and the ids that carry it."""

    codes: set[str]
    reasons: tuple[str, ...]
    authorisations: list[str]
    consents: list[str]


def judge(case: Case, now: datetime) -> Verdict:
    """The four layers at one instant."""
    age = next(period for period in reversed(case.ages) if period.begins <= now)
    if now >= age.of_age_at:
        reason = next(iter(case.standing_codes), "own_consent")
        access: Access = "block" if case.standing_codes else "permit"
        return Verdict(access, tuple((p.name, access, reason) for p in case.purposes), (reason,), ())
    institution = institution_layer.look(case.enrolments, case.authorisations, now, models=age.models)
    shown: list[tuple[str, Access, str]] = []
    core = False
    blocks: set[str] = set()
    permits: set[str] = set()
    authorisations: set[str] = set()
    consents: set[str] = set()
    for purpose in case.purposes:
        line = _judge_purpose(case, age, institution, purpose, now)
        shown.append((purpose.name, "block" if line.codes else "permit", line.reasons[0]))
        if purpose.core:
            core = True
            blocks |= line.codes
            permits.update(line.reasons)
            authorisations.update(line.authorisations)
            consents.update(line.consents)
    if not core:
        # Nothing is asked for that could carry the access, so nothing permits it.
        blocks = (institution.codes or {"purpose_not_authorised"}) | case.standing_codes
    if blocks:
        return Verdict("block", tuple(shown), ordered(blocks), ())
    basis = (*sorted(authorisations), *sorted(consents))
    return Verdict("permit", tuple(shown), ordered(permits), basis)


def _judge_purpose(
    case: Case, age: AgePeriod, institution: institution_layer.Standing, purpose: Asked, now: datetime
) -> _Line:
    codes = institution.codes | case.standing_codes
    carrying = [a for a in institution.passing if purpose.name in a.purposes]
    if purpose.commercial or not (carrying or institution.codes):
        codes.add("purpose_not_authorised")
    asked = purpose.always or institution_layer.guardian_asked(institution, carrying)
    question = purpose.question
    answers = [guardian_layer.hear(question, rows, now) for rows in question.rows]
    codes |= guardian_layer.objections(answers)
    if asked:
        codes |= guardian_layer.missing(answers, every=age.every, reachable=question.reachable)
        if age.joint and case.assent != "given":
            codes.add("assent_missing" if case.assent is None else "assent_declined")
    if codes:
        return _Line(codes, ordered(codes), [], [])
    if not asked:
        return _Line(codes, _AUTHORISED, [a.id for a in carrying if not a.asks_guardian], [])
    yes = [row.id for answer in answers if answer.yes for row in answer.counted]
    return _Line(codes, _CONSENTED, [a.id for a in carrying], yes)
