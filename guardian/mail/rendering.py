"""Renders a letter in a language: subject, text and HTML from `templates/email`.

An undefined value is an error, HTML is escaped, names are isolated (`<bdi>`, or U+2068 where they run from right to
left) and cleaned of controls, and a URL stands unescaped on a line of its own, so that no mail program splits it.

A school's letters differ in a name, the children and a link. So a letter is laid out once with marks in those places,
and each guardian's own words are set into them: a tenth of the time of a whole rendering, and nobody's name is kept.
The lines without a mark are encoded for the mail then, too, which saves most of that work.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape
from secrets import token_hex
from typing import Any, NamedTuple

import msgspec
from jinja2 import UndefinedError

from guardian.i18n import LANGUAGES, choose
from guardian.mail.cleaning import isolated, one_line
from guardian.mail.composition import checked_url, forms
from guardian.mail.letters import LETTERS, Child, Foot
from guardian.mail.mime import quoted_printable

_GAP = re.compile(r"\n{3,}")
_SECRET = token_hex(16)
"""Makes marks that nobody's name can contain."""
_MARK = re.compile(f"(?:https://)?{_SECRET}[.](\\w+)[.]")


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as people read it. Lines end in LF; the subject is one line. `language` is the one it came out in,
    `encoded` are text and HTML in quoted-printable.
    """

    subject: str
    text: str
    html: str
    language: str
    encoded: tuple[bytes, bytes]


Pieces = tuple[str, ...]
"""Text, mark, text, mark, …, text: a mark is the name of what is set in."""


class Form(NamedTuple):
    """A text or an HTML page: in pieces, and as lines that are encoded already or, where they hold marks, in pieces."""

    pieces: Pieces
    lines: tuple[bytes | Pieces, ...]

    def filled(self, words: dict[str, str]) -> tuple[str, bytes]:
        """With these words in it: as people read it, and as it is mailed."""
        mailed = [line if isinstance(line, bytes) else quoted_printable(_set(line, words)) for line in self.lines]
        return _set(self.pieces, words), b"".join(mailed)


class Layout(NamedTuple):
    """A letter before anybody's own words are set into it."""

    subject: str
    text: Form
    html: Form


def render(letter: msgspec.Struct, language: str) -> Rendered:
    """Render a letter of `guardian.mail.letters`; an unknown language comes out in English.

    Raises TypeError for a Struct that is no letter, ValueError for a URL that is none and for a template that asks
    for what the letter does not have.
    """
    if not isinstance(letter, Foot) or LETTERS.get(letter.template) is not type(letter):
        raise TypeError(f"{type(letter).__name__} is not one of the letters in guardian.mail.letters")
    spoken = choose(language)
    own = _own(letter)
    shared = tuple([getattr(letter, field) for field in _shared(letter.template)])
    # Letters that are not sent by the thousand may carry names in any field: their layout is not kept.
    lay_out = _layout if letter.OWN else _layout.__wrapped__
    layout = lay_out(letter.template, spoken, shared, tuple(own))
    text, mailed_text = layout.text.filled({mark: isolated(word) for mark, word in own.items()})
    html, mailed_html = layout.html.filled({mark: escape(word) for mark, word in own.items()})
    return Rendered(
        subject=layout.subject, text=text, html=html, language=spoken, encoded=(mailed_text, mailed_html)
    )  # fmt: skip


@cache
def _shared(template: str) -> tuple[str, ...]:
    kind = LETTERS[template]
    return tuple(field for field in kind.__struct_fields__ if field not in kind.OWN)


def _own(letter: Foot) -> dict[str, str]:
    """What is this recipient's own, by the mark that stands for it."""
    words: dict[str, str] = {}
    for field in letter.OWN:
        value: Any = getattr(letter, field, None)
        if field == "children":
            for number, child in enumerate(value):
                words[f"child_{number}"] = one_line(child.given_name)
                if child.class_name:
                    words[f"class_{number}"] = one_line(child.class_name)
        elif value:
            words[field] = checked_url(value) if field.endswith("url") else one_line(value)
    return words


@lru_cache(maxsize=512)
def _layout(template: str, language: str, shared: tuple[Any, ...], marks: tuple[str, ...]) -> Layout:
    kind = LETTERS[template]
    values: dict[str, Any] = dict(zip(_shared(template), shared, strict=True))
    values |= {field: _marked(field, marks) for field in kind.OWN if field in kind.__struct_fields__}
    try:
        subject, text, html = (form.render(values) for form in forms(template, language))
    except UndefinedError as error:
        raise ValueError(f"the template of {template} asks for what the letter does not have") from error
    if _MARK.search(subject):
        raise ValueError(f"the subject of {template} must not carry what is one recipient's own")
    return Layout(one_line(subject), _form(_GAP.sub("\n\n", text).strip("\n") + "\n"), _form(html))


def _marked(field: str, marks: tuple[str, ...]) -> Any:
    if field == "children":
        count = sum(mark.startswith("child_") for mark in marks)
        return tuple(
            Child(_mark(f"child_{number}"), _mark(f"class_{number}") if f"class_{number}" in marks else None)
            for number in range(count)
        )
    if field not in marks:
        return None
    return f"https://{_mark(field)}" if field.endswith("url") else _mark(field)


def _mark(name: str) -> str:
    return f"{_SECRET}.{name}."


def _form(rendered: str) -> Form:
    pieces = _pieces(rendered)
    return Form(pieces, tuple(_lines(pieces)))


def _lines(pieces: Pieces) -> Iterator[bytes | Pieces]:
    """Quoted-printable knows no state from one line to the next, so lines without a mark can be encoded ahead."""
    line: list[str] = []  # the line that was begun, in pieces
    for number, piece in enumerate(pieces):
        if number % 2:
            line.append(piece)
            continue
        ended, newline, rest = piece.partition("\n") if line else ("", "", piece)
        if line and newline:
            yield (*line, ended + newline)
        elif line:
            line.append(piece)
            continue
        whole, newline, begun = rest.rpartition("\n")
        if newline:
            yield quoted_printable(whole + newline)
        line = [begun]
    yield tuple(line)


def _pieces(rendered: str) -> Pieces:
    pieces, start = [], 0
    for found in _MARK.finditer(rendered):
        pieces += [rendered[start : found.start()], found[1]]
        start = found.end()
    return (*pieces, rendered[start:])


def _set(pieces: Pieces, words: dict[str, str]) -> str:
    whole = list(pieces)
    whole[1::2] = [words[mark] for mark in pieces[1::2]]
    return "".join(whole)


def warm() -> None:
    """Load every letter in every language: a broken template shows at start-up, not at the first letter."""
    for language in LANGUAGES:
        for letter in LETTERS:
            forms(letter, language)
