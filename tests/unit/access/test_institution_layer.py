"""Layer 2. Each row stands under the sentence of the contract that it tries."""

from typing import Any

import pytest

from tests.unit.access.made_facts import NOW, Document, at, authorisation, consent, example, purpose, reasons, us_school

ENDED = {"institution": "s1", "begins_on": "2025-09-01", "ends_on": "2026-06-30"}
FUTURE = {"institution": "s1", "begins_on": "2027-09-01", "ends_on": None}
OPEN = {"institution": "s1", "begins_on": "2026-09-01", "ends_on": None}


@pytest.mark.parametrize(
    ("enrolments", "expected"),
    [
        # "No enrolment, or only future ones: `no_institution`"
        ([], ["no_institution"]),
        ([FUTURE], ["no_institution"]),
        # "only ended ones: `left_institution`"
        ([ENDED], ["left_institution"]),
        ([ENDED, FUTURE], ["left_institution"]),
        # "an institution in which the learner is enrolled now"
        ([ENDED, OPEN], ["authorised", "consented"]),
        # "enrolled, but no authorisation of that institution: `authorisation_missing`"
        ([{**OPEN, "institution": "s2"}], ["authorisation_missing"]),
        ([OPEN, {**OPEN, "institution": "s2"}], ["authorised", "consented"]),
        # An enrolment that ends before it begins never counts.
        ([{"institution": "s1", "begins_on": "2026-09-01", "ends_on": "2026-08-01"}], ["left_institution"]),
    ],
)
def test_enrolments(enrolments: list[Document], expected: list[str]) -> None:
    assert reasons(example(enrolments=enrolments)) == expected


@pytest.mark.time
@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        # "days are local days of the learner's time zone"
        ("2026-09-30T21:59:59Z", "no_institution"),
        ("2026-09-30T22:00:00Z", "consented"),
        # "an enrolment counts through the end of `ends_on`"
        ("2026-10-31T22:59:59Z", "consented"),
        ("2026-10-31T23:00:00Z", "left_institution"),
    ],
)
def test_an_enrolment_counts_by_local_days(instant: str, expected: str) -> None:
    enrolment = {"institution": "s1", "begins_on": "2026-10-01", "ends_on": "2026-10-31"}
    assert reasons(example(enrolments=[enrolment]), instant)[-1] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # "`draft`, `awaiting_signature` and `awaiting_verification` give `authorisation_unsigned`"
        ({"status": "draft"}, ["authorisation_unsigned"]),
        ({"status": "awaiting_signature"}, ["authorisation_unsigned"]),
        ({"status": "awaiting_verification"}, ["authorisation_unsigned"]),
        ({"status": "draft", "valid_from": None, "valid_until": None}, ["authorisation_unsigned"]),
        # "`refused` and `superseded` give `authorisation_missing`"
        ({"status": "refused"}, ["authorisation_missing"]),
        ({"status": "superseded"}, ["authorisation_missing"]),
        # "now >= `valid_until`, or status `expired`: `authorisation_expired`"
        ({"status": "expired"}, ["authorisation_expired"]),
        ({"valid_until": NOW}, ["authorisation_expired"]),
        ({"valid_until": "2026-10-01T12:00:01Z"}, ["authorised", "consented"]),
        # "now < `valid_from`: `authorisation_not_started`"
        ({"valid_from": "2026-10-01T12:00:01Z"}, ["authorisation_not_started"]),
        ({"valid_from": NOW}, ["authorised", "consented"]),
        # "`revoked`, `suspended`: their own code"
        ({"status": "revoked"}, ["authorisation_revoked"]),
        ({"status": "suspended"}, ["authorisation_suspended"]),
        # "both scopes are there"
        ({"scopes": ["collect_information"]}, ["scope_use_missing"]),
        ({"scopes": ["use_services"]}, ["scope_collect_missing"]),
        ({"scopes": []}, ["scope_use_missing", "scope_collect_missing"]),
        # "not among the purposes of a passing authorisation: `purpose_not_authorised`"
        ({"purposes": ["other"]}, ["purpose_not_authorised"]),
        # "A block carries all codes"
        (
            {"status": "suspended", "valid_until": NOW, "scopes": [], "legal_model": "own_consent"},
            [
                "authorisation_expired",
                "authorisation_suspended",
                "scope_use_missing",
                "scope_collect_missing",
                "legal_model_not_allowed",
            ],
        ),
    ],
)
def test_an_authorisation(changes: dict[str, Any], expected: list[str]) -> None:
    assert reasons(example(authorisations=[authorisation(**changes)])) == expected


