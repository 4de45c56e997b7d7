"""Facts are read word for word, or refused with the place that is not understood."""

import json
from typing import Any

import pytest

from guardian.access.parse import parse_facts, parse_instant
from guardian.errors import Refused
from tests.unit.access.made_facts import Document, consent, example, guardian


def changed(pointer: str, value: Any) -> Document:
    """The example with one place set; a new name is added."""
    document = example()
    *path, last = pointer.strip("/").split("/")
    place: Any = document
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value
    return document


def refused(document: object) -> Refused:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(Refused) as wrong:
        parse_facts(text)
    assert wrong.value.code == "facts_invalid"
    return wrong.value


@pytest.mark.parametrize(
    "pointer",
    [
        "/note",
        "/learner/name",
        "/enrolments/0/class",
        "/authorisations/0/signatory",
        "/guardians/0/email",
        "/consents/0/ip",
        "/purposes/lessons/marketing",
        "/notice/hash",
    ],
)
def test_an_unknown_field_is_refused_by_name(pointer: str) -> None:
    wrong = refused(changed(pointer, 1))
    assert wrong.where == pointer
    assert pointer in str(wrong)


@pytest.mark.parametrize(
    "pointer",
    [
        "/learner/standing",
        "/learner/assent",
        "/authorisations/0/status",
        "/authorisations/0/legal_model",
        "/authorisations/0/scopes/1",
        "/guardians/0/authority",
        "/consents/0/state",
        "/consents/0/method",
        "/rule",
    ],
)
def test_an_unknown_word_is_refused_and_the_known_ones_are_named(pointer: str) -> None:
    wrong = refused(changed(pointer, "Jan Kowalski"))
    assert wrong.where == pointer
    assert "Use one of" in str(wrong)
    assert "Kowalski" not in str(wrong)
    assert refused(changed(pointer, "Given")).where == pointer


INSTANTS = [
    "/authorisations/0/valid_from",
    "/authorisations/0/valid_until",
    "/consents/0/completed_at",
    "/consents/0/valid_until",
]


@pytest.mark.parametrize("pointer", INSTANTS)
def test_a_naive_instant_is_refused(pointer: str) -> None:
    wrong = refused(changed(pointer, "2026-09-01T08:00:00"))
    assert wrong.where == pointer
    assert "time zone" in str(wrong)


@pytest.mark.parametrize("pointer", INSTANTS)
@pytest.mark.parametrize(
    "value",
    ["", "2026-09-01", "2026-02-30T00:00:00Z", "2026-09-01T24:00:00Z", "now", 1756720800, "0001-01-01T00:00:00+01:00"],
)
def test_what_is_no_instant_is_refused(pointer: str, value: object) -> None:
    assert refused(changed(pointer, value)).where == pointer


@pytest.mark.parametrize("value", ["2026-02-30", "2026-9-1", "2026-09-01T00:00:00Z", "", None, 20260901])
def test_what_is_no_day_is_refused(value: object) -> None:
    assert refused(changed("/enrolments/0/begins_on", value)).where == "/enrolments/0/begins_on"


@pytest.mark.parametrize("value", ["2016-02-30", "2016-13", "16", "1.5.2016", "", 2016])
def test_what_is_no_birth_date_is_refused(value: object) -> None:
    assert refused(changed("/learner/birth_date", value)).where == "/learner/birth_date"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/learner", None),
        ("/learner/standing", None),
        ("/learner/jurisdictions", "PL"),
        ("/guardians/0/has_channel", "yes"),
        ("/purposes/lessons/core", 1),
        ("/purposes/lessons", True),
        ("/notice/version", "2"),
        ("/notice/material_since", None),
        ("/consents/0/notice_version", 2.5),
        ("/enrolments", {}),
    ],
)
def test_a_wrong_type_is_refused(pointer: str, value: object) -> None:
    assert refused(changed(pointer, value)).where == pointer


def test_the_purpose_that_is_wrong_is_named() -> None:
    document = example()
    document["purposes"]["a/b~c"] = {**document["purposes"]["lessons"], "core": "yes"}
    assert refused(document).where == "/purposes/a~1b~0c/core"


@pytest.mark.parametrize(
    "pointer",
    [
        "/learner",
        "/learner/standing",
        "/learner/jurisdictions",
        "/enrolments",
        "/authorisations/0/id",
        "/authorisations/0/scopes",
        "/guardians",
        "/consents",
        "/consents/0/state",
        "/purposes/lessons/commercial",
        "/notice",
    ],
)
def test_what_may_not_be_unknown_must_be_there(pointer: str) -> None:
    document = example()
    *path, last = pointer.strip("/").split("/")
    place: Any = document
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place[part]
    del place[last]
    assert refused(document).where == pointer


def test_what_may_be_unknown_may_be_left_out() -> None:
    document = example()
    for name in ("birth_date", "timezone", "assent"):
        del document["learner"][name]
    del document["rule"], document["enrolments"][0]["ends_on"], document["consents"][0]["valid_until"]
    facts = parse_facts(json.dumps(document).encode())
    assert (facts.learner.birth_date, facts.rule, facts.enrolments[0].ends_on) == (None, None, None)


@pytest.mark.parametrize("status", ["active", "expired", "revoked", "suspended"])
def test_a_signed_authorisation_has_an_end(status: str) -> None:
    document = changed("/authorisations/0/valid_until", None)
    document["authorisations"][0]["status"] = status
    assert refused(document).where == "/authorisations/0/valid_until"


def test_a_guardian_stands_there_once() -> None:
    assert refused(example(guardians=[guardian("g1"), guardian("g1", "none")])).where == "/guardians/1/id"


def test_a_field_stands_there_once() -> None:
    text = json.dumps(example()).replace('"standing": "active"', '"standing": "erased", "standing": "active"')
    assert refused(text.encode()).where == "/learner/standing"
    text = json.dumps(example(consents=[consent(), consent(id="x")])).replace('"id": "x"', '"id": "y", "id": "x"')
    assert refused(text.encode()).where == "/consents/1/id"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"", ""),
        (b"{", ""),
        (b"null", ""),
        (b"[]", ""),
        (b"\xff\xfe{}", ""),
        (b"[" * 100_000, ""),
        (b'{"a": ' * 100_000, "/a"),
        (b'{"learner": ' * 2, "/learner/learner"),
        (b'{"rule": "\\ud800"}', ""),
        (json.dumps(example()).encode() + b"{}", ""),
        (json.dumps(example()).encode().replace(b"lessons", b"\xff"), ""),
    ],
)
def test_what_is_no_json_object_is_refused(text: bytes, where: str) -> None:
    wrong = refused(text)
    assert wrong.where == where
    assert where or "JSON" in str(wrong)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_facts(b"\xef\xbb\xbf" + json.dumps(example()).encode()) == parse_facts(json.dumps(example()).encode())


@pytest.mark.parametrize("text", ["2026-09-01T08:00:00", "2026-09-01", "", "now", "9999-12-31T23:59:59-01:00"])
def test_an_instant_given_apart_is_as_strict(text: str) -> None:
    with pytest.raises(Refused) as wrong:
        parse_instant(text, "--at")
    assert (wrong.value.code, wrong.value.where) == ("instant_invalid", "--at")
