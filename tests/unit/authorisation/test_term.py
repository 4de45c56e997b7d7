"""The end that is proposed, in the north and the south, and the days of the reminders."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from guardian.authorisation.domain import LONGEST
from guardian.authorisation.term import REMIND_DAYS, proposed_end, reminder_due
from guardian.institution.domain import Institution, LegalModel, model_fits_learner, year_ends_on

pytestmark = pytest.mark.time
END = datetime(2027, 8, 31, 22, tzinfo=UTC)


def school(jurisdiction: str, timezone: str) -> Institution:
    return Institution(
        id=UUID(int=1), name="S", jurisdiction=jurisdiction, timezone=timezone, language="en", contact_email=None,
        pupil_domains=(), verified_domains=(), legal_model="guardian_consent", state="active",
        created_at=datetime(2026, 1, 1, tzinfo=UTC), ended_at=None,
    )  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "zone", "now", "in_force", "end"),
    [
        ("PL", "Europe/Warsaw", "2026-09-07", None, "2027-08-31T22:00"),
        ("PL", "Europe/Warsaw", "2027-06-30", None, "2027-08-31T22:00"),  # 62 days and more are worth it
        ("PL", "Europe/Warsaw", "2027-07-02", None, "2028-08-31T22:00"),
        ("US-CA", "America/Los_Angeles", "2026-09-07", None, "2027-09-01T07:00"),
        ("NZ", "Pacific/Auckland", "2027-02-01", None, "2027-12-31T11:00"),
        ("AU-NSW", "Australia/Sydney", "2026-11-25", None, "2027-12-31T13:00"),
        ("CL", "America/Santiago", "2027-03-01", None, "2028-01-01T03:00"),
        # a renewal of what ends soon is for the year after it; a replacement in the first months is not
        ("PL", "Europe/Warsaw", "2027-05-01", "2027-08-31T22:00", "2028-08-31T22:00"),
        ("PL", "Europe/Warsaw", "2026-10-01", "2027-08-31T22:00", "2027-08-31T22:00"),
        ("PL", "Europe/Warsaw", "2027-05-01", "2027-04-01T00:00", "2027-08-31T22:00"),  # it has ended already
        ("BR", "America/Sao_Paulo", "2027-10-01", "2028-01-01T03:00", "2029-01-01T03:00"),
    ],
)
def test_the_end_that_is_proposed(code: str, zone: str, now: str, in_force: str | None, end: str) -> None:
    found = proposed_end(at(now), school(code, zone), at(in_force) if in_force else None)
    assert found == at(end)
    assert at(now) < found <= at(now) + LONGEST


def test_the_school_year_ends_with_the_calendar_in_the_south() -> None:
    assert [year_ends_on(code) for code in ("PL", "us-ca", "AU-VIC", "nz", "ZA")] == [
        (8, 31), (8, 31), (12, 31), (12, 31), (12, 31),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (timedelta(days=30, seconds=1), None), (timedelta(days=30), 30), (timedelta(days=14, seconds=1), 30),
        (timedelta(days=14), 14), (timedelta(days=3), 3), (timedelta(seconds=1), 3), (timedelta(), None),
        (-timedelta(days=1), None),
    ],
)  # fmt: skip
def test_which_reminder_is_due(before: timedelta, days: int | None) -> None:
    assert reminder_due(END - timedelta(days=300), END, END - before) == days


@pytest.mark.parametrize("length", [1, 3, 10, 14, 20, 30, 40])
def test_nothing_is_reminded_of_from_before_it_began(length: int) -> None:
    due = {
        reminder_due(END - timedelta(days=length), END, END - timedelta(hours=hours)) for hours in range(24 * length)
    }
    assert due - {None} == {days for days in REMIND_DAYS if days < length}


# LAW requirement 13; FTC FAQ N: a school acts for parents in the United States only
@pytest.mark.parametrize(
    ("model", "places", "fits"),
    [
        ("school_agent", ["US-CA"], True), ("school_agent", ["US-CA", "US"], True), ("school_agent", ["GB"], False),
        ("school_agent", ["US", "FR"], False), ("school_agent", [], False), ("school_intermediary", ["PL"], False),
        ("controller_instruction", ["PL", "FR"], True), ("controller_instruction", ["PL", "US"], False),
        ("guardian_consent", [], True), ("guardian_consent", ["US", "PL"], True), ("own_consent", ["PL"], False),
    ],
)  # fmt: skip
def test_which_model_may_carry_which_learner(model: LegalModel, places: list[str], fits: bool) -> None:
    assert model_fits_learner(model, places) is fits
