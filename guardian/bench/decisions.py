"""One decision and a thousand over HTTP, beside a bare hello on the same server and the driver alone."""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import httpx
import msgspec

from guardian.access.store import GATHER_BY_PLATFORM_ID
from guardian.bench import load
from guardian.bench.ground import Ground, fill, ground
from guardian.bench.measure import Measured, beside
from guardian.events import SYSTEM
from guardian.platform.service import add_client

LEARNERS = 100_000
ASKED = 5_000
"""How many different learners are asked about."""


async def measure(size: int | None) -> list[Measured]:
    """`decision.single`, `decision.p99` and `decision.batch`."""
    learners = size or LEARNERS
    _pin({1})  # the database, started by us, and the load share one core; the server has the other to itself
    async with ground() as found:
        async with found.context.engine.connections.acquire() as connection:
            await fill(connection, learners)
        _, key = await add_client(found.context, SYSTEM, "bench", ["decide"])
        headers = {"Authorization": f"Bearer {key}"}
        chosen = random.Random(7).sample(range(1, learners + 1), min(ASKED, learners))
        async with _served("guardian.bench.hello:app", found) as hello, _served("guardian.app:create", found) as url:
            bare = await asyncio.to_thread(load.run, hello, ["/"], connections=32, headers={})
            paths = [f"/v1/learners/p{n}/decision" for n in chosen]
            single = await asyncio.to_thread(load.run, url, paths, connections=32, headers=headers)
            ids = [f"p{n}" for n in chosen[:1000]]
            body = msgspec.json.encode({"learners": ids})
            json_headers = {**headers, "Content-Type": "application/json"}
            batch = await asyncio.to_thread(
                load.run, url, ["/v1/decisions"], connections=8, headers=json_headers, body=body
            )
        driver = await _driver(found, ids)
    note = f"{load.SECONDS} s with {single.tool}; {single.errors} errors"
    return [
        beside("decision.single", single.rps, "requests/s, c=32 (limit: bare hello)", bare.rps, learners, note=note),
        beside("decision.p99", single.p99_ms, "ms (limit: 10 ms)", 10.0, learners, note=note),
        beside("decision.batch", batch.rps, "batches/s at c=8 (limit: the driver alone)", driver, learners),
    ]


async def _driver(found: Ground, ids: list[str]) -> float:
    """Batches a second that the driver alone gets of the same statement over eight connections."""
    done = 0
    until = time.perf_counter() + load.SECONDS

    async def one() -> None:
        nonlocal done
        async with found.context.engine.connections.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.scope', 'client', true)")
            now = found.context.clock.now()
            while time.perf_counter() < until:
                await connection.fetch(GATHER_BY_PLATFORM_ID, ids, now)
                done += 1

    await asyncio.gather(*(one() for _ in range(8)))
    return done / load.SECONDS


@contextlib.asynccontextmanager
async def _served(target: str, found: Ground) -> AsyncIterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = found.context.settings
    environment = {
        **os.environ, "GUARDIAN_DATABASE_URL": found.app_url, "GUARDIAN_SECRET": settings.secret,
        "GUARDIAN_HOME": str(settings.home), "GUARDIAN_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    factory = ["--factory"] if target.endswith("create") else []
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--workers", "1",
        "--no-access-log", "--log-level", "error", *factory, target,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)  # noqa: ASYNC220
    _pin({0}, process.pid)
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as client:
            for _ in range(200):
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(url + "/health/ready")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _pin(cores: set[int], process: int = 0) -> None:
    """Keep a process to some cores, where the system can and has them."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, cores)
