"""Lines that are encoded before anybody's name is set in come out as if the whole letter were encoded at once."""

import msgspec
import pytest

from guardian.i18n import LANGUAGES
from guardian.mail.letters import Asking, Child
from guardian.mail.mime import quoted_printable
from guardian.mail.rendering import render
from tests.unit.mail.corpus import NAMES, every_letter


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_encoded_as_a_whole_one(language: str) -> None:
    for letter in every_letter():
        made = render(letter, language)
        assert made.encoded == (quoted_printable(made.text), quoted_printable(made.html))


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_name_holds(name: str) -> None:
    for letter in every_letter():
        if isinstance(letter, Asking):
            named = msgspec.structs.replace(letter, guardian=name, children=(Child(name, name), Child(name)))
            made = render(named, "pl")
            assert made.encoded == (quoted_printable(made.text), quoted_printable(made.html))
