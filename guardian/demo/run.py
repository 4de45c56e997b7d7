"""Everything on one machine: the embedded database, a mail server of its own, the web process and the worker."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from guardian import app
from guardian.demo import inbox
from guardian.demo.pages import WORLD
from guardian.demo.world import World, build
from guardian.errors import Unavailable
from guardian.settings import Settings, with_secret

READY_WITHIN = 60.0
"""Seconds that the web process may take to answer."""

Say = Callable[[str], None]


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A demo that serves."""

    settings: Settings
    world: World
    processes: dict[str, Any]

    def ready(self) -> dict[str, Any]:
        """What `--ready-file` tells."""
        base = self.settings.base_url
        return {
            "base_url": base,
            "inbox_url": f"{base}/inbox",
            "api_key": self.world.api_key,
            "school_sign_in_url": f"{base}/demo/sign-in/school",
            "admin_sign_in_url": f"{base}/demo/sign-in/admin",
            "institution": str(self.world.institution),
            "learners": self.world.learners,
        }


def free_port(wanted: int) -> int:
    """The wanted port, or with 0 any free one. Raises Unavailable when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise Unavailable(
                "port_taken",
                "Port %(port)d is in use. Choose another with --port, or --port 0 for any free one.",
                params={"port": wanted},
            ) from error
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(home: Path, *, port: int, with_roster: bool, say: Say) -> Iterator[Running]:
    """Start everything, wait until it serves, and stop it all at the end."""
    chosen = free_port(port)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    mail = inbox.open_server(home)
    settings = with_secret(
        Settings(
            home=home,
            base_url=f"http://127.0.0.1:{chosen}",
            smtp_url=f"smtp://127.0.0.1:{mail.port}",
            mail_from="guardian@guardian.example.org",
            operator_name="Example Learning",
            operator_address="ul. Przykładowa 1, 00-001 Warszawa",
            operator_email="privacy@operator.example.org",
            demo=True,
        )
    )
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        world = asyncio.run(_world(settings, with_roster=with_roster, say=say))
        environment = environment_of(settings)
        say("Starting the web process and the worker …")
        log = (home / "demo.log").open("ab")
        for name, command in (("web", ["guardian.demo.serving", str(chosen)]), ("worker", ["guardian", "work"])):
            processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *command], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        _wait(settings, processes, home)
        yield Running(settings=settings, world=world, processes=processes)
    finally:
        stop(processes.values())
        mail.stop()


async def _world(settings: Settings, *, with_roster: bool, say: Say) -> World:
    """Build the world once; a home that has one keeps it."""
    path = settings.home / WORLD
    async with app.opened(settings, name="guardian demo", progress=say) as context:
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=World)
        say("Inviting a school, having its head sign …")
        world = await build(context, with_roster=with_roster, folder=settings.home)
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(world))
    return world


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment that gives these settings to a process of the service; nothing of ours leaks in from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUARDIAN_")}
    default = Settings()
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        if value != getattr(default, field.name):
            kept[f"GUARDIAN_{field.name.upper()}"] = "1" if value is True else str(value)
    kept["GUARDIAN_HOME"] = str(settings.home.absolute())
    return kept


def _wait(settings: Settings, processes: dict[str, Any], home: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        for name, process in processes.items():
            if process.poll() is not None:
                raise Unavailable(
                    "demo_process_ended",
                    "The %(name)s process ended at once; %(log)s says why.",
                    params={"name": name, "log": str(home / "demo.log")},
                )
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{settings.base_url}/health/ready", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise Unavailable(
        "demo_not_ready", "The demo did not answer in time; %(log)s says why.", params={"log": str(home / "demo.log")}
    )


def stop(processes: Any) -> None:
    """End processes in order: ask, wait, insist."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
