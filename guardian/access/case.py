"""The facts made ready to be judged at any instant: days as instants, answers by purpose and guardian."""

from datetime import datetime
from typing import NamedTuple

from guardian.access import facts as f
from guardian.access import guardian_layer, institution_layer
from guardian.access.age import EARLIEST, NEVER, day_start, latest_birth_day
from guardian.jurisdiction.birthdays import birthday
from guardian.jurisdiction.domain import periods


class AgePeriod(NamedTuple):
    """From `begins` on: the instant of the threshold birthday, and before it: how guardians must agree, and which
    legal models may carry.
    """

    begins: datetime
    of_age_at: datetime
    every: bool
    joint: bool
    models: frozenset[str]


class Asked(NamedTuple):
    """One purpose as the facts list it."""

    name: str
    core: bool
    commercial: bool
    always: bool
    question: guardian_layer.Question


class Case(NamedTuple):
    """Facts with their days turned into instants and the consents sorted by purpose and guardian."""

    ages: list[AgePeriod]
    enrolments: list[institution_layer.Enrolled]
    authorisations: list[institution_layer.Authorised]
    purposes: list[Asked]
    assent: str | None
    standing_codes: frozenset[str]


def prepare(facts: f.Facts) -> Case:
    """Do once what does not depend on the instant. ValueError: the birth date is none."""
    learner = facts.learner
    place = learner.timezone
    born_on = None if learner.birth_date is None else latest_birth_day(learner.birth_date)
    ages = []
    for period in periods(tuple(learner.jurisdictions)):
        rules = period.rules if facts.rule is None else (facts.rule,)
        day = None if born_on is None else birthday(born_on, period.threshold, period.leap_day)
        of_age_at = NEVER if day is None else day_start(place, day)
        begins = EARLIEST if period.begins_on is None else day_start(place, period.begins_on)
        ages.append(AgePeriod(begins, of_age_at, "all" in rules, "joint" in rules, frozenset(period.models)))
    guardians = {g.id for g in facts.guardians if g.authority == "full"}
    reachable = any(g.has_channel for g in facts.guardians if g.authority == "full")
    rows: dict[str, dict[str, list[f.Consent]]] = {
        name: {guardian: [] for guardian in guardians} for name in facts.purposes
    }
    for row in facts.consents:
        if row.guardian in guardians and row.purpose in rows:
            rows[row.purpose][row.guardian].append(row)
    return Case(
        ages,
        [institution_layer.enrolled(e, place) for e in facts.enrolments],
        [institution_layer.authorised(a) for a in facts.authorisations],
        [
            Asked(
                name,
                spec.core,
                spec.commercial,
                spec.guardian_always or spec.disclosure,
                guardian_layer.Question(
                    spec.disclosure, facts.notice.material_since, list(rows[name].values()), reachable
                ),
            )
            for name, spec in sorted(facts.purposes.items())
        ],
        learner.assent,
        frozenset() if learner.standing == "active" else frozenset({learner.standing}),
    )
