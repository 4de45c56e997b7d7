"""Renders a letter in a language: subject, text and HTML from `templates/email`.

An undefined value is an error, HTML is escaped, names are isolated (`<bdi>`, or U+2068 where they run from right to
left) and cleaned of controls, and a URL stands unescaped on a line of its own, so that no mail program splits it.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from guardian.i18n import LANGUAGES, RIGHT_TO_LEFT, choose, translations
from guardian.mail.cleaning import isolated, one_line
from guardian.mail.letters import LETTERS, Foot
from guardian.mail.wording import localised
from guardian.resources import TEMPLATES

FOLDER = TEMPLATES / "email"
_URL = re.compile(r"https?://[A-Za-z0-9._~:/\[\]%-]+")
_GAP = re.compile(r"\n{3,}")


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as people read it. Lines end in LF; the subject is one line. `language` is the one it came out in."""

    subject: str
    text: str
    html: str
    language: str


def render(letter: msgspec.Struct, language: str) -> Rendered:
    """Render a letter of `guardian.mail.letters`; an unknown language comes out in English.

    Raises ValueError for a URL that is none, TypeError for a Struct that is no letter, and jinja2's UndefinedError
    (a ValueError here) for a template that asks for what the letter does not have.
    """
    if not isinstance(letter, Foot) or LETTERS.get(letter.template) is not type(letter):
        raise TypeError(f"{type(letter).__name__} is not one of the letters in guardian.mail.letters")
    spoken = choose(language)
    forms = _forms(letter.template, spoken)
    values = {field: getattr(letter, field) for field in letter.__struct_fields__}
    return Rendered(
        subject=one_line(forms[0].render(values)),
        text=_GAP.sub("\n\n", forms[1].render(values)).strip("\n") + "\n",
        html=forms[2].render(values),
        language=spoken,
    )


@cache
def _forms(letter: str, language: str) -> tuple[Template, Template, Template]:
    plain, html = _environment(language, html=False), _environment(language, html=True)
    return (
        plain.get_template(f"{letter}.subject.txt"),
        plain.get_template(f"{letter}.txt"),
        html.get_template(f"{letter}.html"),
    )


@cache
def _environment(language: str, *, html: bool) -> Environment:
    """One for each language and form: the sentences are put in when a template is loaded."""
    book = translations(language)

    def load(name: str) -> str:
        return localised((FOLDER / name).read_text(encoding="utf-8"), book.gettext, html=html)

    def plural(one: str, many: str, n: int) -> str:
        return book.ngettext(one, many, n).replace("%(n)s", str(n))

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        language=language, direction="rtl" if language in RIGHT_TO_LEFT else "ltr", ngettext=plural
    )
    environment.filters.update(_HTML if html else _TEXT)
    return environment


def _link(url: str) -> str:
    if not _URL.fullmatch(url):
        # The URL stays out of the error: it opens somebody's page.
        raise ValueError("what was given as a link is no plain http address; check GUARDIAN_BASE_URL")
    return url


def _listed(items: Iterable[str]) -> str:
    return ", ".join(one_line(item) for item in items)


_TEXT: dict[str, Callable[..., Any]] = {
    "name": isolated,
    "plain": one_line,
    "words": one_line,
    "strong": one_line,
    "link": _link,
    "listed": _listed,
}
"""How values stand in plain text."""

_HTML: dict[str, Callable[..., Any]] = {
    "name": lambda text: Markup("<bdi>%s</bdi>") % one_line(text),
    "plain": one_line,
    "words": one_line,
    "strong": lambda text: Markup("<strong>%s</strong>") % one_line(text),
    "link": lambda url: Markup(_link(url)),  # noqa: S704 (checked: nothing in it could be escaped)
    "listed": _listed,
}
"""The same in HTML."""


def warm() -> None:
    """Load every letter in every language: a broken template shows at start-up, not at the first letter."""
    for language in LANGUAGES:
        for letter in LETTERS:
            _forms(letter, language)


def _bdi(text: str) -> Markup:
    return Markup(f"<bdi>{escape(one_line(text))}</bdi>")  # noqa: S704
