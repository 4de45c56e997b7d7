"""Layer 3. Each row stands under the sentence of the contract that it tries."""

from typing import Any

import pytest

from tests.unit.access.made_facts import (
    NOW,
    Document,
    at,
    authorisation,
    consent,
    example,
    guardian,
    purpose,
    reasons,
    us_school,
)

YES = ["authorised", "consented"]
TWO = [guardian("g1"), guardian("g2")]
LATER = "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("model", "flags", "expected"),
    [
        # "Asked under `guardian_consent` and `school_intermediary`"
        ("guardian_consent", {}, ["consent_missing"]),
        ("school_intermediary", {}, ["consent_missing"]),
        ("school_agent", {}, ["authorised"]),
        # "and for any purpose with `guardian_always` or `disclosure`"
        ("school_agent", {"guardian_always": True}, ["consent_missing"]),
        ("school_agent", {"disclosure": True}, ["consent_missing"]),
    ],
)
def test_who_asks(model: str, flags: dict[str, bool], expected: list[str]) -> None:
    assert reasons(us_school(model, purposes={"lessons": purpose(**flags)})) == expected


def test_a_controller_instructs_without_asking() -> None:
    document = example(authorisations=[authorisation(legal_model="controller_instruction")], consents=[])
    assert reasons(document) == ["authorised"]
    assert reasons({**document, "guardians": []}) == ["authorised"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        # "Under the other models an objection still counts: a counted refusal or withdrawal blocks."
        ("declined", ["consent_declined"]),
        ("withdrawn", ["consent_withdrawn"]),
        ("revoked", ["consent_revoked"]),
        # "`void`, `expired`, `stale` are not [a no]"
        ("void", ["authorised"]),
        ("expired", ["authorised"]),
        ("stale", ["authorised"]),
        ("given", ["authorised"]),
    ],
)
def test_an_objection_counts_where_nobody_asked(state: str, expected: list[str]) -> None:
    assert reasons(us_school(consents=[consent(state)])) == expected
    assert reasons(us_school(consents=[consent(state)], guardians=[guardian("g1", "limited")])) == ["authorised"]


def test_where_nobody_asked_a_yes_beside_a_no_is_a_disagreement() -> None:
    document = us_school(guardians=TWO, consents=[consent(), consent("declined", "g2")])
    assert reasons(document) == ["guardians_disagree", "consent_declined"]


ONE = [
    # "A counted row of any state but `given` is no yes and gives `consent_<state>`"
    ([consent("declined")], ["consent_declined"]),
    ([consent("withdrawn")], ["consent_withdrawn"]),
    ([consent("revoked")], ["consent_revoked"]),
    ([consent("void")], ["consent_void"]),
    ([consent("expired")], ["consent_expired"]),
    ([consent("stale")], ["consent_stale"]),
    # "the row with the latest `completed_at` at or before now counts"
    ([consent(), consent("withdrawn", at=NOW)], ["consent_withdrawn"]),
    ([consent(), consent("withdrawn", at=LATER)], YES),
    ([consent("withdrawn"), consent(at=NOW)], YES),
    ([consent("declined", at="2026-09-03T10:00:00+02:00"), consent()], ["consent_declined"]),
    # "on a tie the negative one"
    ([consent(), consent("declined")], ["consent_declined"]),
    ([consent(), consent("void")], ["consent_void"]),
    ([consent(notice_version=1), consent("declined")], ["consent_declined"]),
    ([consent(id="old", notice_version=1), consent(id="new")], ["consent_stale"]),
    # "A `given` without `completed_at`, or with a later one, is `verification_pending`"
    ([consent(at=None)], ["verification_pending"]),
    ([consent(at=LATER)], ["verification_pending"]),
    ([consent(at="2026-10-01T12:00:01Z")], ["verification_pending"]),
    ([consent(at=NOW)], YES),
    # "and displaces nothing"
    ([consent(), consent(at=None)], YES),
    ([consent(), consent(at=LATER)], YES),
    ([consent("withdrawn"), consent(at=None)], ["consent_withdrawn", "verification_pending"]),
    # "a negative one without it counts at once"
    ([consent(), consent("withdrawn", at=None)], ["consent_withdrawn"]),
    ([consent(at=NOW), consent("declined", at=None)], ["consent_declined"]),
    ([consent(), consent("void", at=None)], ["consent_void"]),
    # "A `given` past its `valid_until` is `consent_expired`"
    ([consent(valid_until=NOW)], ["consent_expired"]),
    ([consent(valid_until="2026-10-01T12:00:01Z")], YES),
    # "with `notice_version` < `material_since` it is `consent_stale`"
    ([consent(notice_version=1)], ["consent_stale"]),
    ([consent(notice_version=3)], YES),
    ([consent(notice_version=None)], ["consent_stale"]),
    ([consent(notice_version=1, valid_until=NOW)], ["consent_expired", "consent_stale"]),
    # An answer about another purpose, or of an unknown guardian, is none.
    ([consent(purpose="audio")], ["consent_missing"]),
    ([consent(by="g9")], ["consent_missing"]),
    ([consent(), consent("declined", "g9")], YES),
    # A refusal that is still to come is no answer yet.
    ([consent("declined", at=LATER)], ["consent_missing"]),
]


