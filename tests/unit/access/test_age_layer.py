"""Layer 1. Each row stands under the sentence of the contract that it tries."""

from datetime import UTC, date, datetime

import pytest

from guardian.access.age import EARLIEST, NEVER, day_end, day_start, latest_birth_day, zone
from guardian.jurisdiction.birthdays import birthday
from tests.unit.access.made_facts import at, example, us_school

pytestmark = pytest.mark.time

CASES = [
    # "The birthday counts from its local midnight": 16 in Poland.
    ("2016-05-01", ["PL"], "Europe/Warsaw", "2032-04-30T21:59:59Z", False),
    ("2016-05-01", ["PL"], "Europe/Warsaw", "2032-04-30T22:00:00Z", True),
    # "(unknown zone: UTC-12, the last place a day begins)"
    ("2016-05-01", ["PL"], None, "2032-05-01T11:59:59Z", False),
    ("2016-05-01", ["PL"], None, "2032-05-01T12:00:00Z", True),
    ("2016-05-01", ["PL"], "Mars/Olympus_Mons", "2032-05-01T11:59:59Z", False),
    ("2016-05-01", ["PL"], "Mars/Olympus_Mons", "2032-05-01T12:00:00Z", True),
    # The first place where a day begins.
    ("2016-05-01", ["PL"], "Pacific/Kiritimati", "2032-04-30T09:59:59Z", False),
    ("2016-05-01", ["PL"], "Pacific/Kiritimati", "2032-04-30T10:00:00Z", True),
    # "29 February → 1 March in common years": 13 in 2029, 16 in the leap year 2032.
    ("2016-02-29", ["US"], "UTC", "2029-02-28T23:59:59Z", False),
    ("2016-02-29", ["US"], "UTC", "2029-03-01T00:00:00Z", True),
    ("2016-02-29", ["PL"], "UTC", "2032-02-28T23:59:59Z", False),
    ("2016-02-29", ["PL"], "UTC", "2032-02-29T00:00:00Z", True),
    # "year only → 31 December"
    ("2016", ["PL"], "UTC", "2032-12-30T23:59:59Z", False),
    ("2016", ["PL"], "UTC", "2032-12-31T00:00:00Z", True),
    # "month only → its last day"
    ("2016-04", ["PL"], "UTC", "2032-04-29T23:59:59Z", False),
    ("2016-04", ["PL"], "UTC", "2032-04-30T00:00:00Z", True),
    ("2016-02", ["US"], "UTC", "2029-02-28T23:59:59Z", False),
    ("2016-02", ["US"], "UTC", "2029-03-01T00:00:00Z", True),
    # "null → under"
    (None, ["US"], "UTC", "2126-01-01T00:00:00Z", False),
    # "the highest default_age in force over all jurisdictions"
    ("2016-05-01", ["US", "DE"], "UTC", "2031-05-01T00:00:00Z", False),
    ("2016-05-01", ["US", "DE"], "UTC", "2032-05-01T00:00:00Z", True),
    ("2016-05-01", ["US", "ZA"], "UTC", "2034-04-30T00:00:00Z", False),
    # "a subdivision not listed takes its country's row"
    ("2016-05-01", ["US-TX"], "UTC", "2029-05-01T00:00:00Z", True),
    ("2016-05-01", ["CA-QC"], "UTC", "2029-05-01T00:00:00Z", False),
    ("2016-05-01", ["CA-ON"], "UTC", "2029-05-01T00:00:00Z", True),
    # "none given, or unknown → 16"
    ("2016-05-01", [], "UTC", "2032-04-30T23:59:59Z", False),
    ("2016-05-01", [], "UTC", "2032-05-01T00:00:00Z", True),
    ("2016-05-01", ["XX"], "UTC", "2032-04-30T23:59:59Z", False),
    ("2016-05-01", ["XX-1"], "UTC", "2032-05-01T00:00:00Z", True),
    # "dated by effective_from": Denmark 13 until 2023, 15 from 2024-01-01, by the learner's local day.
    ("2010-06-01", ["DK"], "Europe/Copenhagen", "2023-12-31T22:59:59Z", True),
    ("2010-06-01", ["DK"], "Europe/Copenhagen", "2023-12-31T23:00:00Z", False),
    ("2010-06-01", ["DK"], "Europe/Copenhagen", "2025-05-31T22:00:00Z", True),
    # Not born yet is under.
    ("2030-01-01", ["US"], "UTC", "2026-01-01T00:00:00Z", False),
    # A birthday that no calendar reaches never comes.
    ("9995-01-01", ["US"], "UTC", "9999-12-31T23:59:59Z", False),
]


