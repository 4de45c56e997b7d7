"""Which derived flags should stand: a person looks when somebody must, not whenever somebody waits."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from guardian.flags.domain import CLEARS_BY_ITSELF, LOOK_BEFORE, SEVERITY, Kind, look_at, wanted
from guardian.flags.words import SENTENCES

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reasons", "days_left", "expected"),
    [
        ({"consent_missing"}, 14, set()),
        ({"consent_missing"}, 2.001, set()),
        ({"consent_missing"}, 2, {"no_basis"}),
        ({"consent_missing"}, -100, {"no_basis"}),
        ({"authorisation_missing"}, 1, {"no_basis"}),
        ({"reported"}, None, set()),
        ({"no_guardian"}, 14, {"no_guardian"}),
        ({"no_guardian_channel"}, 14, {"no_guardian"}),
        ({"no_guardian"}, -1, {"no_guardian"}),
        ({"guardians_disagree", "consent_declined"}, 7, {"guardians_disagree"}),
        ({"guardians_disagree", "no_guardian_channel"}, 7, {"guardians_disagree", "no_guardian"}),
        ({"consent_declined"}, 1, {"no_basis"}),
    ],
)
def test_what_should_stand(reasons: set[str], days_left: float | None, expected: set[str]) -> None:
    due_at = None if days_left is None else NOW + timedelta(days=days_left)
    assert wanted(frozenset(reasons), blocked=True, due_at=due_at, now=NOW) == expected
    assert wanted(frozenset(reasons), blocked=False, due_at=due_at, now=NOW) == frozenset()


def test_the_sweep_looks_exactly_when_the_answer_changes() -> None:
    due_at = NOW + timedelta(days=14)
    look = look_at(due_at)
    assert look == due_at - LOOK_BEFORE
    waiting = frozenset({"consent_missing"})
    assert wanted(waiting, blocked=True, due_at=due_at, now=look - timedelta(microseconds=1)) == frozenset()
    assert wanted(waiting, blocked=True, due_at=due_at, now=look) == {"no_basis"}
    assert look_at(None) is None


def test_every_kind_has_a_sentence_and_a_severity_and_what_clears_itself_is_known() -> None:
    kinds = set(get_args(Kind))
    assert set(SENTENCES) == set(SEVERITY) == kinds
    assert kinds >= CLEARS_BY_ITSELF


def test_returned_mail_is_told_beside_whatever_else_is() -> None:
    waiting = frozenset({"consent_missing"})
    for due_at, expected in ((None, {"undeliverable"}), (NOW, {"undeliverable", "no_basis"})):
        assert wanted(waiting, blocked=True, due_at=due_at, now=NOW, mail_comes_back=True) == expected
    assert wanted(waiting, blocked=False, due_at=NOW, now=NOW, mail_comes_back=True) == frozenset()
