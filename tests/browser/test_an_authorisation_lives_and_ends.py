"""Staff ask, another person signs in French on a phone, the operator checks, it is renewed early, revoked: with the
platform's question asked after each step, and pictures kept on a desk and on a phone.
"""

import subprocess
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import (
    ARTEFACTS,
    advance,
    decision,
    keep,
    mails_to,
    sideways,
    sign_in,
    violations,
    wait_for,
)
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser
HEAD = "directrice@ecole-des-tilleuls.example.net"
OFFICE = "secretary@linden.example.org"
GUARDIAN = "grace.ashdown@example.com"
_ANSWERED: list[list[str]] = []
PHONE: ViewportSize = {"width": 360, "height": 740}


def _looked(page: Page, name: str) -> None:
    """Kept at both widths; nothing sticks out, and axe finds nothing."""
    assert violations(page) == []
    keep(page, f"authorisation-{name}")
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert sideways(page) == 0
    keep(page, f"authorisation-{name}-360")
    if size:
        page.set_viewport_size(size)


def _questions(demo: Demo) -> list[dict[str, Any]]:
    return [mail for mail in mails_to(demo, GUARDIAN) if mail["subject"].endswith("asks for your decision")]


def _says_yes(browser: Browser, demo: Demo, number: int = 1) -> str:
    """A guardian says yes to everything, and a day later her child is in; answers which learner it is. `number`: of
    the question.
    """
    mail = wait_for(lambda: len(found := _questions(demo)) >= number and found, 60)
    mail = next(one for one in mail if one["links"] not in _ANSWERED)
    _ANSWERED.append(mail["links"])
    page = browser.new_page(java_script_enabled=False, locale="en-GB")
    page.goto(next(link for link in mail["links"] if "/g/" in link))
    for group in page.get_by_role("group").all():
        if group.get_by_label("Yes", exact=True).count() == 1:
            group.get_by_label("Yes", exact=True).check()
    page.locator("select[name=relationship]").select_option("mother")
    page.locator("input[name=name]").fill("Grace Ashdown")
    page.wait_for_timeout(2300)
    page.locator("main form button").first.click()
    page.wait_for_url("**/done")
    page.close()
    advance(demo, "P1DT1H")
    wait_for(lambda: sum("takes effect" in one["subject"] for one in mails_to(demo, GUARDIAN)) == number, 90)

    def admitted() -> Any:
        return next((one for one in demo["learners"] if "consented" in decision(demo, one)["reasons"]), None)

    return str(wait_for(admitted, 60))


def _asks(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "school")
    page.goto(demo["base_url"] + "/school/authorisations")
    page.get_by_role("link", name="Renew: ask for the next signature").click()
    assert page.locator("#valid_until").input_value() == "2028-08-31"
    page.get_by_role("button", name="Send the letter to the signatory").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#signatory_email").fill(HEAD)
    page.locator("#language").select_option("fr")
    page.get_by_role("checkbox", name="Lessons").check()
    _looked(page, "ask")
    page.get_by_role("button", name="Send the letter to the signatory").click()
    expect(page.locator("main")).to_contain_text("The letter to the signatory is queued")
    _looked(page, "asked")


def _signs(context: BrowserContext, demo: Demo) -> bytes:
    """On a phone, without JavaScript, in French; answers the document."""
    mail = wait_for(lambda: [m for m in mails_to(demo, HEAD) if any("/sign/" in link for link in m["links"])])[0]
    assert "Votre signature" in mail["subject"]
    page = context.new_page()
    page.goto(next(link for link in mail["links"] if "/sign/" in link))
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator("input:checked").count() == 0
    assert "Linden" not in page.title()
    assert sideways(page) == 0
    keep(page, "authorisation-sign-360")
    page.wait_for_timeout(2300)
    page.locator("form:not([action*=refuse]) button").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    keep(page, "authorisation-sign-errors-360")
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.locator("#name").fill("Anne-Sophie Lefèvre-Świętochłowska")
    page.locator("#title").fill("Directrice de l’établissement")
    page.wait_for_timeout(2300)
    page.get_by_role("button", name="Signer pour").click()
    expect(page.locator("h1")).to_contain_text("Merci")
    keep(page, "authorisation-signed-360")
    with page.expect_download() as download:
        page.locator("a[href$='document.pdf']").click()
    return download.value.path().read_bytes()


