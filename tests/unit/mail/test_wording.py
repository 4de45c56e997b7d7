"""Sentences are put into a template when it is loaded."""

import pytest

from guardian.mail.wording import localised

FRENCH = {"%(a)s asks %(b)s.": "%(b)s : %(a)s & 100 %%", "Plain": "Simple", "Bad": "{{ x }}", "More": "%(c)s"}


def said(source: str, *, html: bool = False) -> str:
    return localised(source, lambda message: FRENCH.get(message, message), html=html)


def test_places_are_filled_by_the_calls_arguments() -> None:
    assert said('{{ _("%(a)s asks %(b)s.", a=x|name, b=y.z) }}') == "{{ y.z }} : {{ x|name }} & 100 %"


def test_html_escapes_the_sentence_and_not_the_places() -> None:
    assert said('{{ _("%(a)s asks %(b)s.", a=x|name, b=y) }}', html=True) == "{{ y }} : {{ x|name }} &amp; 100 %"


def test_everything_else_stays() -> None:
    assert said('{% if a %}{{ b }}{{ _("Plain") }}{% endif %}') == "{% if a %}{{ b }}Simple{% endif %}"


@pytest.mark.parametrize(
    "source", ['{{ _("Bad") }}', '{{ _("More", a=b) }}', "{{ _(x) }}", '{{ _("a" ~ b) }}', '{{ _("%(a)s", a=f(1)) }}']
)
def test_what_cannot_be_put_into_words_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"template code|fills the place|a call must read"):
        said(source)
