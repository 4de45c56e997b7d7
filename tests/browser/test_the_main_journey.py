"""The school uploads, a guardian confirms in French without JavaScript, an admin purges: with pictures kept."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import advance, decision, keep, mails_to, sideways, sign_in, violations, wait_for
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

ROSTER = """Nom;Prénom;Date de naissance;Classe;Numéro élève;Responsable 1 nom;Responsable 1 e-mail;Langue
Garnier;Théo;14/03/2016;5b;2001;Aline Garnier;aline.garnier@example.org;fr
Silencieux;Léo;25/11/2015;5b;2002;Denis Silencieux;denis.silencieux@example.org;fr
"""


def _school_uploads(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(page, demo, "school")
    assert violations(page) == []
    keep(page, "school")
    page.get_by_role("link", name="Rosters").first.click()
    path = tmp_path / "liste.csv"
    path.write_bytes(ROSTER.encode("cp1252"))
    page.set_input_files("input[type=file]", path)
    page.get_by_label("Add and change").check()
    page.get_by_role("button", name="Upload and show the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this roster would change")
    expect(page.locator("main")).to_contain_text("2 new learners")
    expect(page.locator("main")).to_contain_text("Théo Garnier")
    assert violations(page) == []
    keep(page, "roster-plan")
    assert mails_to(demo, "aline.garnier@example.org") == [], "a plan wrote to a guardian"
    page.get_by_role("button", name="Commit this roster").click()
    expect(page.locator("main")).to_contain_text("The roster is committed")
    keep(page, "roster-committed")
    page.close()


def _guardian_confirms(browser: Browser, demo: Demo) -> None:
    mail = wait_for(lambda: mails_to(demo, "aline.garnier@example.org"))[0]
    assert "vous demande votre décision" in mail["subject"]
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="fr-FR", color_scheme="light"
    )
    page = context.new_page()
    page.goto(next(link for link in mail["links"] if "/g/" in link))
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "Théo" not in page.title()
    assert page.locator("input[type=radio]:checked").count() == 0
    keep(page, "guardian-question")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
    keep(page, "guardian-errors")
    for group in page.get_by_role("group").all():
        wanted = "Oui" if "Cours" in (group.text_content() or "") else "Non"
        if group.get_by_label(wanted, exact=True).count() == 1:
            group.get_by_label(wanted, exact=True).check()
    page.locator("select[name=relationship]").select_option("mother")
    page.locator("input[name=name]").fill("Aline Garnier")
    page.wait_for_timeout(2300)
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/done")
    expect(page.locator("main")).to_contain_text("Théo")
    keep(page, "guardian-done")
    context.close()


def _admin_purges(browser: Browser, demo: Demo) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    sign_in(page, demo, "admin")
    assert violations(page) == []
    keep(page, "admin")
    page.goto(demo["base_url"] + "/admin/flags")
    assert violations(page) == []
    keep(page, "admin-flags")
    page.get_by_role("link", name="Léo Silencieux").click()
    expect(page.locator("main")).to_contain_text("Léo")
    assert violations(page) == []
    keep(page, "admin-account")
    page.locator("a[href$='/purge']").first.click()
    keep(page, "admin-purge")
    page.get_by_role("button", name="Approve the purge of this account").click()
    advance(demo, "PT25H")
    page.goto(demo["base_url"] + "/admin/purges")
    wait_for(lambda: page.reload() and page.locator("a[href$='/certificate']").count())
    page.locator("a[href$='/certificate']").first.click()
    expect(page.locator("main")).not_to_contain_text("Silencieux")
    assert violations(page) == []
    keep(page, "admin-certificate")
    page.close()


def _reminded(demo: Demo, address: str) -> bool:
    return any("/u/" in link for mail in mails_to(demo, address) for link in mail["links"])


def test_school_uploads_guardian_confirms_in_french_admin_purges(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    _school_uploads(browser, demo, tmp_path)
    _guardian_confirms(browser, demo)
    page = browser.new_page()
    sign_in(page, demo, "school")
    page.goto(demo["base_url"] + "/school/learners?q=Garnier")
    assert sideways(page) == 0
    keep(page, "school-learners")
    page.close()
    advance(demo, "P1DT1H")
    wait_for(lambda: len(mails_to(demo, "aline.garnier@example.org")) >= 3)
    advance(demo, "P12D")
    wait_for(lambda: _reminded(demo, "denis.silencieux@example.org"))
    _admin_purges(browser, demo)


def test_the_first_learner_is_still_as_it_was(demo: Demo) -> None:
    assert decision(demo, demo["learners"][0])["access"] == "block"
