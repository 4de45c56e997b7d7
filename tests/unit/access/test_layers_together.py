"""No layer hides another: a block carries all codes of all failing layers, in the order of the list."""

from itertools import combinations
from typing import Any

import pytest

from guardian.access.codes import CODES, PERMITS
from tests.unit.access.made_facts import NOW, Document, authorisation, consent, example, guardian, purpose, reasons

# One way to fail for every code that facts can give; each changes other facts than the other layers do.
INSTITUTION: dict[str, dict[str, Any]] = {
    "authorisation_unsigned": {"authorisations": [authorisation(status="draft")]},
    "authorisation_not_started": {"authorisations": [authorisation(valid_from="2026-12-01T00:00:00Z")]},
    "authorisation_expired": {"authorisations": [authorisation(valid_until=NOW)]},
    "authorisation_revoked": {"authorisations": [authorisation(status="revoked")]},
    "authorisation_suspended": {"authorisations": [authorisation(status="suspended")]},
    "scope_use_missing": {"authorisations": [authorisation(scopes=["collect_information"])]},
    "scope_collect_missing": {"authorisations": [authorisation(scopes=["use_services"])]},
    "legal_model_not_allowed": {"authorisations": [authorisation(legal_model="school_intermediary")]},
    "purpose_not_authorised": {"authorisations": [authorisation(purposes=[])]},
}
NOT_ENROLLED: dict[str, dict[str, Any]] = {
    "no_institution": {"enrolments": []},
    "left_institution": {"enrolments": [{"institution": "s1", "begins_on": "2025-09-01", "ends_on": "2026-06-30"}]},
    "authorisation_missing": {"authorisations": []},
}
GUARDIAN: dict[str, dict[str, Any]] = {
    "no_guardian": {"guardians": [guardian("g1", "none")]},
    "no_guardian_channel": {"guardians": [guardian("g1", has_channel=False)], "consents": []},
    "guardians_disagree": {
        "guardians": [guardian("g1"), guardian("g2")],
        "consents": [consent(), consent("declined", "g2")],
    },
    "consent_declined": {"consents": [consent("declined")]},
    "consent_withdrawn": {"consents": [consent("withdrawn")]},
    "consent_revoked": {"consents": [consent("revoked")]},
    "consent_void": {"consents": [consent("void")]},
    "consent_expired": {"consents": [consent("expired")]},
    "consent_stale": {"consents": [consent("stale")]},
    "verification_pending": {"consents": [consent(at=None)]},
    "method_too_weak": {"purposes": {"lessons": purpose(disclosure=True)}},
    "consent_missing": {"consents": []},
    "assent_declined": {"rule": "joint", "learner": {"assent": "declined"}},
    "assent_missing": {"rule": "joint"},
}
STANDING: dict[str, dict[str, Any]] = {
    name: {"learner": {"standing": name}} for name in ("reported", "identity_held", "erasure_in_progress", "erased")
}
ALL = {**INSTITUTION, **NOT_ENROLLED, **GUARDIAN, **STANDING}


def both(one: dict[str, Any], other: dict[str, Any]) -> Document:
    learner = {**one.get("learner", {}), **other.get("learner", {})}
    return example(**{**one, **other, "learner": learner})


def test_every_code_that_facts_can_give_is_tried() -> None:
    assert set(ALL) | PERMITS | {"unknown_learner", "engine_error"} == set(CODES)


@pytest.mark.parametrize("code", ALL)
def test_alone(code: str) -> None:
    expected = [code, "consent_declined"] if code == "guardians_disagree" else [code]
    assert reasons(example(**ALL[code])) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((a, b) for a in INSTITUTION for b in {**GUARDIAN, **STANDING}),
        *((a, b) for a in GUARDIAN for b in STANDING),
        *((a, b) for a in NOT_ENROLLED for b in STANDING),
        # An objection counts whether or not anybody was asked.
        *((a, b) for a in NOT_ENROLLED for b in ("consent_declined", "consent_withdrawn", "consent_revoked")),
    ],
)
def test_two_layers(one: str, other: str) -> None:
    alone = reasons(example(**ALL[one])) + reasons(example(**ALL[other]))
    assert reasons(both(ALL[one], ALL[other])) == sorted(alone, key=CODES.index)


def test_all_three_layers_at_once() -> None:
    for one, other in combinations(("authorisation_revoked", "consent_stale", "erased"), 2):
        assert set(reasons(both(ALL[one], ALL[other]))) == {one, other}
    document = both(both_changes("authorisation_revoked", "consent_stale"), ALL["erased"])
    assert reasons(document) == ["authorisation_revoked", "consent_stale", "erased"]


def both_changes(one: str, other: str) -> dict[str, Any]:
    return {**ALL[one], **ALL[other]}


@pytest.mark.parametrize("name", NOT_ENROLLED)
def test_without_an_authorisation_only_the_purpose_itself_asks_a_guardian(name: str) -> None:
    """Asked under a legal model: where there is none, nobody is asked; `guardian_always` asks in any case."""
    assert reasons(both(NOT_ENROLLED[name], GUARDIAN["consent_missing"])) == [name]
    always = {"purposes": {"lessons": purpose(guardian_always=True)}, "consents": []}
    assert reasons(both(NOT_ENROLLED[name], always)) == [name, "consent_missing"]
