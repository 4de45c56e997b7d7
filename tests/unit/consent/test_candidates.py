"""Who is asked about whom."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from guardian.consent.candidates import (
    Authorised,
    Candidate,
    Why,
    decides_alone,
    local_day,
    purposes_to_ask,
    same_person,
    why_not,
)
from guardian.consent.chasing import reminders_due
from guardian.consent.domain import AnswerState, Current
from guardian.notice.domain import Purpose

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
LESSONS = Purpose(code="lessons", core=True, retention="P1Y")
RECORDINGS = Purpose(code="recordings", retention="P1Y")
SHARING = Purpose(code="sharing", disclosure=True, retention="P1Y")
PHOTOS = Purpose(code="photos", guardian_always=True, retention="P1Y")
ADS = Purpose(code="ads", commercial=True, retention="P1Y")
EVERY = (LESSONS, RECORDINGS, SHARING, PHOTOS, ADS)
CODES = tuple(purpose.code for purpose in EVERY)
ALICE = Candidate(
    guardian=UUID(int=1), learner=UUID(int=2), authority="full", eligible="yes", has_address=True, unreachable=False,
    same_person=False, standing="active", birth_date="2016-05-01", jurisdictions=("PL",), today=date(2026, 9, 7),
)  # fmt: skip


def word(
    state: AnswerState = "given", *, purpose: str = "lessons", version: int = 1, age: int = 1,
    until: datetime | None = None,
) -> Current:  # fmt: skip
    at = NOW - timedelta(days=age)
    return Current(
        learner=ALICE.learner, purpose=purpose, state=state, method="email_plus", notice_version=version,
        recorded_at=at, completed_at=at, valid_until=until, act=UUID(int=9),
    )  # fmt: skip


def why(
    words: Sequence[Current] = (), purposes: Sequence[Purpose] = (LESSONS,), since: int = 1, **changes: Any
) -> Why | None:
    return why_not(msgspec.structs.replace(ALICE, **changes), purposes, words, now=NOW, material_since=since)


# "authority full, eligible yes, has an address that takes mail, is not the learner, not erased, not of age"
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"authority": "limited"}, "no_authority"),
        ({"authority": "none"}, "no_authority"),
        ({"eligible": "no"}, "not_eligible"),
        ({"eligible": "ask"}, "not_eligible"),
        ({"has_address": False}, "no_address"),
        ({"unreachable": True}, "unreachable"),
        ({"same_person": True}, "same_person"),
        ({"standing": "erased"}, "standing"),
        ({"standing": "identity_held"}, "standing"),
        ({"birth_date": "2010-09-07"}, "of_age"),
        ({"birth_date": "2010-09-08"}, None),
        ({"birth_date": None}, None),
        ({"lapsed": True}, "lapsed"),
    ],
)
def test_who_is_asked(changes: dict[str, Any], expected: Any) -> None:
    assert why(**changes) == expected


# "after a refusal no new request within half a year; a yes to an older material notice is asked again"
@pytest.mark.parametrize(
    ("words", "since", "expected"),
    [
        ([word("given")], 1, "answered"),
        ([word("given")], 2, None),
        ([word("given", until=NOW)], 1, None),
        ([word("declined", age=179)], 2, "answered"),
        ([word("declined", age=181)], 2, None),
        ([word("withdrawn", age=400)], 1, "answered"),
        ([word("void")], 1, None),
        ([word("given", purpose="recordings")], 1, None),
    ],
)
def test_what_was_answered_is_not_asked_again(words: list[Current], since: int, expected: Any) -> None:
    assert why(words, since=since) == expected


# A yes to a disclosure cannot come by mail: one letter about it is enough.
def test_a_disclosure_is_written_about_once() -> None:
    assert why([], (SHARING,)) is None
    assert why([], (SHARING,), asked=True) == "answered"
    assert why([word("given")], (LESSONS, SHARING), asked=True) == "answered"


# DECISION section 3: every purpose under guardian_consent and school_intermediary; else guardian_always, disclosure.
@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("guardian_consent", ["lessons", "recordings", "sharing", "photos"]),
        ("school_intermediary", ["lessons", "recordings", "sharing", "photos"]),
        ("school_agent", ["sharing", "photos"]),
        ("controller_instruction", ["sharing", "photos"]),
    ],
)
def test_what_is_asked_under_each_legal_model(model: str, asked: list[str]) -> None:
    assert [purpose.code for purpose in purposes_to_ask([Authorised(model, CODES)], EVERY)] == asked


def test_only_what_the_school_authorised_is_asked() -> None:
    assert purposes_to_ask([Authorised("guardian_consent", ("lessons", "gone"))], EVERY) == [LESSONS]
    assert purposes_to_ask([], EVERY) == []


# 29 February → 1 March in common years; year only → 31 December; month only → its last day
@pytest.mark.parametrize(
    ("born", "today", "alone"),
    [
        ("2012-02-29", date(2028, 2, 28), False),
        ("2012-02-29", date(2028, 2, 29), True),
        ("2013-02-28", date(2029, 2, 28), True),
        ("2010", date(2026, 12, 30), False),
        ("2010", date(2026, 12, 31), True),
        ("2010-02", date(2026, 2, 27), False),
        ("2010-02", date(2026, 2, 28), True),
    ],
)
def test_the_learner_decides_alone_from_the_birthday_on(born: str, today: date, alone: bool) -> None:
    assert decides_alone(born, ("PL",), today) is alone


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kid@x.example.org", "kid@x.example.org", True),
        ("kid+1@x.example.org", "kid@x.example.org", True),
        (" kid@x.example.org", "kid@X.example.org ", True),
        ("k.id@x.example.org", "kid@x.example.org", False),
        ("kid@x.example.org", "kid@y.example.org", False),
        (None, None, False),
        ("kid@x.example.org", None, False),
    ],
)
def test_the_learner_s_own_address_is_recognised(one: str | None, other: str | None, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.time
def test_days_are_the_learner_s_own() -> None:
    late = datetime(2026, 9, 7, 22, 30, tzinfo=UTC)
    assert local_day(late, "Europe/Warsaw") == date(2026, 9, 8)
    assert local_day(datetime(2026, 9, 7, 11, 59, tzinfo=UTC), "No/Where") == date(2026, 9, 6)


@pytest.mark.time
def test_reminders_are_counted_in_absolute_days_over_a_change_of_the_clocks() -> None:
    sent = datetime(2026, 10, 23, 8, 0, tzinfo=UTC)
    for days, due in ((2.999, 0), (3, 1), (6.999, 1), (7, 2), (11.999, 2), (12, 3), (90, 3)):
        assert reminders_due((3, 7, 12), sent, sent + timedelta(days=days)) == due
