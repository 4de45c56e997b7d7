"""Whether the web process keeps answering while a long roster is uploaded to it, and while the worker reads it."""

import asyncio
import http.client
import os
import sys
import threading
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit
from uuid import UUID

from guardian.bench.ground import Ground, ground
from guardian.bench.measure import Measured, beside, percentile
from guardian.bench.rosters import write
from guardian.bench.serving import running, served
from guardian.errors import Unavailable
from guardian.events import SYSTEM
from guardian.institution.service import invite
from guardian.notice.service import ensure_default
from guardian.platform.service import add_client
from guardian.roster import service

ROWS = 1_000_000
LIMIT = 100.0
"""Milliseconds."""
_EVERY = 0.005
_UPLOAD = """
import sys, httpx
url, path, key, school = sys.argv[1:]
with open(path, "rb") as file:
    answer = httpx.post(url + "/v1/rosters", headers={"authorization": "Bearer " + key}, timeout=600,
                        data={"institution": school, "mode": "snapshot"}, files={"file": ("roster.csv", file)})
print(answer.json()["id"])
"""


class Prober:
    """Asks for /health/live again and again, from a thread of its own, over one kept connection."""

    def __init__(self, url: str) -> None:
        self._where = urlsplit(url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.times: list[float] = []
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._where.hostname or "", self._where.port, timeout=60)
        while not self._stop.wait(_EVERY):
            began = time.perf_counter()
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            self.times.append((time.perf_counter() - began) * 1000)


async def measure(size: int | None) -> list[Measured]:
    """`roster.health`: the 99th percentile from the first byte of the upload until the plan stands."""
    rows = size or ROWS
    async with ground(roster_max_bytes=2 * 1024**3) as found, AsyncExitStack() as stack:
        context = found.context
        path = context.settings.home / "roster.csv"
        await asyncio.to_thread(write, path, rows)
        await ensure_default(context)
        school = await invite(
            context, SYSTEM, name="Bench School", jurisdiction="PL", timezone="Europe/Warsaw", language="en",
            contact_email="office@bench.example.org", legal_model="guardian_consent",
            staff_email="staff@bench.example.org", staff_name="Bench Staff",
        )  # fmt: skip
        _, key = await add_client(context, SYSTEM, "bench", ["rosters"])
        url = await stack.enter_async_context(served("guardian.app:create", found))
        stack.enter_context(running(found, "guardian", "work"))
        prober = Prober(url)
        stack.callback(prober.stop)
        began = time.perf_counter()
        upload = await _uploaded(url, str(path), key, str(school))
        sent, asked = time.perf_counter() - began, len(prober.times)
        await _planned(found, upload)
        took = time.perf_counter() - began
    times = prober.times
    note = (
        f"upload {sent:.1f} s, p99 {percentile(times[:asked], 0.99):.1f} ms; reading and planning {took - sent:.1f} s, "
        f"p99 {percentile(times[asked:], 0.99):.1f} ms; longest {max(times):.1f} ms of {len(times)} answers"
    )
    unit = "ms, p99 of /health/live (limit: 100 ms)"
    return [beside("roster.health", percentile(times, 0.99), unit, LIMIT, rows, note=note)]


async def _uploaded(url: str, path: str, key: str, school: str) -> UUID:
    """Sent by a process of its own, so that the prober waits for nothing but the server."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _UPLOAD, url, path, key, school, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    said, _ = await client.communicate()
    if client.returncode:
        raise Unavailable("bench_upload_failed", "The roster could not be uploaded; what went wrong stands above.")
    return UUID(said.decode().strip())


async def _planned(found: Ground, upload: UUID) -> None:
    while True:
        plan = await service.get_plan(found.context, SYSTEM, upload)
        if plan.state == "planned":
            return
        if plan.state == "failed":
            raise Unavailable("bench_plan_failed", "The roster was refused: %(why)s.", params={"why": plan.error})
        await asyncio.sleep(0.5)
