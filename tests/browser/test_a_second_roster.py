"""September's roster, then January's with new numbers, by keyboard alone: whom the plan holds and whom it misses."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import keep, sideways, sign_in, violations
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

HEAD = "student_id,first_name,last_name,dob,class,guardian_email\n"
SEPTEMBER = HEAD + (
    "77001,Ari,Beck,2014-01-10,5a,ari.p@example.org\n77002,Bay,Cruz,2014-02-11,5a,bay.p@example.org\n"
    "77003,Col,Dade,2014-03-12,5b,col.p@example.org\n77004,Dex,Egan,2014-04-13,5b,dex.p@example.org\n"
)
JANUARY = HEAD + (
    "X-77001,Ari,Beck,2014-01-10,6a,ari.p@example.org\nX-77002,Bay,Cruz-Lima,2014-02-11,5a,bay.p@example.org\n"
    "77003,Flo,Gray,2015-09-09,5b,flo.p@example.org\nX-77005,Hal,Ivey,2014-05-14,5b,hal.p@example.org\n"
)
BARE = (
    "9001;Arkadiusz;Wiśniewski;03/04/2015;4a;a.w@example.org\n9002;Zoé;Lefèvre-Dubois;05/06/2015;4a;z.l@example.org\n"
)


def tab_to(page: Page, wanted: Locator) -> None:
    """Reach an element with the Tab key, as somebody without a mouse does."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("it cannot be reached with the keyboard")


def _upload(page: Page, demo: Demo, path: Path, mode: str) -> None:
    page.goto(demo["base_url"] + "/school/rosters?lang=en")
    page.set_input_files("input[type=file]", path)
    tab_to(page, page.locator("input[type=radio]").first)
    while not page.get_by_label(mode, exact=True).is_checked():
        page.keyboard.press("Space" if page.locator("input[type=radio]:checked").count() == 0 else "ArrowDown")
    tab_to(page, page.get_by_role("button", name="Upload and show the plan"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/school/rosters/[0-9a-f-]{36}"))


def _commit(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Commit this roster"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The roster is committed")


def _looked_at(browser: Browser, page: Page, address: str, name: str) -> None:
    """The page in three languages on a phone and a desk, in both themes: readable, and nothing hangs over."""
    cookies = page.context.cookies()
    looks: tuple[tuple[int, Literal["light", "dark"], str], ...] = (
        (1280, "light", "en"), (360, "dark", "pl"), (360, "light", "fr"), (1280, "dark", "pl"),
    )  # fmt: skip
    for width, scheme, language in looks:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.add_cookies([one for one in cookies if "lang" not in one["name"]])  # type: ignore[misc]
        other = context.new_page()
        other.goto(f"{address}?lang={language}")
        assert other.locator("html").get_attribute("lang") == language
        assert violations(other) == [], (name, width, scheme, language)
        assert sideways(other) == 0, (name, width, scheme, language)
        keep(other, f"{name}-{width}-{scheme}-{language}")
        context.close()


def test_january_after_september(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(page, demo, "school")
    for name, text in (("september.csv", SEPTEMBER), ("january.csv", JANUARY)):
        (tmp_path / name).write_text(text)
    _upload(page, demo, tmp_path / "september.csv", "Add and change")
    expect(page.locator("main")).to_contain_text("4 new learners")
    _commit(page)
    _upload(page, demo, tmp_path / "january.csv", "Everybody")
    main = page.locator("main")
    expect(main).to_contain_text("Many learners are missing in the file")
    rows = page.locator("#rows tbody tr")
    ari = rows.filter(has_text="Ari Beck")
    expect(ari).to_contain_text("Changed")
    expect(ari).to_contain_text("77001")
    expect(ari).to_contain_text("X-77001")
    expect(ari).to_contain_text("6a")
    bay = rows.filter(has_text="POSSIBLE_SAME_STUDENT")
    expect(bay).to_contain_text("Held for a person")
    expect(bay).to_contain_text("Cruz-Lima")
    expect(rows.filter(has_text="ID_REUSED")).to_contain_text("Flo Gray")
    expect(rows.filter(has_text="Hal Ivey")).to_contain_text("New")
    for missing in ("Col Dade", "Dex Egan"):
        expect(rows.filter(has_text=missing)).to_contain_text("not in the file")
    address = page.url.partition("?")[0]
    _looked_at(browser, page, address, "roster-january")
    page.goto(f"{address}?state=held")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    page.goto(f"{address}?code=ID_REUSED")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.goto(address)
    _commit(page)
    page.goto(demo["base_url"] + "/school/learners?q=Col")
    expect(page.locator("main")).to_contain_text("Col Dade")
    page.get_by_role("link", name="Col Dade").click()
    expect(page.locator("main")).not_to_contain_text("missing since")
    page.close()


def test_columns_are_asked_once_and_the_whole_way_works_without_scripts(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, demo, "school")
    path = tmp_path / "bare.csv"
    path.write_text(BARE)
    _upload(page, demo, path, "Add and change")
    expect(page.locator("h1")).to_have_text("Which column is what?")
    address = page.url.partition("?")[0]
    page.locator("#column-1").select_option("given_name")
    page.locator("#column-2").select_option("family_name")
    page.locator("#column-4").select_option("class_name")
    if page.get_by_label("Day first").count():
        page.get_by_label("Day first").check()
    _looked_at(browser, page, address, "roster-columns")
    tab_to(page, page.get_by_role("button", name="Read the file this way"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The columns were read as you said.")
    expect(page.locator("#rows")).to_contain_text("Zoé Lefèvre-Dubois")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbf9001;")
    _commit(page)
    _upload(page, demo, path, "Add and change")
    expect(page.locator("h1")).to_have_text("What this roster would change")
    expect(page.locator("main")).to_contain_text("an earlier file with the same columns")
    page.goto(page.url.partition("?")[0])
    page.get_by_role("button", name="Cancel and erase the file").click()
    page.goto(demo["base_url"] + "/school/learners?q=Zo")
    page.get_by_role("link", name="Lefèvre-Dubois").click()
    page.get_by_role("link", name="Correct the learner").click()
    page.locator("#class_name").fill("4b")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.locator("main")).to_contain_text("Corrected by hand")
    _looked_at(browser, page, page.url.partition("?")[0], "learner-corrected")
    context.close()
    _a_pdf_is_refused(browser, demo, tmp_path)


def _a_pdf_is_refused(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(page, demo, "school")
    path = tmp_path / "list.pdf"
    path.write_bytes(b"%PDF-1.4 " * 50)
    _upload(page, demo, path, "Add and change")
    expect(page.locator("main")).to_contain_text("This file could not be used")
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("Upload")
    _looked_at(browser, page, page.url.partition("?")[0], "roster-failed")
    page.close()
