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
    authorisations: set[str]
    consents: set[str]


def judge(case: Case, now: datetime) -> Verdict:
    """The four layers at one instant."""
    age = next(period for period in reversed(case.ages) if period.begins <= now)
    if now >= age.of_age_at:
        reason = case.standing or "own_consent"
        access: Access = "block" if case.standing else "permit"
        return Verdict(access, tuple((p.name, access, reason) for p in case.purposes), (reason,), ())
    institution = institution_layer.look(case.enrolments, case.authorisations, now)
    if case.standing:
        institution.codes.add(case.standing)
    lines = [_judge_purpose(case, age, institution, purpose, now) for purpose in case.purposes]
    core = [line for purpose, line in zip(case.purposes, lines, strict=True) if purpose.core]
    blocks = set().union(*(line.codes for line in core))
    if not core:
        # Nothing is asked for that could carry the access, so nothing permits it.
        blocks = institution.codes or {"purpose_not_authorised"}
    shown: tuple[tuple[str, Access, str], ...] = tuple(
        (purpose.name, "block" if line.codes else "permit", line.reasons[0])
        for purpose, line in zip(case.purposes, lines, strict=True)
    )
    if blocks:
        return Verdict("block", shown, ordered(blocks), ())
    permits = ordered(code for line in core for code in line.reasons)
    authorisations = set().union(*(line.authorisations for line in core))
    consents = set().union(*(line.consents for line in core))
    return Verdict("permit", shown, permits, (*sorted(authorisations), *sorted(consents)))


def _judge_purpose(
    case: Case, age: AgePeriod, institution: institution_layer.Standing, purpose: Asked, now: datetime
) -> _Line:
    codes = set(institution.codes)
    carrying = [a for a in institution.passing if purpose.name in a.purposes]
    if purpose.commercial or (institution.passing and not carrying):
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
        return _Line(codes, ordered(codes), set(), set())
    if not asked:
        return _Line(codes, _AUTHORISED, {a.id for a in carrying if not a.asks_guardian}, set())
    yes = {row.id for answer in answers if answer.yes for row in answer.counted}
    return _Line(codes, _CONSENTED, {a.id for a in carrying}, yes)
