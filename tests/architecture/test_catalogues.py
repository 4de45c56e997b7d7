"""Every text that people read exists in every language, and keeps its named places."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from guardian.i18n import DEFAULT_LANGUAGE, LANGUAGES
from guardian.resources import LOCALES
from tests.architecture.sources import PACKAGE, TEMPLATES

TRANSLATED = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]
_PLURAL_OF_OURS = (2, 3)  # plural(language, one, many, count)
KEYWORDS = {"_": None, "N_": None, "gettext": None, "gettext_noop": None, "ngettext": (1, 2), "plural": _PLURAL_OF_OURS}
JINJA = {"silent": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true"}
_PLACE = re.compile(r"%\((\w+)\)[a-z]|(?<!%)%[sd]|\{\w+\}")


@cache
def wanted() -> dict[str, str]:
    """Every marked text, with the file that has it. Of a plural, both forms as one key, parted by a NUL."""
    found: dict[str, str] = {}
    for root, methods, options in (
        (PACKAGE, [("**.py", "python")], {}),
        (TEMPLATES, [("**.html", "jinja2"), ("**.txt", "jinja2")], {"**.html": JINJA, "**.txt": JINJA}),
    ):
        if root.is_dir():
            marked = extract_from_dir(root, methods, options, keywords=KEYWORDS)
            for name, line, message, _, _ in marked:
                text = message if isinstance(message, str) else "\0".join(message)
                if text:
                    found.setdefault(text, f"{root.name}/{name}:{line}")
    return found


@cache
def catalogue(language: str) -> dict[str, Message]:
    """All messages of all `.po` files of a language, by msgid (a plural as in `wanted`)."""
    return {_key(message): message for message in _messages(language)}


def _messages(language: str) -> Iterator[Message]:
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            yield from (message for message in read_po(file, locale=language, abort_invalid=True) if message.id)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else "\0".join(message.id)


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = [f"{place}: {text[:100]!r}" for text, place in wanted().items() if text not in known]
    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_empty_or_doubtful(language: str) -> None:
    bad = [_key(message) for message in _messages(language) if message.fuzzy or not all(_forms(message))]
    assert not bad, "\n" + "\n".join(bad)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_named_places(language: str) -> None:
    bad = []
    for message in _messages(language):
        places = {match[0] for match in _PLACE.finditer(_key(message))}
        for form in _forms(message):
            have = {match[0] for match in _PLACE.finditer(form)}
            # A plural form may leave the number out («one child»), a plain text nothing.
            if not have <= places or (isinstance(message.id, str) and have != places):
                bad.append(f"{_key(message)[:80]!r}: {sorted(places ^ have)}")
    assert not bad, "\n" + "\n".join(bad)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_has_one_translation(language: str) -> None:
    seen: dict[str, list[str]] = {}
    for message in _messages(language):
        seen.setdefault(_key(message), []).append(" | ".join(_forms(message)))
    assert {text: forms for text, forms in seen.items() if len(set(forms)) > 1} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_every_form_of_the_language(language: str) -> None:
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            book = read_po(file, locale=language)
        for message in book:
            if message.id and not isinstance(message.id, str):
                assert len(_forms(message)) == book.num_plurals, (path.name, message.id)


def test_marked_texts_are_found(tmp_path: Path) -> None:
    code, page = tmp_path / "a.py", tmp_path / "b.html"
    code.write_text('x = N_("Hello " "there")\nplural(language, "%(count)d day", "%(count)d days", 2)\n')
    page.write_text("{{ _('Page') }}{% trans n=n %}{{ n }} child{% pluralize %}{{ n }} children{% endtrans %}")
    python = [found[1] for found in extract_from_file("python", code, keywords=KEYWORDS)]
    jinja = [found[1] for found in extract_from_file("jinja2", page, keywords=KEYWORDS, options=JINJA)]
    assert python == ["Hello there", ("%(count)d day", "%(count)d days")]
    assert jinja == ["Page", ("%(n)s child", "%(n)s children")]