def _pictures(content: bytes) -> int:
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / "authorisation.pdf"
    path.write_bytes(content)
    subprocess.run(
        ["pdftoppm", "-r", "70", "-png", str(path), str(ARTEFACTS / "authorisation-pdf")], check=True, timeout=60
    )
    return len(list(ARTEFACTS.glob("authorisation-pdf-*.png")))


def _reasons(demo: Demo, learner: str) -> tuple[str, list[str]]:
    found = decision(demo, learner)
    return found["access"], found["reasons"]


def test_asked_signed_in_french_checked_renewed_and_revoked(browser: Browser, demo: Demo) -> None:
    learner = _says_yes(browser, demo)
    inside = ("permit", ["authorised", "consented"])
    assert _reasons(demo, learner) == inside
    office = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(office, demo, "school")
    days = _days_left(office, demo)
    advance(demo, f"P{days - 29}D")
    first = wait_for(lambda: [m for m in mails_to(demo, OFFICE) if "ends soon" in m["subject"]], 60)
    assert "ask for a new signature now" in first[0]["text"]
    assert _reasons(demo, learner) == inside

    _asks(office, demo)
    assert _reasons(demo, learner) == inside
    phone = browser.new_context(
        java_script_enabled=False,
        viewport=PHONE,
        locale="fr-FR",
        accept_downloads=True,
    )
    document = _signs(phone, demo)
    assert _pictures(document) >= 2
    assert _reasons(demo, learner) == inside

    officer = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(officer, demo, "admin")
    officer.goto(f"{demo['base_url']}/admin/institutions/{demo['institution']}")
    expect(officer.locator("main")).to_contain_text("Not at a verified domain")
    expect(officer.locator("main")).to_contain_text(sha256(document).hexdigest())
    officer.get_by_role("link", name="Verify…", exact=True).click()
    _looked(officer, "verify")
    officer.get_by_role("button", name="Verify and put in force").click()
    expect(officer.locator("main")).to_contain_text("verified and in force")
    _looked(officer, "verified")
    assert _reasons(demo, learner) == inside
    wait_for(lambda: [m for m in mails_to(demo, HEAD) if "en vigueur" in m["subject"]])

    _says_yes(browser, demo, 2)  # her yes would have ended with the older one
    assert _reasons(demo, learner) == inside
    advance(demo, "P40D")  # over the end of the older one
    assert _reasons(demo, learner) == inside
    again = [m for m in mails_to(demo, OFFICE) if "ends soon" in m["subject"]]
    assert len(again) == 1, "a reminder went out after the renewal"

    officer.get_by_role("link", name="Suspend…").first.click()
    officer.get_by_role("button", name="Suspend", exact=True).click()
    expect(officer.get_by_role("alert")).to_contain_text("Write why.")
    officer.locator("#reason").fill("The council asks for a pause.")
    _looked(officer, "suspend")
    officer.get_by_role("button", name="Suspend", exact=True).click()
    access, reasons = _reasons(demo, learner)
    assert access == "block"
    assert "authorisation_suspended" in reasons
    officer.get_by_role("link", name="Lift the suspension…").click()
    officer.get_by_role("button", name="Lift the suspension").click()
    assert _reasons(demo, learner) == inside

    sign_in(office, demo, "school")
    office.goto(demo["base_url"] + "/school/authorisations")
    expect(office.locator("main")).to_contain_text(sha256(document).hexdigest())
    office.get_by_role("link", name="Revoke…").first.click()
    office.locator("#reason").fill("The school takes another course.")
    _looked(office, "revoke")
    office.get_by_role("button", name="Revoke for good").click()
    access, reasons = _reasons(demo, learner)
    assert access == "block"
    assert "authorisation_revoked" in reasons
    expect(office.locator("main")).to_contain_text("The school takes another course.")
    _looked(office, "revoked")
    told = wait_for(lambda: [m for m in mails_to(demo, HEAD) if "révoquée" in m["subject"]])
    assert "The school takes another course." in told[0]["text"]
    phone.close()
    office.close()
    officer.close()


def _days_left(page: Page, demo: Demo) -> int:
    """In how many days the demo's authorisation ends, as the page says it: «in 279 days, Tuesday 31 August 2027»."""
    page.goto(demo["base_url"] + "/school/authorisations")
    said = page.locator("dt", has_text="Last day").first.locator("xpath=following-sibling::dd").inner_text()
    return int("".join(mark for mark in said.partition("day")[0] if mark.isdigit()))
