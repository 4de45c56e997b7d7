"""The worked example, and the shape of the answer."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from guardian.access.decision import Decision, PurposeDecision, refusal, written
from guardian.access.domain import decide
from guardian.access.parse import parse_facts
from tests.unit.access.made_facts import at, consent, example, purpose, us_school

FIELDS = [
    "learner",
    "access",
    "purposes",
    "reasons",
    "basis",
    "since",
    "until",
    "next_step",
    "flag",
    "purge_due_at",
    "revision",
]


def test_the_example_permits_until_its_authorisation_ends() -> None:
    assert at(example()) == {
        "learner": None,
        "access": "permit",
        "purposes": {"lessons": {"access": "permit", "reason": "authorised"}},
        "reasons": ["authorised", "consented"],
        "basis": ["a1", "c1"],
        "since": None,
        "until": "2027-08-31T22:00:00Z",
        "next_step": None,
        "flag": None,
        "purge_due_at": None,
        "revision": None,
    }


def test_the_answer_has_its_fields_in_their_order() -> None:
    assert list(at(example())) == FIELDS


def test_the_example_blocks_before_the_second_message() -> None:
    found = at(example(), "2026-09-03T07:59:59Z")
    assert (found["access"], found["reasons"], found["basis"]) == ("block", ["verification_pending"], [])
    assert (found["until"], found["next_step"]) == ("2026-09-03T08:00:00Z", "wait_for_verification")


def test_an_optional_purpose_only_blocks_itself() -> None:
    found = at(example(purposes={"lessons": purpose(), "newsletter": purpose(core=False, commercial=True)}))
    assert found["access"] == "permit"
    assert found["reasons"] == ["authorised", "consented"]
    assert found["purposes"]["newsletter"] == {"access": "block", "reason": "purpose_not_authorised"}


def test_a_block_does_not_carry_the_codes_of_optional_purposes() -> None:
    purposes = {"lessons": purpose(), "newsletter": purpose(core=False, commercial=True)}
    found = at(example(consents=[], purposes=purposes))
    assert found["reasons"] == ["consent_missing"]


def test_one_core_purpose_that_blocks_closes_access() -> None:
    found = at(example(purposes={"lessons": purpose(), "audio": purpose()}))
    assert found["access"] == "block"
    assert found["reasons"] == ["purpose_not_authorised", "consent_missing"]
    assert found["purposes"]["lessons"] == {"access": "permit", "reason": "authorised"}
    assert found["basis"] == []


@pytest.mark.parametrize("purposes", [{}, {"newsletter": purpose(core=False)}])
def test_without_a_core_purpose_nothing_carries_access(purposes: dict[str, object]) -> None:
    """`access` permits when every core purpose permits: that none is there to refuse admits nobody."""
    assert at(example(purposes=purposes))["reasons"] == ["purpose_not_authorised"]
    assert at(example(purposes=purposes, enrolments=[]))["reasons"] == ["no_institution"]
    assert at(example(purposes=purposes, learner={"birth_date": "2000-01-01"}))["reasons"] == ["own_consent"]


def test_the_basis_names_what_carries_the_permit_and_no_more() -> None:
    other = consent(by="g9")
    assert at(example(consents=[consent(id="c7"), other]))["basis"] == ["a1", "c7"]
    assert at(us_school(consents=[consent(id="c7")]))["basis"] == ["a1"]


def test_instants_are_written_in_utc_with_whole_seconds() -> None:
    east = datetime(2026, 9, 1, 10, 0, 0, tzinfo=timezone(timedelta(hours=2)))
    assert written(east) == "2026-09-01T08:00:00Z"
    assert written(datetime(999, 1, 1, tzinfo=UTC)) == "0999-01-01T00:00:00Z"
    assert written(None) is None


def test_until_is_rounded_up_so_that_the_change_has_happened() -> None:
    half = datetime(2026, 9, 1, 8, 0, 0, 500_000, tzinfo=UTC)
    assert written(half, up=True) == "2026-09-01T08:00:01Z"
    assert written(datetime.max.replace(tzinfo=UTC), up=True) == "9999-12-31T23:59:59Z"


def test_the_document_carries_what_the_caller_fills_in() -> None:
    found = msgspec.structs.replace(
        refusal("unknown_learner", learner="p-1"), flag="no_basis", since=datetime(2026, 1, 1, tzinfo=UTC), revision=7
    )
    assert msgspec.json.decode(found.to_json()) == {
        "learner": "p-1",
        "access": "block",
        "purposes": {},
        "reasons": ["unknown_learner"],
        "basis": [],
        "since": "2026-01-01T00:00:00Z",
        "until": None,
        "next_step": "check_learner_id",
        "flag": "no_basis",
        "purge_due_at": None,
        "revision": 7,
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"birth_date": "not a date"},
        {"jurisdictions": None},
        {"standing": ["active"]},
    ],
)
def test_engine_trouble_is_never_a_permit(broken: dict[str, object]) -> None:
    facts = parse_facts(msgspec.json.encode(us_school()))
    learner = msgspec.structs.replace(facts.learner, **broken)
    found = decide(msgspec.structs.replace(facts, learner=learner), datetime(2026, 10, 1, tzinfo=UTC))
    assert found.access == "block"


def test_engine_trouble_is_told_for_every_purpose() -> None:
    facts = parse_facts(msgspec.json.encode(us_school()))
    naive = datetime(2026, 10, 1)
    assert decide(facts, naive) == Decision(
        access="block",
        purposes={"lessons": PurposeDecision("block", "engine_error")},
        reasons=("engine_error",),
        next_step="ask_again_later",
    )


def test_no_facts_at_all_are_engine_trouble() -> None:
    assert decide(None, datetime(2026, 10, 1, tzinfo=UTC)).reasons == ("engine_error",)  # type: ignore[arg-type]
