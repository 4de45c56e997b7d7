"""A real Chromium over a real demo. Screenshots are kept as artefacts in `test-artefacts/`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import demo

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
