"""When somebody completes a number of years."""

from calendar import isleap
from datetime import date

from guardian.jurisdiction.law import LeapDay


def birthday(born_on: date, years: int, leap_day: LeapDay = "03-01") -> date | None:
    """The day on which somebody completes that many years; None: after the last year of the calendar.

    Who was born on 29 February completes them, in common years, on 1 March, or where a rule says so on 28 February.
    """
    year = born_on.year + years
    if year > date.max.year:
        return None
    if born_on.month == 2 and born_on.day == 29 and not isleap(year):
        return date(year, 3, 1) if leap_day == "03-01" else date(year, 2, 28)
    return born_on.replace(year=year)
