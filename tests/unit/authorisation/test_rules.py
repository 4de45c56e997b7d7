"""Moves, the signatory, purposes, validity, and what a signature needs: truth tables."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from guardian.authorisation.domain import (
    LONGEST,
    MOVES,
    PAST,
    Act,
    Authorisation,
    State,
    check_purposes,
    check_signatory,
    check_validity,
    froms,
    move,
)
from guardian.authorisation.signing import Signing, digest, faults, record_of
from guardian.errors import Conflict, Refused
from guardian.mail.address import parse
from guardian.notice.domain import Purpose

NOW = datetime(2026, 9, 7, 8, tzinfo=UTC)
STATES: tuple[State, ...] = get_args(State)
ACTS: tuple[Act, ...] = get_args(Act)
# PRODUCT section 3: draft → awaiting_signature → awaiting_verification → active → expired | revoked | superseded
# (also refused, suspended). One row per act: from where, and to where; every other pair is a conflict.
TABLE: dict[Act, tuple[set[State], State]] = {
    "send": ({"draft"}, "awaiting_signature"),
    "sign": ({"awaiting_signature"}, "awaiting_verification"),
    "refuse": ({"awaiting_signature"}, "refused"),
    "verify": ({"awaiting_verification"}, "active"),
    "reject": ({"awaiting_verification"}, "refused"),
    "suspend": ({"active"}, "suspended"),
    "resume": ({"suspended"}, "active"),
    "revoke": ({"draft", "awaiting_signature", "awaiting_verification", "active", "suspended"}, "revoked"),
    "supersede": ({"draft", "awaiting_signature", "awaiting_verification", "active", "suspended"}, "superseded"),
    "expire": ({"draft", "awaiting_signature", "awaiting_verification", "active", "suspended"}, "expired"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_a_move_is_in_the_table_or_a_conflict(state: State, act: Act) -> None:
    sources, after = TABLE[act]
    if state in sources:
        assert move(state, act) == after
    else:
        with pytest.raises(Conflict) as refused:
            move(state, act)
        assert refused.value.code == "authorisation_moved_on"


def test_every_act_leads_to_one_state_and_has_a_word_for_the_audit() -> None:
    assert set(MOVES) == set(STATES)
    assert set(PAST) == set(ACTS)
    for act in ACTS:
        assert {MOVES[state][act] for state in froms(act)} == {TABLE[act][1]}


@pytest.mark.parametrize("state", ["expired", "revoked", "superseded", "refused"])
def test_final_states_are_final(state: State) -> None:
    assert MOVES[state] == {}


# FTC FAQ N: "not a child pretending to be a teacher"; and nobody signs what they asked for
@pytest.mark.parametrize(
    ("signatory", "code"),
    [
        ("head@maple.example.org", None),
        ("kid@pupils.example.org", "signatory_is_pupil"),
        ("kid@4a.Pupils.example.org", "signatory_is_pupil"),
        ("bob@maple.example.org", "signatory_is_starter"),
        ("BOB@maple.example.org", "signatory_is_starter"),
        ("bob+head@maple.example.org", "signatory_is_starter"),
        ("bobby@maple.example.org", None),
    ],
)
def test_who_may_sign(signatory: str, code: str | None) -> None:
    bob = parse("bob@maple.example.org")
    if code is None:
        check_signatory(parse(signatory), bob, ["pupils.example.org"])
    else:
        with pytest.raises(Refused) as refused:
            check_signatory(parse(signatory), bob, ["pupils.example.org"])
        assert refused.value.code == code


KNOWN = (
    Purpose(code="lessons", core=True, retention="P1Y"),
    Purpose(code="recordings", retention="P90D"),
    Purpose(code="newsletter", commercial=True, retention="P1Y"),
)


# LAW requirement 12: what is commercial cannot stand in a school's authorisation
@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        (["lessons"], ("lessons",)),
        (["recordings", "lessons", "lessons"], ("lessons", "recordings")),
        (["lessons", "newsletter"], "purpose_commercial"),
        (["lessons", "selling"], "purpose_unknown"),
        (["recordings"], "purpose_core_missing"),
        ([], "purpose_core_missing"),
    ],
)
def test_which_purposes_a_school_may_authorise(wanted: list[str], answer: tuple[str, ...] | str) -> None:
    if isinstance(answer, tuple):
        assert check_purposes(wanted, KNOWN) == answer
    else:
        with pytest.raises(Refused) as refused:
            check_purposes(wanted, KNOWN)
        assert (refused.value.code, refused.value.where) == (answer, "purposes")


@pytest.mark.parametrize(
    ("ahead", "fits"),
    [(timedelta(seconds=1), True), (LONGEST, True), (timedelta(), False), (-timedelta(days=1), False),
     (LONGEST + timedelta(seconds=1), False)],
)  # fmt: skip
def test_an_end_lies_ahead_and_within_two_years(ahead: timedelta, fits: bool) -> None:
    if fits:
        assert check_validity(NOW + ahead, NOW) == NOW + ahead
    else:
        with pytest.raises(Refused):
            check_validity(NOW + ahead, NOW)


WHOLE = Signing(
    name="Hanna Head", title="Head teacher", statement_confirmed=True, scopes=("use_services", "collect_information")
)


# LAW requirements 8 and 9: both scopes, name, title, statement; one lacking thing at a time, each named
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"scopes": ()}, ["use_services", "collect_information"]),
        ({"scopes": ("use_services",)}, ["collect_information"]),
        ({"scopes": ("collect_information",)}, ["use_services"]),
        ({"name": ""}, ["name"]),
        ({"name": "   "}, ["name"]),
        ({"name": "x" * 256}, ["name"]),
        ({"title": ""}, ["title"]),
        ({"statement_confirmed": False}, ["statement"]),
    ],
)
def test_what_a_signature_lacks(change: dict[str, object], fields: list[str]) -> None:
    signing = msgspec.structs.replace(WHOLE, **change).tidied()
    assert [fault.field for fault in faults(signing)] == fields


def test_an_untouched_form_lacks_everything() -> None:
    assert len(faults(Signing())) == 5


SIGNED = Authorisation(
    id=UUID(int=1), institution=UUID(int=2), state="active", legal_model="guardian_consent",
    scopes=("use_services", "collect_information"), purposes=("lessons",), valid_from=NOW,
    valid_until=NOW + timedelta(days=300), notice=UUID(int=3), notice_sha256="0" * 64, language="pl",
    signatory_email="head@maple.example.org", signatory_name="Łucja Żak", signatory_title="Dyrektorka",
    statement="…", method="email_link", document_sha256=None, started_by=UUID(int=4), created_at=NOW, signed_at=NOW,
    verified_at=None, verified_by=None, ended_at=None,
)  # fmt: skip


def test_a_lapse_is_told_by_the_clock() -> None:
    assert SIGNED.state_at(SIGNED.valid_until - timedelta(seconds=1)) == "active"
    assert SIGNED.state_at(SIGNED.valid_until) == "expired"
    revoked = msgspec.structs.replace(SIGNED, state="revoked")
    assert revoked.state_at(SIGNED.valid_until) == "revoked"


@pytest.mark.parametrize(
    "change",
    [
        {"signatory_name": "Łucja Zak"}, {"signatory_title": "x"}, {"purposes": ("lessons", "recordings")},
        {"valid_until": NOW + timedelta(days=301)}, {"notice_sha256": "1" * 64}, {"scopes": ("use_services",)},
        {"statement": "x"}, {"signed_at": NOW + timedelta(microseconds=1)},
    ],
)  # fmt: skip
def test_the_digest_covers_all_that_was_signed(change: dict[str, object]) -> None:
    record, changed = record_of(SIGNED), record_of(msgspec.structs.replace(SIGNED, **change))
    assert record is not None
    assert changed is not None
    assert digest(record) != digest(changed)


def test_the_digest_does_not_cover_what_happens_later() -> None:
    later = msgspec.structs.replace(SIGNED, state="revoked", verified_at=NOW, valid_from=NOW, ended_at=NOW)
    assert record_of(later) == record_of(SIGNED)


def test_there_is_no_record_before_the_signature_or_after_erasure() -> None:
    assert record_of(msgspec.structs.replace(SIGNED, signed_at=None)) is None
    assert record_of(msgspec.structs.replace(SIGNED, signatory_name=None)) is None
