"""`guardian demo --check` plays the main journey; it exits 0 only if every step holds."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


def _check(tmp_path: Path, sabotage: str = "") -> tuple[int, str, float]:
    """Run the check; `sabotage` is Python that is run first in every process of the demo."""
    (tmp_path / "sitecustomize.py").write_text(sabotage)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "guardian", "demo", "--check"],
        env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, time.monotonic() - started


def test_every_step_holds_within_a_minute(tmp_path: Path) -> None:
    code, said, spent = _check(tmp_path)
    assert code == 0, said
    assert "FAILED" not in said
    assert said.count(" ok ") >= 15
    assert spent < 60, f"{spent:.0f} s\n{said}"
    assert _homeless() == [], "a database server outlived the folder of its demo"


def _homeless() -> list[str]:
    """Folders that are gone while a process still works in them."""
    places = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            places.append(str((process / "cwd").readlink()))
    return [place for place in places if "/guardian-demo-" in place and place.endswith("(deleted)")]


_LATE = """
import sys, importlib.abc, importlib.util
class After(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != {module!r}:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module
        def then(module):
            run(module)
            {change}
        spec.loader.exec_module = then
        return spec
sys.meta_path.insert(0, After())
"""

SABOTAGES = {
    "the second message never completes a consent": (
        "guardian.consent.delivery",
        "import asyncio\n            async def nothing(*_): return None\n            module.completed = nothing",
        "the second, delayed message completes",
    ),
    "a withdrawal is not written": (
        "guardian.consent.domain",
        "module.withdrawals = lambda *_: []",
        "withdraws as easily",
    ),
    "the purge leaves the learner where it was": (
        "guardian.purge.execution",
        "async def nothing(*_): return {}\n            module.ERASERS = {**module.ERASERS, 'database': nothing}",
        "the purge runs",
    ),
}


@pytest.mark.parametrize("title", SABOTAGES)
def test_a_sabotaged_step_is_found(tmp_path: Path, title: str) -> None:
    module, change, step = SABOTAGES[title]
    code, said, _ = _check(tmp_path, _LATE.format(module=module, change=change))
    assert code == 1, said
    failed = [line for line in said.splitlines() if "FAILED" in line]
    assert len(failed) == 1, said
    assert step in failed[0], said
