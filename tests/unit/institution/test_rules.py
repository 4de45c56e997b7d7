"""Legal models, countries and zones, and the end of the school year."""

from datetime import UTC, date, datetime

import pytest

from guardian.errors import Refused
from guardian.institution.domain import (
    LegalModel,
    check_jurisdiction,
    check_model,
    check_timezone,
    default_valid_until,
    end_of_day,
    model_fits,
    school_year_end,
)


# FTC FAQ N: a school acts for parents in the United States only; GDPR art. 8, 28: it instructs elsewhere only
@pytest.mark.parametrize(
    ("model", "jurisdiction", "fits"),
    [
        ("school_agent", "US", True),
        ("school_agent", "US-CA", True),
        ("school_agent", "PL", False),
        ("school_agent", "GB", False),
        ("school_intermediary", "US-NY", True),
        ("school_intermediary", "FR", False),
        ("controller_instruction", "PL", True),
        ("controller_instruction", "US", False),
        ("controller_instruction", "US-CA", False),
        ("guardian_consent", "PL", True),
        ("guardian_consent", "US", True),
        ("own_consent", "PL", False),
        ("own_consent", "US", False),
    ],
)
def test_a_legal_model_fits_a_jurisdiction_or_not(model: LegalModel, jurisdiction: str, fits: bool) -> None:
    assert model_fits(model, jurisdiction) is fits


def test_a_model_that_does_not_fit_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refused, match="guardian_consent") as refused:
        check_model("school_agent", "PL")
    assert refused.value.where == "legal_model"
    with pytest.raises(Refused):
        check_model("parents_agree", "PL")


@pytest.mark.parametrize(
    ("given", "kept"), [("pl", "PL"), (" us-ca ", "US-CA"), ("FR", "FR"), ("UA", "UA"), ("US-MD", "US-MD")]
)
def test_a_country_is_kept_in_capitals(given: str, kept: str) -> None:
    assert check_jurisdiction(given) == kept


@pytest.mark.parametrize("given", ["", "??", "ZZ", "Poland", "CO2", "QQ", "EU", "U", "US-CALIF", "US-", "150"])
def test_what_is_no_country_is_refused(given: str) -> None:
    with pytest.raises(Refused) as refused:
        check_jurisdiction(given)
    assert refused.value.code == "jurisdiction_unknown"


@pytest.mark.parametrize("given", ["EST", "CEST", "", "Europe/Nowhere", "+01:00", "Etc/../UTC"])
def test_a_zone_is_a_name_and_no_abbreviation(given: str) -> None:
    with pytest.raises(Refused) as refused:
        check_timezone(given)
    assert refused.value.code == "timezone_unknown"


@pytest.mark.time
@pytest.mark.parametrize(
    ("now", "timezone", "end"),
    [
        # the last day counts whole, in the institution's own zone
        ("2026-09-07T08:00", "Europe/Warsaw", "2027-08-31T22:00"),
        ("2026-09-07T08:00", "UTC", "2027-09-01T00:00"),
        ("2026-09-07T08:00", "America/New_York", "2027-09-01T04:00"),
        ("2026-09-07T08:00", "Pacific/Kiritimati", "2027-08-31T10:00"),
        # one second before and after the year turns over in Warsaw
        ("2027-08-31T21:59:59", "Europe/Warsaw", "2027-08-31T22:00"),
        ("2027-08-31T22:00", "Europe/Warsaw", "2028-08-31T22:00"),
        ("2027-01-01T00:00", "Europe/Warsaw", "2027-08-31T22:00"),
    ],
)
def test_the_school_year_ends_with_its_last_local_day(now: str, timezone: str, end: str) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert school_year_end(instant, timezone) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_another_last_day_may_be_set() -> None:
    now = datetime(2026, 9, 7, tzinfo=UTC)
    assert school_year_end(now, "Europe/Paris", ends_on=(7, 5)) == datetime(2027, 7, 5, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "year"),
    [("2027-06-29", 2027), ("2027-07-02", 2028), ("2027-08-31", 2028), ("2027-09-01", 2028)],
)
def test_what_is_begun_in_the_last_two_months_is_meant_for_the_next_year(now: str, year: int) -> None:
    end = default_valid_until(datetime.fromisoformat(now).replace(tzinfo=UTC), "Europe/Warsaw")
    assert end == datetime(year, 8, 31, 22, tzinfo=UTC)


@pytest.mark.time
def test_a_day_ends_at_the_next_midnight_also_when_clocks_change() -> None:
    assert end_of_day(date(2026, 10, 25), "Europe/Warsaw") == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert end_of_day(date(2027, 3, 28), "Europe/Warsaw") == datetime(2027, 3, 28, 22, tzinfo=UTC)
