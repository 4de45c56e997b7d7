"""Every letter in every language: whole, escaped, without a person's name where others see it."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from guardian.i18n import LANGUAGES
from guardian.mail.letters import LETTERS, ConsentReminder, ConsentRequest, Foot
from guardian.mail.rendering import render, warm
from tests.unit.mail.corpus import NAMES, NOTICE, STOP, UNTIL, URL, every_letter

LETTER_OF = {index: type(letter).__name__ for index, letter in enumerate(every_letter())}


class Reading(HTMLParser):
    """The tags and the words of a page; nothing in it may be left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("index", LETTER_OF, ids=lambda index: f"{index}-{LETTER_OF[index]}")
def test_a_letter_is_whole_in_every_language(index: int, language: str) -> None:
    letter = every_letter()[index]
    made = render(letter, language)
    page = Reading(made.html)
    assert made.language == language
    assert made.subject
    assert "\n" not in made.subject
    assert page.open == []
    assert "%(" not in made.text + made.html + made.subject
    assert "None" not in made.text + page.words
    (html,) = [attributes for tag, attributes in page.tags if tag == "html"]
    assert html == {"lang": language, "dir": "ltr"}
    assert not re.search(r"<(img|script|link|iframe)|@import|url\(", made.html)
    assert made.html.count("color-scheme") >= 3
    if getattr(letter, "url", None):
        assert [line for line in made.text.splitlines() if URL in line] == [URL]
        assert sum(URL in line for line in made.html.splitlines()) == 1
        assert f'href="{URL}"\n' in made.html
        assert "&#x2f;" not in made.html


@pytest.mark.parametrize("index", LETTER_OF, ids=lambda index: f"{index}-{LETTER_OF[index]}")
def test_no_subject_carries_a_persons_name(index: int) -> None:
    letter = every_letter("Maria Nowak")[index]
    changed = {field: "Fixed" for field in ("school", "institution", "operator") if getattr(letter, field, None)}
    assert "Nowak" not in render(msgspec.structs.replace(letter, **changed), "en").subject


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_are_escaped_in_html_and_plain_in_text(name: str) -> None:
    for letter in every_letter(name):
        made = render(letter, "en")
        page = Reading(made.html)
        assert "script" not in {tag for tag, _ in page.tags}
        assert "<script" not in made.html
        assert "49" not in made.text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\ud800-\udfff]", made.text + made.html)
        if name.startswith("<script"):
            assert name in made.text
        if name.startswith("{{"):
            assert name in made.text
            assert name in page.words


def test_a_line_break_in_a_name_makes_no_line() -> None:
    made = render(every_letter("Maria\r\nhttps://example.net/steal\n")[7], "en")
    assert "https://example.net/steal" not in made.text.splitlines()


def test_names_are_set_apart_from_the_sentence_around_them() -> None:
    letter = next(one for one in every_letter("محمد") if isinstance(one, ConsentRequest))
    made = render(letter, "fr")
    assert "<bdi>محمد</bdi>" in made.html
    assert "\u2068محمد\u2069" in made.text
    assert "\u2068" not in render(every_letter("Anna")[7], "fr").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 5, 22])
def test_the_number_of_children_agrees(language: str, count: int) -> None:
    letter = next(one for one in every_letter("Anna", children=count) if isinstance(one, ConsentRequest))
    made = render(letter, language)
    singular = {"en": "Your child can", "fr": "Votre enfant ne", "pl": "Państwa dziecko może"}[language]
    many = {"en": "Your children can", "fr": "Vos enfants ne", "pl": "Państwa dzieci mogą"}[language]
    assert (singular in made.text, many in made.text) == (count == 1, count != 1)
    assert (singular in made.html, many in made.html) == (count == 1, count != 1)
    assert made.text.count("\n- Anna") == count
    assert made.html.count("<li><strong>") == count


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 minutę"), (3, "3 minuty"), (15, "15 minut.")])
def test_polish_minutes(minutes: int, said: str) -> None:
    assert said in render(msgspec.structs.replace(every_letter()[0], minutes=minutes), "pl").text


def test_the_first_letter_to_a_guardian_says_what_the_law_asks() -> None:
    letter = next(one for one in every_letter("Szkoła nr 5") if isinstance(one, ConsentRequest))
    made = render(letter, "en")
    for form in (made.text, re.sub(r"</?bdi>", "", made.html)):
        assert "Your child’s school, Szkoła nr 5, gave us your name and address." in form
        assert "we delete the names and addresses" in form
        assert UNTIL in form
        assert NOTICE in form
        assert "Name and login, Chat messages" in form
        assert "complain to the data protection authority" in form
        assert "privacy@example.org" in form
        assert "unsubscribe" not in form.lower()


def test_a_reminder_says_which_it_is_and_how_to_stop_it() -> None:
    letter = next(one for one in every_letter() if isinstance(one, ConsentReminder))
    made = render(letter, "en")
    assert "reminder 1 of 3" in made.text
    assert STOP in made.text.splitlines()
    assert f'href="{STOP}"\n' in made.html


def test_one_guardians_letter_never_shows_in_anothers() -> None:
    first = next(one for one in every_letter("Anna") if isinstance(one, ConsentRequest))
    second = msgspec.structs.replace(first, guardian="Beata", url=URL.replace("Ab1", "Zz9"))
    third = msgspec.structs.replace(first, guardian=None, children=first.children[:1])
    for letter in (first, second, third, first):
        made = render(letter, "en")
        assert ("Hello Beata" in made.text) == (letter is second)
        assert (URL in made.text) == (letter is not second)
        assert made.text.count("\n- ") - 2 == len(letter.children)
    assert render(first, "en") == render(msgspec.structs.replace(first), "en")


def test_an_unknown_language_comes_out_in_english() -> None:
    assert render(every_letter()[0], "xx").language == "en"


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://example.org/"><b>', "https://example.org/a b", "x"])
def test_a_link_that_is_none_is_refused_without_quoting_it(url: str) -> None:
    for letter in (every_letter()[0], every_letter()[7]):
        with pytest.raises(ValueError, match="GUARDIAN_BASE_URL") as caught:
            render(msgspec.structs.replace(letter, url=url), "en")
        assert url == "x" or url not in str(caught.value)


def test_what_is_no_letter_is_refused() -> None:
    class Other(Foot, frozen=True, kw_only=True):
        template = "consent_request"

    with pytest.raises(TypeError, match="Other"):
        render(Other(operator="x", contact="y"), "en")


def test_a_template_that_asks_for_more_than_it_gets_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Short(Foot, frozen=True, kw_only=True):
        template = "staff_sign_in"

    monkeypatch.setitem(LETTERS, "staff_sign_in", Short)
    from guardian.mail import rendering

    rendering._shared.cache_clear()
    try:
        with pytest.raises(ValueError, match="staff_sign_in"):
            render(Short(operator="x", contact="y"), "en")
    finally:
        rendering._shared.cache_clear()


def test_all_templates_load() -> None:
    warm()
    assert set(LETTERS) == {letter.template for letter in every_letter()}
