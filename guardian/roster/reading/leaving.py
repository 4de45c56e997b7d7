"""Dates of leaving: any year a school can have, unlike birth dates."""

import re
from datetime import date

from guardian.roster.reading.fields.dates import Order

_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})")


def leaving_date(text: str, order: Order | None) -> date | None:
    """The date, or None where there is none, or where day and month cannot be told apart and would matter."""
    if found := _ISO.match(text):
        numbers = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _NUMBERS.match(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        monthly = (order == "mdy" and found[2] != ".") or second > 12
        numbers = (year, first, second) if monthly else (year, second, first)
    else:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None
