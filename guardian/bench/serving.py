"""The processes of the service on a bench database: the web server and the worker."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx

from guardian.bench.ground import Ground


@contextlib.asynccontextmanager
async def served(target: str, found: Ground, *, core: int | None = None) -> AsyncIterator[str]:
    """A web server of one process; answers its address once it is ready. `core`: it has that one to itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    factory = ["--factory"] if target.endswith("create") else []
    command = [
        "granian", "--interface", "asgi", "--port", str(port), "--workers", "1", "--no-access-log", "--log-level",
        "error", *factory, target,
    ]  # fmt: skip
    with running(found, *command) as process:
        if core is not None:
            pin({core}, process.pid)
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:
            for _ in range(200):
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(url + "/health/ready")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
        yield url


@contextlib.contextmanager
def running(found: Ground, *module: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A Python module as a process with the settings of the bench, ended at the end."""
    settings = found.context.settings
    environment = {
        **os.environ, "GUARDIAN_DATABASE_URL": found.app_url, "GUARDIAN_SECRET": settings.secret,
        "GUARDIAN_HOME": str(settings.home), "GUARDIAN_LOG_LEVEL": "ERROR",
        "GUARDIAN_ROSTER_MAX_BYTES": str(settings.roster_max_bytes),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", *module], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def pin(cores: set[int], process: int = 0) -> None:
    """Keep a process to some cores, where the system can and has them."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, cores)
