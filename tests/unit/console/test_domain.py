"""What pages show is computed from decisions and instants alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from guardian.console.domain import (
    Asked,
    ClassProgress,
    age,
    batches,
    class_order,
    deadline,
    funnel,
    is_stale,
    progress,
    stand_of,
)  # fmt: skip

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("access", "reasons", "stand"),
    [
        ("permit", ["consented"], "permit"),
        ("block", ["consent_missing"], "waiting"),
        ("block", ["consent_missing", "verification_pending"], "waiting"),
        ("block", ["authorisation_unsigned", "consent_missing"], "waiting"),
        ("block", ["no_guardian"], "blocked"),
        ("block", ["consent_declined", "consent_missing"], "blocked"),
        ("block", ["consent_missing", "reported"], "blocked"),
    ],
)
def test_waiting_means_that_every_reason_ends_without_anybody_at_the_school(
    access: str, reasons: list[str], stand: str
) -> None:
    assert stand_of(access, reasons) == stand


def test_classes_stand_in_natural_order_and_no_class_last() -> None:
    names = ["10c", "", "2b", "2a", "Żabki", "4"]
    assert sorted(names, key=class_order) == ["2a", "2b", "4", "10c", "Żabki", ""]


def test_progress_counts_a_learner_without_a_decision_as_not_admitted() -> None:
    assert progress({A: "4a", B: "4a", C: None}, {A: "permit", C: "permit"}) == [
        ClassProgress("4a", 1, 2),
        ClassProgress("", 1, 1),
    ]


def test_each_step_of_the_funnel_counts_only_who_passed_the_one_before() -> None:
    asked = [
        Asked(A, sent=True, answered=True),
        Asked(B, sent=True, answered=False),
        Asked(C, sent=False, answered=True),
    ]
    found = funnel(asked, {A: "permit", B: "permit", C: "blocked"})
    assert (found.asked, found.sent, found.answered, found.admitted) == (3, 3, 2, 1)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (3, "today, Wednesday 25 November 2026"),
        (-3, "today, passed, Wednesday 25 November 2026"),
        (24, "in 1 day, Thursday 26 November 2026"),
        (72, "in 3 days, Saturday 28 November 2026"),
        (-48, "2 days ago, Monday 23 November 2026"),
    ],
)
def test_a_deadline_is_told_in_words_with_its_day(hours: int, words: str) -> None:
    assert deadline("en", NOW, NOW + timedelta(hours=hours), "Europe/Warsaw") == words


def test_days_are_local_days() -> None:
    late = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # 23:30 in Warsaw
    assert deadline("en", late, late + timedelta(hours=1), "Europe/Warsaw").startswith("in 1 day")
    assert deadline("en", late, late + timedelta(hours=1), "Europe/London").startswith("today")


def test_no_clock_is_a_dash() -> None:
    assert deadline("en", NOW, None, "Europe/Warsaw") == "–"


@pytest.mark.parametrize(
    ("seconds", "words"), [(30, "0 minutes"), (60, "1 minute"), (7200, "2 hours"), (3 * 86400, "3 days")]
)
def test_age_uses_the_largest_whole_unit(seconds: int, words: str) -> None:
    assert age("en", seconds) == words


def test_a_sweep_is_stale_after_48_hours_and_before_the_first() -> None:
    assert is_stale(None, NOW)
    assert is_stale(NOW - timedelta(hours=48, seconds=1), NOW)
    assert not is_stale(NOW - timedelta(hours=48), NOW)


def test_batches_hold_everything_once() -> None:
    ids = [UUID(int=n) for n in range(2_501)]
    parts = list(batches(ids))
    assert [len(part) for part in parts] == [1_000, 1_000, 501]
    assert [one for part in parts for one in part] == ids
