"""All tests in the order that finds faults soonest: `make test`, `make soak`.

The clock tests run in three time zones far apart. With GUARDIAN_TEST_DATABASE_URL the integration tests run on that
server first and then, like everything else, on the embedded PostgreSQL 18. Without pytest's words no pass counts:
its closing lines are repeated at the end, and kept in test-artefacts/summary.txt.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = ROOT / "test-artefacts" / "summary.txt"
URL = "GUARDIAN_TEST_DATABASE_URL"
ZONES = ("Africa/Lagos", "America/St_Johns", "Pacific/Kiritimati")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class Pass(NamedTuple):
    """One run of pytest. `environment` is added to ours; None takes a variable away."""

    title: str
    arguments: tuple[str, ...]
    environment: dict[str, str | None]


def passes(*, soak: bool, url: str | None) -> list[Pass]:
    """What to run; the largest pass comes last."""
    embedded: dict[str, str | None] = {URL: None}
    if soak:
        return [Pass("full counts, embedded PostgreSQL 18", ("-m", "soak"), {**embedded, "GUARDIAN_SOAK": "1"})]
    # A process of their own: Playwright keeps an event loop running, beside which no other test could start one.
    apart = ("--ignore=tests/browser",)
    given = ("tests/integration", "-m", "not soak", "--ignore=tests/integration/db/test_embedded.py")
    return [
        *([Pass(f"integration, the server of {URL}", given, {})] if url else []),
        *(
            Pass(f"clock tests, TZ={zone}", ("-m", "time and not soak", *apart), {**embedded, "TZ": zone})
            for zone in ZONES
        ),
        Pass("browser, embedded PostgreSQL 18", ("tests/browser", "-m", "not soak"), embedded),
        Pass(
            "everything else, embedded PostgreSQL 18",
            ("-m", "not time and not soak", *apart),
            embedded,
        ),
    ]


def browser() -> str:
    """The path of a Chromium for the browser tests; installed when we may, else the exact words to install it."""
    named = os.environ.get("CHROMIUM_PATH")
    if named and not Path(named).is_file():
        sys.exit(f"CHROMIUM_PATH names {named}, which is not there. Correct it or unset it.")
    if found := _present(named):
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *command], env=environment, stdin=subprocess.DEVNULL, check=False)
        if found := _present(None):
            return found
    sys.exit(
        "The browser tests need Chromium. Run: sudo apt-get install chromium (or install Chrome and set CHROMIUM_PATH)."
    )


def _present(named: str | None) -> str | None:
    places = [named, *map(shutil.which, BROWSERS), str(MAC_BROWSER) if MAC_BROWSER.is_file() else None]
    return next((place for place in places if place), None)


def run(one: Pass, extra: list[str]) -> tuple[int, str]:
    """Run pytest, showing what it says; answer its exit code and its closing line."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    for name, value in one.environment.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    print(f"\n=== {one.title} ===", flush=True)
    command = [sys.executable, "-m", "pytest", *one.arguments, *extra]
    last = "pytest said nothing"
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip().strip("= ") or last
    return process.returncode, last


def main(arguments: list[str]) -> int:
    """Run every pass, also after one failed; 0 only if all held."""
    soak = "--soak" in arguments
    extra = [argument for argument in arguments if argument != "--soak"]
    url = os.environ.get(URL)
    os.environ["CHROMIUM_PATH"] = browser()
    results = [(one, *run(one, extra)) for one in passes(soak=soak, url=url)]
    lines = [f"{'ok    ' if code == 0 else 'FAILED'} {one.title}: {closing}" for one, code, closing in results]
    if not url and not soak:
        lines.insert(0, f"{URL} is not set: only the embedded PostgreSQL 18 was run.")
    SUMMARY.parent.mkdir(exist_ok=True)
    SUMMARY.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n=== summary ===", *lines, sep="\n", flush=True)
    return 1 if any(code for _, code, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