@pytest.mark.parametrize(("birth_date", "jurisdictions", "zone_name", "instant", "of_age"), CASES)
def test_of_age(
    birth_date: str | None, jurisdictions: list[str], zone_name: str | None, instant: str, of_age: bool
) -> None:
    learner = {"birth_date": birth_date, "jurisdictions": jurisdictions, "timezone": zone_name}
    found = at(example(learner=learner, enrolments=[], consents=[]), instant)
    assert found["reasons"] == (["own_consent"] if of_age else ["no_institution"])


def test_of_age_nobody_else_is_asked_and_every_purpose_permits() -> None:
    """At or over: layers 2 and 3 are not asked, every purpose permits, reason `own_consent`."""
    document = us_school(enrolments=[], authorisations=[], guardians=[])
    document["learner"]["birth_date"] = "2000-01-01"
    document["purposes"]["ads"] = {"core": False, "disclosure": True, "commercial": True, "guardian_always": True}
    found = at(document)
    assert found["access"] == "permit"
    assert set(map(str, found["purposes"].values())) == {"{'access': 'permit', 'reason': 'own_consent'}"}
    assert (found["basis"], found["until"]) == ([], None)


@pytest.mark.parametrize("standing", ["reported", "identity_held", "erasure_in_progress", "erased"])
def test_of_age_standing_is_still_asked(standing: str) -> None:
    """Layer 4 is always asked."""
    found = at(example(learner={"birth_date": "2000-01-01", "standing": standing}))
    assert (found["access"], found["reasons"]) == ("block", [standing])
    assert found["purposes"]["lessons"] == {"access": "block", "reason": standing}


@pytest.mark.parametrize(
    ("zone_name", "day", "start"),
    [
        # The clock goes from 23:59:59 to 01:00: the day begins with the change.
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, 0, tzinfo=UTC)),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, 0, tzinfo=UTC)),
        # It goes from 23:30 of the day before to 00:30.
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
        # A whole day is left out: it begins and ends with the change.
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
        # It goes from 00:01 back to 23:01: midnight comes twice, the first counts.
        ("America/St_Johns", date(2010, 11, 7), datetime(2010, 11, 7, 2, 30, tzinfo=UTC)),
        # It goes from 24:00 back to 23:00: midnight comes once.
        ("America/Sao_Paulo", date(2018, 2, 18), datetime(2018, 2, 18, 3, 0, tzinfo=UTC)),
        # Ordinary days around a change.
        ("Europe/Warsaw", date(2026, 3, 29), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        ("Europe/Warsaw", date(2026, 3, 30), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_its_first_instant(zone_name: str, day: date, start: datetime) -> None:
    assert day_start(zone_name, day) == start


def test_days_at_the_ends_of_the_calendar() -> None:
    assert day_start("Europe/Warsaw", date.min) == EARLIEST
    assert day_end("Europe/Warsaw", date.max) == NEVER
    assert day_end(None, date(9999, 12, 30)) == datetime(9999, 12, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", [None, "", "localtime", "posixrules", "right/Europe/Warsaw", "../etc/passwd", "Europe", "a\0b"]
)
def test_what_is_no_place_is_the_last_place(name: str | None) -> None:
    midnight = datetime(2026, 1, 1, tzinfo=zone(name))
    assert midnight.astimezone(UTC) == datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "16", "2016-5", "2016-13", "2016-00", "2016-02-30", "2016-05-01T00:00:00", " 2016", "０００１"]
)
def test_what_is_no_birth_date(text: str) -> None:
    with pytest.raises(ValueError):
        latest_birth_day(text)


def test_birthdays_of_a_leap_day() -> None:
    born_on = date(2016, 2, 29)
    assert birthday(born_on, 13) == date(2029, 3, 1)
    assert birthday(born_on, 16) == date(2032, 2, 29)
    assert birthday(date(9990, 1, 1), 18) is None
