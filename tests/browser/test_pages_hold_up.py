"""Every kind of page in three languages: readable by assistive technology, on a small screen, without scripts."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import decision, keep, mails_to, sideways, sign_in, violations, wait_for
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

SCHOOL = ("/school", "/school/learners", "/school/rosters", "/school/authorisations", "/school/authorisations/new")
ADMIN = (
    "/admin", "/admin/flags", "/admin/institutions", "/admin/institutions/invite", "/admin/purges", "/admin/clients",
    "/admin/audit",
)  # fmt: skip
OPEN = ("/sign-in", "/waiting", "/notice", "/nowhere")


@pytest.mark.parametrize("language", ["en", "fr", "pl"])
def test_no_page_breaks_the_accessibility_rules_or_the_small_screen(
    browser: Browser, demo: Demo, language: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700}, locale="en-GB")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for who, paths in (("", OPEN), ("school", SCHOOL), ("admin", ADMIN)):
        if who:
            sign_in(page, demo, who)
        for path in paths:
            page.goto(f"{demo['base_url']}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            assert violations(page) == [], path
            assert sideways(page) == 0, path
        page.goto(demo["base_url"] + "/?lang=en")
    assert [line for line in told if "404" not in line] == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_guardians_page_in_every_language_and_both_themes(
    browser: Browser, demo: Demo, scheme: Literal["light", "dark"]
) -> None:
    mail = wait_for(lambda: mails_to(demo, "maria.kowalska@example.org"))[0]
    link = next(one for one in mail["links"] if "/g/" in one)
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    for language in ("en", "fr", "pl"):
        page.goto(f"{link}?lang={language}")
        assert violations(page) == []
        assert sideways(page) == 0
        keep(page, f"guardian-{language}-{scheme}")
    assert max(sizes) < 50_000
    assert sum(sizes[:3]) < 50_000, "page and style together"
    context.close()


def test_a_scanner_that_runs_scripts_and_presses_the_button_decides_nothing(browser: Browser, demo: Demo) -> None:
    mail = wait_for(lambda: mails_to(demo, "grace.ashdown@example.com"))[0]
    page = browser.new_page()
    page.goto(next(one for one in mail["links"] if "/g/" in one))
    page.wait_for_timeout(3000)
    for form in range(page.locator("form").count()):
        page.evaluate("n => document.forms[n] && document.forms[n].submit()", form)
        page.wait_for_timeout(500)
    noah = demo["learners"][3]
    assert decision(demo, noah)["reasons"] == ["consent_missing"]
    assert len(mails_to(demo, "grace.ashdown@example.com")) == 1
    page.close()
