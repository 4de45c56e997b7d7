"""Birth dates: explicit patterns only, and an order proved by the whole column, never guessed from one cell."""

import re
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from guardian.roster.reading.folding import plain

Order = Literal["dmy", "mdy"]
YOUNGEST, OLDEST = 2, 40
"""Years of age a pupil can have; outside, the date is not believed."""
SERIAL_OLDEST = 21
"""A bare five-digit number is a date only where it gives an age from 2 to 21."""

_ISO = re.compile(
    r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
)
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_NUMBERS = re.compile(
    r"^(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})\.?(?: ?r\.?)?"
    r"(?:[ ,]+\d{1,2}:\d{2}(?::\d{2})?(?: [AaPp][Mm])?)?$"
)
_SERIAL = re.compile(r"^\d{5}(?:\.0+)?$")
_DAY_MONTH = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[ \-./]*(?:de )?([^\W\d_]{1,12})\.?[ \-./,]*(?:de )?(\d{4}|\d{2})(?: ?r\.?)?$"
)
_MONTH_DAY = re.compile(r"^([^\W\d_]{3,12})\.?[ \-]*(\d{1,2})(?:st|nd|rd|th)?,?[ \-]*(\d{4}|\d{2})$")

_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|pon|pn|wt|sr|śr|czw|cz|pt|pia|sob|nie|nd|mie|mié|jue|"
    r"vie|sab|sáb|dom|mo|di|mi|do|fr|sa|so)[^\W\d_]*[.,]*\s+(?=\d)",
    re.IGNORECASE,
)
"""A day of the week before a date: «vendredi 3 avril 2015», «wt., 3 lut 2015»."""
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "i jan january janv janvier sty styczen stycznia ene enero januar janner jaen",
            "ii feb february fev fevr fevrier lut luty lutego febrero februar feber",
            "iii mar march mars marzec marca marzo mrz marz maerz",
            "iv apr april avr avril kwi kwiecien kwietnia abr abril",
            "v may mai maj maja mayo",
            "vi jun june juin cze czerwiec czerwca junio juni",
            "vii jul july juil juillet lip lipiec lipca julio juli",
            "viii aug august aout aou sie sierpien sierpnia ago agosto",
            "ix sep sept september septembre wrz wrzesien wrzesnia septiembre setiembre",
            "x oct october octobre paz pazdziernik pazdziernika octubre okt oktober",
            "xi nov november novembre lis listopad listopada noviembre",
            "xii dec december decembre gru grudzien grudnia dic diciembre dez dezember",
        ),
        1,
    )
    for word in words.split()
}


class Told(Struct, frozen=True):
    """What a date cell says. `code` is empty for a plain good date; `readings` are both ways to read it."""

    iso: str | None = None
    code: str = ""
    readings: tuple[str, str] | None = None


def proves(text: str) -> Order | None:
    """The order that one cell proves: a first number over 12 can only be a day, a second one likewise."""
    found = _NUMBERS.match(text)
    if not found or found[2] == ".":
        return None
    first, second = int(found[1]), int(found[3])
    if 12 < first <= 31 and second <= 12:
        return "dmy"
    if 12 < second <= 31 and first <= 12:
        return "mdy"
    return None


def tell(text: str, as_of: date, order: Order | None) -> Told:  # noqa: PLR0911 guard clauses read best in order
    """Read one cell. Codes: BIRTH_DATE_MISSING, DATE_INVALID, DATE_AMBIGUOUS, DATE_IMPLAUSIBLE, DATE_FUTURE,
    YEAR_2_DIGITS, EXCEL_SERIAL.
    """
    if not text:
        return Told(code="BIRTH_DATE_MISSING")
    text = text if text[0].isdigit() else _without_weekday(text)
    if found := _ISO.match(text) or _COMPACT.match(text):
        return _judged(_make(int(found[1]), int(found[2]), int(found[3])), as_of)
    if found := _NUMBERS.match(text):
        return _numbers(int(found[1]), int(found[3]), found[4], as_of, "dmy" if found[2] == "." else order)
    if _SERIAL.match(text):
        day = date(1899, 12, 30) + timedelta(days=int(text[:5]))
        if YOUNGEST <= age(day, as_of) <= SERIAL_OLDEST:
            return Told(day.isoformat(), "EXCEL_SERIAL")
        return Told(code="DATE_INVALID")
    words = plain(text)
    if found := _DAY_MONTH.match(words):
        day_text, month, year = found[1], found[2], found[3]
    elif found := _MONTH_DAY.match(words):
        month, day_text, year = found[1], found[2], found[3]
    else:
        return Told(code="DATE_INVALID")
    if month not in _MONTHS:
        return Told(code="DATE_INVALID")
    return _numbers(int(day_text), _MONTHS[month], year, as_of, "dmy")


def _without_weekday(text: str) -> str:
    """«mar. 3 avril 2015» begins with a Tuesday, «Mar 3, 2015» with a month."""
    rest = _WEEKDAY.sub("", text)
    return rest if _NUMBERS.match(rest) or _DAY_MONTH.match(plain(rest)) else text


def age(born: date, as_of: date) -> int:
    """Completed years."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numbers(first: int, second: int, year_text: str, as_of: date, order: Order | None) -> Told:
    short = len(year_text) == 2
    readings = []
    for month, day in ((second, first), (first, second)):
        years = _years(int(year_text), as_of) if short else (int(year_text),)
        made = [born for year in years if (born := _make(year, month, day))]
        readings.append(
            next((born for born in made if YOUNGEST <= age(born, as_of) <= OLDEST), made[0] if made else None)
        )
    by_day, by_month = readings
    if order:
        chosen, other = (by_day, by_month) if order == "dmy" else (by_month, by_day)
        # a day over 12 stands as a month: the cell itself shows the other order
        return _judged(chosen or (other if max(first, second) > 12 else None), as_of, short=short)
    if by_day and by_month and by_day != by_month:
        if all(_judged(born, as_of).iso is None for born in readings):
            return _judged(by_day, as_of)
        return Told(code="DATE_AMBIGUOUS", readings=(by_day.isoformat(), by_month.isoformat()))
    return _judged(by_day or by_month, as_of, short=short)


def _years(short: int, as_of: date) -> tuple[int, int]:
    century = as_of.year // 100 * 100
    return (century + short, century - 100 + short)


def _judged(born: date | None, as_of: date, *, short: bool = False) -> Told:
    if born is None:
        return Told(code="DATE_INVALID")
    if born > as_of:
        return Told(code="DATE_IMPLAUSIBLE" if short else "DATE_FUTURE")
    if not YOUNGEST <= age(born, as_of) <= OLDEST:
        return Told(code="DATE_IMPLAUSIBLE")
    return Told(born.isoformat(), "YEAR_2_DIGITS" if short else "")
