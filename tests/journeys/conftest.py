"""A whole demo, real processes and all: one for the tests that only look or play apart, fresh ones on request."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

START = 90.0


class Demo:
    """A running demo, as `--ready-file` tells of it."""

    def __init__(self, process: subprocess.Popen[bytes], home: Path, ready: dict[str, Any]) -> None:
        self.process = process
        self.home = home
        self.ready = ready

    def __getitem__(self, name: str) -> Any:
        return self.ready[name]


def start_demo(folder: Path) -> Demo:
    """Start `guardian demo` on a free port and wait until it serves."""
    ready_file = folder / "ready.json"
    home = folder / "home"
    output = (folder / "demo.out").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "guardian", "demo", "--port", "0", "--ready-file", str(ready_file), "--home", str(home)],
        stdout=output,
        stderr=output,
    )
    deadline = time.monotonic() + START
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError((folder / "demo.out").read_text())
        time.sleep(0.1)
    return Demo(process, home, msgspec.json.decode(ready_file.read_bytes()))


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="guardian-journey-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        running = start_demo(folder)
        try:
            yield running
        finally:
            running.process.terminate()
            running.process.wait(timeout=60)
