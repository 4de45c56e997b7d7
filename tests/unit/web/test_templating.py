"""Pages: every part renders in every language, nothing runs inline, and a letter stays light."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from guardian.i18n import LANGUAGES
from guardian.resources import STATIC, TEMPLATES
from guardian.web.templating import environment, render, url

SHELL = [*(TEMPLATES / "pages").glob("*.html")]
IMPORT = '{% import "_components.html" as c with context %}'


def made(source: str, language: str = "en", **values: object) -> str:
    return environment(language).from_string(IMPORT + source).render(**values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_components_renders(language: str) -> None:
    page = render("components.html", language, page_path="/demo/components")
    assert f'<html lang="{language}" dir="ltr">' in page
    assert page.count("<main") == page.count("<h1") == 1


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_no_style_and_no_script_stands_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", source)


async def test_a_letter_with_all_it_loads_is_far_under_50_kilobytes(site: httpx.AsyncClient) -> None:
    page = await site.get("/g/token", headers={"accept-encoding": "identity"})
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert [address.partition("?")[0] for address in loaded] == ["/static/guardian.css"]
    assert len(page.content) + (STATIC / "guardian.css").stat().st_size < 20_000


def test_the_style_sheet_stays_compact() -> None:
    assert (STATIC / "guardian.css").stat().st_size < 16 * 1024
    assert (STATIC / "guardian.js").stat().st_size < 3 * 1024


async def test_the_language_switch_stays_on_the_page_with_its_filter(site: httpx.AsyncClient) -> None:
    page = (await site.get("/school/learners?state=waiting&lang=fr&class=4%26b")).text
    assert 'href="/school/learners?state=waiting&amp;class=4%26b&amp;lang=pl"' in page


@pytest.mark.parametrize(
    "there", ["//evil.example.com", "https://evil.example.com", "\\\\evil.example.com", "/\\\\evil.example.com"]
)
async def test_the_language_switch_carries_no_address_elsewhere(site: httpx.AsyncClient, there: str) -> None:
    page = (await site.get("/school/learners", params={"next": there, "state": "waiting"})).text
    assert 'href="/school/learners?state=waiting&amp;lang=pl"' in page


async def test_a_chosen_language_is_kept(site: httpx.AsyncClient) -> None:
    await site.get("/g/token?lang=pl")
    assert '<html lang="pl"' in (await site.get("/g/token", headers={"accept-language": "fr"})).text


async def test_an_unknown_language_falls_back_to_the_browser_s(site: httpx.AsyncClient) -> None:
    assert '<html lang="fr"' in (await site.get("/g/token?lang=xx", headers={"accept-language": "fr;q=0.9"})).text


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        made("{{ nothing_of_this_name }}")


def test_what_people_typed_is_escaped() -> None:
    bad = '"><script>alert(1)</script>'
    calls = (
        "field('name', bad, bad, hint=bad, error=bad)", "stat(bad, bad)", "table(bad, [bad], [[bad]])",
        "summary_list([(bad, bad, bad, bad)])", "error_summary([('name', bad)])", "timeline([(bad, bad, bad)])",
        "choice_group('name', bad, [(bad, bad, bad)])", "confirm(bad, bad, '/x', bad)", "sparkline([1], bad)",
        "textarea('name', bad, bad)", "select('name', bad, [(bad, bad)], bad)", "progress(1, 2, bad)",
        "bar_plot([(bad, 1, 'permit')])", "funnel([(bad, 1)])", "stepper([(bad, 'done')])", "link(bad, bad)",
    )  # fmt: skip
    for call in calls:
        assert "<script" not in made("{{ c.%s }}" % call, bad=bad, csrf_field=Markup("")), call  # noqa: UP031


def test_a_wrong_field_is_tied_to_its_sentence() -> None:
    page = made(
        '{{ c.error_summary([("email", "Mend it.")]) }}{{ c.field("email", "Email", "x", hint="H", error="Mend it.") }}'
    )
    assert '<a href="#email">Mend it.</a>' in page
    assert 'aria-describedby="email-hint email-error" aria-invalid="true"' in page
    assert 'value="x"' in page


def test_nothing_is_ticked_beforehand() -> None:
    options = [("yes", "Yes", None), ("no", "No", None)]
    for kind in ("radio", "checkbox"):
        assert " checked" not in made('{{ c.choice_group("a", "Q", options, kind=kind) }}', options=options, kind=kind)
    assert made('{{ c.choice_group("a", "Q", options, value="no") }}', options=options).count(" checked") == 1


def test_a_password_is_never_sent_back() -> None:
    assert "secret" not in made('{{ c.field("word", "Password", "secret", type="password") }}')


def test_a_state_is_a_word_and_an_icon_never_colour_alone() -> None:
    for state in ("permit", "waiting", "blocked", "held", "neutral"):
        page = made("{{ c.status_word(state, 'Word') }}", state=state)
        assert "<svg" in page
        assert "Word" in page


def test_an_empty_table_says_what_to_do_first() -> None:
    page = made('{{ c.table("Learners", ["Name"], [], empty="Upload the class list first.") }}')
    assert "Upload the class list first." in page
    assert "<table" not in page


def test_a_confirmation_carries_its_proof() -> None:
    field = Markup('<input type="hidden" name="_csrf" value="x">')
    assert field in made('{{ c.confirm("T", "X", "/remove", "Remove", danger=True) }}', csrf_field=field)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Friday 4 December 2026, 18:00 (Warsaw)|Friday 4 December 2026|4 December 2026|1,240,000"),
        (
            "fr",
            "vendredi 4 décembre 2026 à 18:00 (Varsovie)|vendredi 4 décembre 2026|4 décembre 2026|1\u202f240\u202f000",
        ),
        ("pl", "piątek, 4 grudnia 2026, 18:00 (Warszawa)|piątek 4 grudnia 2026|4 grudnia 2026|1\xa0240\xa0000"),
    ],
)
def test_dates_and_numbers_are_written_as_people_write_them(language: str, said: str) -> None:
    at = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
    source = "{{ at|instant('Europe/Warsaw') }}|{{ at|day('Europe/Warsaw') }}|{{ day|date }}|{{ 1240000|number }}"
    assert made(source, language, at=at, day=date(2026, 12, 4)) == said


def test_an_address_is_put_together_safely() -> None:
    assert url("/school/learners") == "/school/learners"
    assert url("/x", {"a": "1&2", "b": None, "c": ""}, a="ż/?") == "/x?a=%C5%BC%2F%3F"
