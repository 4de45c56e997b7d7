"""A purge's moves as data, and when an unapproved one runs by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from guardian.access.due import Due
from guardian.jurisdiction.clocks import Clocks
from guardian.purge.domain import MOVES, OPEN, answer_on_its_way, caps, may, next_look

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


def test_moves_lead_to_known_states_and_ends_lead_nowhere() -> None:
    assert {after for moves in MOVES.values() for after in moves} <= set(MOVES)
    assert {state for state, moves in MOVES.items() if not moves} == {"done", "cancelled", "rescinded"}
    assert set(OPEN) == set(MOVES) - {"done", "partial", "cancelled", "rescinded"}


@pytest.mark.parametrize("state", ["running", "partial", "done"])
def test_what_has_begun_is_never_taken_back(state: str) -> None:
    assert not may(state, "rescinded")
    assert not may(state, "cancelled")
    assert not may(state, "held")


def test_only_a_cool_off_leads_to_erasing() -> None:
    assert {state for state, moves in MOVES.items() if "running" in moves} == {"cooling_off"}
    assert {state for state in MOVES if may(state, "rescinded")} == {"cooling_off"}


# LAW section 4: the cap of each clock, counted from the same start as its default.
@pytest.mark.parametrize(
    ("cause", "days"),
    [
        ("waiting_on_guardian", 30 - 14),
        ("no_guardian", 30 - 14),
        ("no_authorisation", 30 - 7),
        ("declined_or_withdrawn", 30 - 7),
        ("lapse_or_exit", 90 - 60),
    ],
)
def test_an_unapproved_purge_runs_when_its_clock_would_end_at_the_cap(cause: str, days: int) -> None:
    assert caps(Clocks())[cause] == timedelta(days=days)


def test_a_clock_at_its_cap_leaves_no_time_after_the_due_date() -> None:
    assert caps(Clocks(waiting_on_guardian_days=30))["waiting_on_guardian"] == timedelta()


def test_a_cause_without_a_clock_never_runs_by_itself() -> None:
    assert "administrative" not in caps(Clocks())


@pytest.mark.parametrize(
    ("reasons", "days", "expected"),
    [
        (("verification_pending",), 3, True),
        (("verification_pending",), None, True),
        (("verification_pending",), 0, False),
        (("verification_pending",), -1, False),
        (("consent_missing",), 3, False),
        (("guardians_disagree", "verification_pending"), 3, True),
    ],
)
def test_a_yes_on_its_way_stops_a_purge_for_its_time(
    reasons: tuple[str, ...], days: int | None, expected: bool
) -> None:
    due = None if days is None else Due(NOW + timedelta(days=days), "waiting_on_guardian")
    assert answer_on_its_way(reasons, due, NOW) is expected


def test_the_next_look_is_the_earliest_instant_to_come() -> None:
    hour = timedelta(hours=1)
    assert next_look(NOW, NOW - hour, NOW + 2 * hour, None, NOW + hour) == NOW + hour
    assert next_look(NOW, NOW, NOW - hour, None) is None
