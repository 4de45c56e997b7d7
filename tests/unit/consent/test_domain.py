"""A guardian's answer, row by row: the rule stands above the table that tests it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from guardian.consent.domain import (
    MOVES,
    OPEN,
    AnswerState,
    Choice,
    Current,
    Entry,
    Question,
    Verb,
    completed_at,
    entries,
    move,
    sources,
    unanswered,
    withdrawals,
)
from guardian.errors import Conflict

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
ANNA, JAN, ACT = UUID(int=1), UUID(int=2), UUID(int=9)


def word(
    state: AnswerState, *, learner: UUID = ANNA, purpose: str = "lessons", version: int = 2,
    until: datetime | None = None, completed: datetime | None = NOW,
) -> Current:  # fmt: skip
    return Current(
        learner=learner, purpose=purpose, state=state, method="email_plus", notice_version=version,
        recorded_at=NOW - timedelta(days=1), completed_at=completed, valid_until=until, act=ACT,
    )  # fmt: skip


def said(choice: Choice, before: Current | None, *, by_mail: bool = True, version: int = 2) -> list[AnswerState]:
    key = (ANNA, "lessons")
    found = entries(
        [Question(*key, by_mail)], {key: choice}, {key: before} if before else {}, notice_version=version, now=NOW
    )
    return [entry.state for entry in found]


# "queued → sent → delivered | bounced → answered | expired | cancelled | superseded"; ends have no way out.
def test_an_ended_request_never_moves_again() -> None:
    for state in ("answered", "expired", "cancelled", "superseded"):
        assert not [verb for verb, start in MOVES if start == state]
        with pytest.raises(Conflict) as caught:
            move(state, "answer")
        assert caught.value.code == "request_moved_on"


def test_every_open_request_can_be_answered_cancelled_and_superseded() -> None:
    ends: dict[Verb, str] = {"answer": "answered", "cancel": "cancelled", "supersede": "superseded"}
    for verb, after in ends.items():
        assert {move(state, verb) for state in OPEN} == {after}
        assert set(sources(verb)) == set(OPEN)


def test_a_request_that_was_never_sent_does_not_expire() -> None:
    with pytest.raises(Conflict):
        move("queued", "expire")


# "a refusal before any yes is declined; after a yes it is withdrawn; only what differs is written"
@pytest.mark.parametrize(
    ("choice", "before", "written"),
    [
        ("yes", None, ["given"]),
        ("no", None, ["declined"]),
        ("yes", word("given"), []),
        ("yes", word("given", completed=None), []),
        ("no", word("given"), ["withdrawn"]),
        ("no", word("given", completed=None), ["withdrawn"]),
        ("no", word("declined"), []),
        ("no", word("withdrawn"), []),
        ("no", word("revoked"), []),
        ("yes", word("declined"), ["given"]),
        ("yes", word("withdrawn"), ["given"]),
        ("yes", word("void"), ["given"]),
        ("no", word("void"), ["declined"]),
        ("yes", word("stale"), ["given"]),
        ("yes", word("given", version=1), ["given"]),
        ("yes", word("given", until=NOW), ["given"]),
        ("yes", word("given", until=NOW + timedelta(seconds=1)), []),
        ("no", word("given", until=NOW), ["withdrawn"]),
    ],
)
def test_only_a_change_is_written(choice: Choice, before: Current | None, written: list[str]) -> None:
    assert said(choice, before) == written


# "email_plus is refused for any purpose marked as disclosure" (16 CFR 312.5(b)(2)(viii)); a no needs no method.
def test_a_yes_to_a_disclosure_is_not_recorded_by_mail_but_a_no_is() -> None:
    assert said("yes", None, by_mail=False) == []
    assert said("no", None, by_mail=False) == ["declined"]
    assert said("no", word("given"), by_mail=False) == ["withdrawn"]


def test_withdrawing_for_one_child_leaves_the_other_alone() -> None:
    anna = [word("given"), word("declined", purpose="recordings"), word("given", purpose="x")]
    words = [*anna, word("given", learner=JAN)]
    assert withdrawals(words, {ANNA}) == [Entry(ANNA, "lessons", "withdrawn"), Entry(ANNA, "x", "withdrawn")]


# "a request is answered when every child and purpose has an answer"
@pytest.mark.parametrize(
    ("state", "version", "waits"),
    [("given", 2, False), ("given", 1, True), ("declined", 1, False), ("void", 2, True), ("expired", 2, True)],
)
def test_what_still_waits(state: AnswerState, version: int, waits: bool) -> None:
    key = (ANNA, "lessons")
    assert bool(unanswered([Question(*key)], {key: word(state, version=version)}, NOW, 2)) is waits


def test_a_disclosure_keeps_no_request_open() -> None:
    assert unanswered([Question(ANNA, "sharing", by_mail=False)], {}, NOW, 1) == []


# "of a tie the negative one counts": a no is never older than a completed yes, whatever the machines' clocks say.
@pytest.mark.parametrize(
    ("state", "latest", "expected"),
    [
        ("given", None, None),
        ("given", NOW, None),
        ("declined", None, NOW),
        ("withdrawn", NOW - timedelta(hours=1), NOW),
        ("withdrawn", NOW + timedelta(seconds=3), NOW + timedelta(seconds=3)),
    ],
)
def test_a_yes_waits_and_a_no_counts_at_once(state: AnswerState, latest: datetime | None, expected: Any) -> None:
    assert completed_at(state, NOW, latest) == expected
