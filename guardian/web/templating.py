"""Renders pages: one Jinja environment per language, autoescaped, strict about names that are not there."""

from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from guardian.i18n import LANGUAGES, RIGHT_TO_LEFT, say_day, say_instant, translations
from guardian.resources import STATIC, TEMPLATES

NAMES = {"en": "English", "fr": "Français", "pl": "Polski"}


@cache
def environment(language: str) -> Environment:
    """The environment that speaks one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters["instant"] = lambda at, tz: say_instant(language, at, tz)
    made.filters["day"] = lambda at, tz: say_day(language, at, tz)
    made.filters["date"] = lambda day: _date(language, day)
    made.filters["number"] = lambda number: format_decimal(number, locale=language)
    made.globals.update(
        asset=asset,
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        languages=[(code, NAMES[code]) for code in LANGUAGES],
        product="guardian",
        nav=[],
        staff=None,
        demo_clock=None,
        csrf_field="",
        page_path="",
    )
    return made


def _date(language: str, day: date | datetime | str) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) and len(day) == 10 else day
    return found if isinstance(found, str) else str(format_date(found, "long", locale=Locale.parse(language)))


@cache
def asset(name: str) -> str:
    """The address of a static file, with the hash of what is in it, so that browsers may keep it for ever."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def render(name: str, language: str, **values: Any) -> str:
    """A page as text."""
    return environment(language).get_template(name).render(**values)
