"""Languages: gettext catalogues (one `.po` per slice and language), plural rules, dates as people write them."""

import gettext
import io
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from guardian.resources import LOCALES

LANGUAGES = ("en", "fr", "pl")
DEFAULT_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def gettext_noop(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The merged catalogue of a language. English, and any unknown language, answers the msgid itself.

    The `.po` files are compiled in memory at first use, so no compiled file can be out of date.
    """
    merged: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted((LOCALES / language).glob("*.po")) if language in LANGUAGES else ():
        compiled = io.BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        catalogue = gettext.GNUTranslations(compiled)
        catalogue.add_fallback(merged)
        merged = catalogue
    return merged


def text(language: str, message: str, **places: object) -> str:
    """The message in that language with its named `%(places)s` filled in."""
    translated = translations(language).gettext(message) if message else ""
    return translated % places if places else translated


def plural(language: str, one: str, many: str, count: int, **places: object) -> str:
    """The right plural form for a count; `%(count)d` and other named places are filled in."""
    return translations(language).ngettext(one, many, count) % {"count": count, **places}


def choose(wanted: str | None, accept_language: str | None = None) -> str:
    """The language to answer in: a known wish first, then the browser's `Accept-Language` (RFC 9110 12.5.4)."""
    if wanted in LANGUAGES:
        return str(wanted)
    offers: list[tuple[float, str]] = []
    for part in (accept_language or "")[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        language = tag.split("-")[0].casefold()
        if language in LANGUAGES and weight > 0:
            offers.append((-weight, language))
    return min(offers, key=lambda offer: offer[0])[1] if offers else DEFAULT_LANGUAGE


def say_instant(language: str, instant: datetime, timezone: str) -> str:
    """An instant as a person reads it, with weekday and zone: «Friday 4 December 2026, 18:00 (Warsaw)»."""
    local = instant.astimezone(ZoneInfo(timezone))
    locale = Locale.parse(language)
    pattern = {"en": "EEEE d MMMM y, HH:mm", "fr": "EEEE d MMMM y 'à' HH:mm", "pl": "EEEE, d MMMM y, HH:mm"}
    said = format_datetime(local, pattern.get(language, pattern["en"]), locale=locale)
    return f"{said} ({_city(language, timezone)})"


@cache
def _city(language: str, timezone: str) -> str:
    """The city of a zone as the language calls it: «Varsovie», «Warszawa»."""
    return get_timezone_location(timezone, locale=Locale.parse(language), return_city=True).rpartition("/")[2]


def say_day(language: str, instant: datetime, timezone: str) -> str:
    """The local day of an instant, with its weekday: «Friday 4 December 2026»."""
    local = instant.astimezone(ZoneInfo(timezone))
    return format_datetime(local, "EEEE d MMMM y", locale=Locale.parse(language))