@pytest.mark.parametrize(("consents", "expected"), ONE)
def test_one_guardian(consents: list[Document], expected: list[str]) -> None:
    assert reasons(example(consents=consents)) == expected
    assert reasons(example(consents=consents[::-1])) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # "`disclosure` refuses `email_plus`, `text_plus`, `school_attested` (`method_too_weak`)"
        ("email_plus", ["method_too_weak"]),
        ("text_plus", ["method_too_weak"]),
        ("school_attested", ["method_too_weak"]),
        (None, ["method_too_weak"]),
        ("signed_form", YES),
        ("in_person", YES),
        ("video_call", YES),
        ("phone_call", YES),
        ("external", YES),
        ("id_check", YES),
        ("payment", YES),
    ],
)
def test_a_disclosure_asks_for_a_strong_method(method: str | None, expected: list[str]) -> None:
    document = example(consents=[consent(method=method)])
    assert reasons(document) == YES
    assert reasons({**document, "purposes": {"lessons": purpose(disclosure=True)}}) == expected


@pytest.mark.parametrize(
    ("guardians", "consents", "expected"),
    [
        # "Only guardians with authority `full` count, for yes and for no."
        ([guardian("g1", "limited")], [consent()], ["no_guardian"]),
        ([guardian("g1", "none")], [consent()], ["no_guardian"]),
        ([guardian("g1"), guardian("g2", "limited")], [consent(), consent("declined", "g2")], YES),
        # "No guardian with full authority: `no_guardian`"
        ([], [], ["no_guardian"]),
        # "none of them reachable and none has answered: `no_guardian_channel`"
        ([guardian("g1", has_channel=False)], [], ["no_guardian_channel"]),
        ([guardian("g1", has_channel=False), guardian("g2", "limited")], [], ["no_guardian_channel"]),
        ([guardian("g1", has_channel=False)], [consent()], YES),
        ([guardian("g1", has_channel=False)], [consent(at=None)], ["verification_pending"]),
        ([guardian("g1", has_channel=False), guardian("g2")], [], ["consent_missing"]),
        # "nobody has answered: `consent_missing`"
        ([guardian("g1")], [], ["consent_missing"]),
    ],
)
def test_whose_answer_counts(guardians: list[Document], consents: list[Document], expected: list[str]) -> None:
    assert reasons(example(guardians=guardians, consents=consents)) == expected


# g1's row, g2's row, then the codes under any_one and under all. None: silent.
MATRIX: list[tuple[Any, Any, list[str], list[str]]] = [
    # "`any_one`: one yes and no counted no. `all`: a yes of every guardian with full authority."
    ("given", "given", YES, YES),
    # "under `all`: whenever one is silent"
    ("given", None, YES, ["consent_missing"]),
    (None, None, ["consent_missing"], ["consent_missing"]),
    ("declined", None, ["consent_declined"], ["consent_declined", "consent_missing"]),
    ("void", None, ["consent_void"], ["consent_void", "consent_missing"]),
    # "beside a yes the codes are `guardians_disagree` and the no's own code"
    ("given", "declined", ["guardians_disagree", "consent_declined"], ["guardians_disagree", "consent_declined"]),
    ("given", "withdrawn", ["guardians_disagree", "consent_withdrawn"], ["guardians_disagree", "consent_withdrawn"]),
    ("given", "revoked", ["guardians_disagree", "consent_revoked"], ["guardians_disagree", "consent_revoked"]),
    # No yes beside it: nobody disagrees.
    ("declined", "withdrawn", ["consent_declined", "consent_withdrawn"], ["consent_declined", "consent_withdrawn"]),
    ("declined", "void", ["consent_declined", "consent_void"], ["consent_declined", "consent_void"]),
    # What is no yes but no objection stops only who needs every yes.
    ("given", "void", YES, ["consent_void"]),
    ("given", "expired", YES, ["consent_expired"]),
    ("given", "stale", YES, ["consent_stale"]),
    ("expired", "stale", ["consent_expired", "consent_stale"], ["consent_expired", "consent_stale"]),
]


