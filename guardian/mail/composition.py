"""The templates of the letters, loaded once for each language: how values stand in text and in HTML."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from guardian.i18n import RIGHT_TO_LEFT, translations
from guardian.mail.cleaning import isolated, one_line
from guardian.mail.wording import localised
from guardian.resources import TEMPLATES

FOLDER = TEMPLATES / "email"
_URL = re.compile(r"https?://[A-Za-z0-9._~:/\[\]%-]+")


@cache
def forms(letter: str, language: str) -> tuple[Template, Template, Template]:
    """Subject, text and HTML of a letter in a language. Raises ValueError for a template that cannot be translated,
    jinja2's errors for one that is broken or missing.
    """
    plain, html = _environment(language, html=False), _environment(language, html=True)
    return (
        plain.get_template(f"{letter}.subject.txt"),
        plain.get_template(f"{letter}.txt"),
        html.get_template(f"{letter}.html"),
    )


@cache
def _environment(language: str, *, html: bool) -> Environment:
    book = translations(language)

    def load(name: str) -> str:
        return localised((FOLDER / name).read_text(encoding="utf-8"), book.gettext, html=html)

    def plural(one: str, many: str, n: int) -> str:
        return book.ngettext(one, many, n).replace("%(n)s", str(n))

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=html,  # noqa: S701 (plain text has nothing to escape)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        language=language, direction="rtl" if language in RIGHT_TO_LEFT else "ltr", ngettext=plural
    )
    environment.filters.update(_IN_HTML if html else _IN_TEXT)
    return environment


def checked_url(url: str) -> str:
    """The URL, if nothing in it needs escaping. Raises ValueError without quoting it: it opens somebody's page."""
    if not _URL.fullmatch(url):
        raise ValueError("what was given as a link is no plain http address; check GUARDIAN_BASE_URL")
    return url


def _listed(items: Iterable[str]) -> str:
    return ", ".join(one_line(item) for item in items)


def _wrapped(tag: str) -> Callable[[str], Markup]:
    return lambda text: Markup(f"<{tag}>{escape(one_line(text))}</{tag}>")  # noqa: S704 (escaped just here)


_IN_TEXT: dict[str, Callable[..., Any]] = {
    "name": isolated,
    "plain": one_line,
    "words": one_line,
    "strong": one_line,
    "link": checked_url,
    "listed": _listed,
}
"""`name`: of a person or school · `plain`: a name in a subject · `words`: a sentence or instant · `link`: a URL."""

_IN_HTML: dict[str, Callable[..., Any]] = {
    "name": _wrapped("bdi"),
    "plain": one_line,
    "words": one_line,
    "strong": _wrapped("strong"),
    "link": lambda url: Markup(checked_url(url)),  # noqa: S704 (checked: nothing in it needs escaping)
    "listed": _listed,
}
