"""`guardian demo`."""

import contextlib
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from guardian.commands.running import say_refusal
from guardian.db.embedded import Embedded
from guardian.demo.check import check as play
from guardian.demo.run import Running, running
from guardian.errors import GuardianError
from guardian.web import logging


def run_demo(*, port: int, check: bool, ready_file: Path | None, home: Path | None) -> int:
    """Serve the demo until interrupted, or with `check` play its journey and answer whether all of it held."""
    logging.configure("WARNING")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is stopped
    try:
        with _home(home) as folder, running(folder, port=0 if check else port, with_roster=not check, say=_say) as demo:
            if ready_file:
                _write(ready_file, demo)
            if check:
                return play(demo, _say)
            _tell(demo)
            with contextlib.suppress(KeyboardInterrupt):
                _until_stopped()
    except GuardianError as error:
        return say_refusal(error)
    return 0


@contextlib.contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    # Open to pass through, so that the database's own unprivileged user reaches its folder when we are root.
    with tempfile.TemporaryDirectory(prefix="guardian-demo-") as folder:
        Path(folder).chmod(0o711)
        try:
            yield Path(folder) / "home"
        finally:
            # This process stays a user of the database until it ends, and then there is no folder to stop it by.
            Embedded(Path(folder) / "home").stop()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _tell(demo: Running) -> None:
    found = demo.ready()
    _say(
        f"""
guardian demo is running. Open:
  {found["school_sign_in_url"]}   the school's desk
  {found["admin_sign_in_url"]}    the operator's control room
  {found["inbox_url"]}             every mail that was sent; a guardian's link is in there
API key for the platform: {found["api_key"]}
  curl -H "Authorization: Bearer {found["api_key"]}" {found["base_url"]}/v1/learners/{demo.world.learners[0]}/decision
Stop it with Ctrl+C; nothing is kept."""
        if demo.world.learners
        else f"guardian demo is running on {found['base_url']}."
    )


def _write(path: Path, demo: Running) -> None:
    """Whole or not at all: a reader waits for the file to be there."""
    part = path.with_name(path.name + ".part")
    part.touch(mode=0o600)
    part.write_bytes(msgspec.json.format(msgspec.json.encode(demo.ready())) + b"\n")
    os.replace(part, path)  # noqa: PTH105 (atomic)


def _until_stopped() -> None:
    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopped.set())
    while not stopped.wait(timeout=1):
        pass