@pytest.mark.parametrize(("first", "second", "any_one", "every"), MATRIX)
@pytest.mark.parametrize("swapped", [False, True])
def test_two_guardians(first: str, second: str | None, any_one: list[str], every: list[str], swapped: bool) -> None:
    names = ("g2", "g1") if swapped else ("g1", "g2")
    consents = [consent(state, by) for state, by in zip((first, second), names, strict=True) if state]
    assert reasons(example(guardians=TWO, consents=consents, rule="any_one")) == any_one
    assert reasons(example(guardians=TWO, consents=consents, rule="all")) == every


def test_a_pending_yes_is_an_answer_but_no_yes() -> None:
    pending = consent(by="g2", at=None)
    assert reasons(example(guardians=TWO, consents=[pending])) == ["verification_pending"]
    assert reasons(example(guardians=TWO, consents=[consent(), pending])) == YES
    assert reasons(example(guardians=TWO, consents=[consent(), pending], rule="all")) == ["verification_pending"]
    both = ["verification_pending", "consent_missing"]
    assert reasons(example(guardians=TWO, consents=[pending], rule="all")) == both


def test_all_asks_only_those_with_full_authority() -> None:
    guardians = [guardian("g1"), guardian("g2", "limited"), guardian("g3", "none")]
    assert reasons(example(guardians=guardians, rule="all")) == YES


@pytest.mark.parametrize(
    ("assent", "consents", "expected"),
    [
        # "`joint`: any_one, and `assent` given (`assent_missing`, `assent_declined`)"
        ("given", [consent()], YES),
        (None, [consent()], ["assent_missing"]),
        ("declined", [consent()], ["assent_declined"]),
        ("given", [], ["consent_missing"]),
        (None, [], ["consent_missing", "assent_missing"]),
        ("declined", [consent("withdrawn")], ["consent_withdrawn", "assent_declined"]),
    ],
)
def test_joint(assent: str | None, consents: list[Document], expected: list[str]) -> None:
    assert reasons(example(learner={"assent": assent}, consents=consents, rule="joint")) == expected


@pytest.mark.parametrize("rule", ["any_one", "all"])
def test_assent_is_asked_only_jointly(rule: str) -> None:
    assert reasons(example(learner={"assent": "declined"}, rule=rule)) == YES


def test_assent_is_not_asked_where_no_guardian_is() -> None:
    document = example(authorisations=[authorisation(legal_model="controller_instruction")], rule="joint")
    assert reasons({**document, "consents": []}) == ["authorised"]


def test_without_a_rule_the_jurisdiction_says() -> None:
    """`rule`: any_one, all, joint, or null = from the jurisdiction. France: the learner agrees too."""
    assert reasons(example(rule=None)) == YES
    assert reasons(example(rule=None, learner={"jurisdictions": ["FR"]})) == ["assent_missing"]
    assert reasons(example(rule=None, learner={"jurisdictions": ["PL", "FR"]})) == ["assent_missing"]
    assert reasons(example(rule="any_one", learner={"jurisdictions": ["FR"]})) == YES


def test_an_answer_counts_for_its_own_purpose() -> None:
    document = example(
        authorisations=[authorisation(purposes=["lessons", "video"])],
        purposes={"lessons": purpose(), "video": purpose(core=False)},
        consents=[consent(), consent("declined", purpose="video")],
    )
    found = at(document)
    assert (found["access"], found["reasons"]) == ("permit", YES)
    assert found["purposes"]["video"] == {"access": "block", "reason": "consent_declined"}
