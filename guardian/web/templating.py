"""Renders pages: one Jinja environment per language, autoescaped, strict about names that are not there."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from guardian.i18n import LANGUAGES, RIGHT_TO_LEFT, say_day, say_instant, translations
from guardian.resources import TEMPLATES
from guardian.web.static_files import load

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
        url=url,
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        languages=[(code, NAMES[code]) for code in LANGUAGES],
        product="guardian",
        nav=[],
        staff=None,
        demo_clock=None,
        csrf_field="",
        page_path="",
        page_query={},
    )
    return made


def _date(language: str, day: date | datetime | str) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) and len(day) == 10 else day
    return found if isinstance(found, str) else str(format_date(found, "d MMMM y", locale=Locale.parse(language)))


def asset(name: str) -> str:
    """The address of a static file, with the hash of what is in it, so that browsers may keep it for ever."""
    return f"/static/{name}?v={load(name).digest}"


def url(path: str, query: Mapping[str, Any] | None = None, **more: Any) -> str:
    """An address on this site with its query; what is None or empty is left out, `more` wins over `query`."""
    kept = {key: value for key, value in {**(query or {}), **more}.items() if value is not None and value != ""}
    return f"{path}?{urlencode(kept)}" if kept else path


def render(name: str, language: str, **values: Any) -> str:
    """A page as text."""
    return environment(language).get_template(name).render(**values)