@pytest.mark.parametrize(
    ("model", "jurisdictions", "allowed"),
    [
        # "`school_agent` and `school_intermediary` only if all jurisdictions are US or US-*"
        ("school_agent", ["US"], True),
        ("school_agent", ["US", "US-CA"], True),
        ("school_agent", [" us-ny "], True),
        ("school_agent", ["US", "PL"], False),
        ("school_agent", ["USA"], False),
        ("school_agent", [], False),
        ("school_intermediary", ["US-CA"], True),
        ("school_intermediary", ["PL"], False),
        # "`controller_instruction` only if none is"
        ("controller_instruction", ["PL"], True),
        ("controller_instruction", ["PL", "FR"], True),
        ("controller_instruction", ["PL", "US-CA"], False),
        ("controller_instruction", ["US"], False),
        # "`guardian_consent` everywhere"
        ("guardian_consent", ["US"], True),
        ("guardian_consent", ["PL", "US"], True),
        ("guardian_consent", [], True),
        # "`own_consent` never under the threshold"
        ("own_consent", ["PL"], False),
        ("own_consent", ["US"], False),
    ],
)
def test_a_legal_model(model: str, jurisdictions: list[str], allowed: bool) -> None:
    learner = {"jurisdictions": jurisdictions, "birth_date": "2018-01-01"}
    document = example(authorisations=[authorisation(legal_model=model)], learner=learner)
    assert reasons(document)[0] == ("authorised" if allowed else "legal_model_not_allowed")


def test_one_passing_authorisation_is_enough() -> None:
    lapsed = authorisation(id="a0", status="expired", scopes=[])
    found = at(example(authorisations=[lapsed, authorisation()]))
    assert (found["reasons"], found["basis"]) == (["authorised", "consented"], ["a1", "c1"])


def test_if_none_passes_all_say_why() -> None:
    """The codes of every authorisation of those institutions, lapsed ones included."""
    document = example(
        enrolments=[OPEN, {**OPEN, "institution": "s2"}, {**ENDED, "institution": "s3"}],
        authorisations=[
            authorisation(id="a0", valid_until="2026-09-15T00:00:00Z"),
            authorisation(id="a2", status="draft"),
            authorisation(id="a3", institution="s3", status="revoked"),
            authorisation(id="a4", institution="s4", status="suspended"),
        ],
    )
    assert reasons(document) == ["authorisation_missing", "authorisation_unsigned", "authorisation_expired"]


def test_an_authorisation_of_another_institution_carries_nothing() -> None:
    assert reasons(example(authorisations=[authorisation(institution="s2")])) == ["authorisation_missing"]


def test_a_commercial_purpose_is_never_authorised() -> None:
    document = example(purposes={"lessons": purpose(commercial=True)})
    assert reasons(document) == ["purpose_not_authorised"]


def test_a_purpose_permits_through_any_passing_authorisation_that_carries_it() -> None:
    document = us_school(
        authorisations=[
            authorisation(id="agent", legal_model="school_agent"),
            authorisation(id="asking", legal_model="guardian_consent"),
            authorisation(id="other", legal_model="school_agent", purposes=["audio"]),
        ]
    )
    found = at(document)
    assert (found["reasons"], found["basis"]) == (["authorised"], ["agent"])
    document["consents"] = [consent("declined")]
    assert reasons(document) == ["consent_declined"]


def test_a_purpose_that_only_an_asking_authorisation_carries_is_asked() -> None:
    document = us_school(
        authorisations=[
            authorisation(id="agent", legal_model="school_agent", purposes=["audio"]),
            authorisation(id="asking", legal_model="guardian_consent"),
        ]
    )
    assert reasons(document) == ["consent_missing"]
