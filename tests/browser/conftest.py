"""A real Chromium over a real demo. Screenshots are kept as artefacts in `test-artefacts/`."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import Demo, demo

__all__ = ["demo"]

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
_ARGUMENTS = ["--disable-background-networking", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "The browser tests need Chromium: install it, or set CHROMIUM_PATH."
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *root])
        yield started
        started.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def violations(page: Page) -> list[str]:
    """What axe finds on a page. It is put in through the browser's own tools, so the page's policy stays as it is."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]


def sideways(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def wait_for(look: Callable[[], Any], seconds: float = 25) -> Any:
    """Look until there is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come in time")


def mails_to(demo: Demo, address: str) -> list[dict[str, Any]]:
    """What an address was sent so far."""
    mails = httpx.get(demo["inbox_url"] + ".json", timeout=30).json()
    return [mail for mail in mails if mail["to"] == address]


def advance(demo: Demo, by: str) -> None:
    """Move the demo's time."""
    httpx.post(demo["base_url"] + "/demo/clock", json={"advance": by}, timeout=30).raise_for_status()


def decision(demo: Demo, learner: str) -> dict[str, Any]:
    """What the platform is told."""
    headers = {"authorization": f"Bearer {demo['api_key']}"}
    answer = httpx.get(f"{demo['base_url']}/v1/learners/{learner}/decision", headers=headers, timeout=30)
    found: dict[str, Any] = answer.json()
    return found


def sign_in(page: Page, demo: Demo, who: str) -> None:
    """Sign in as the school's secretary or as the operator's officer."""
    page.goto(demo[f"{who}_sign_in_url"])
    page.locator("form[action^='/demo/sign-in'] button").click()
    page.wait_for_url(f"**/{who}")
