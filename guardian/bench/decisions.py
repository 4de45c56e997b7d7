"""One decision and a thousand over HTTP, beside a bare hello on the same server and the driver alone.

`decision.single` and `decision.batch` ask about learners who were asked about before, as at the start of each lesson;
`decision.first` asks about each learner once, so that everything is gathered and judged.
"""

import asyncio
import random
import time

import httpx
import msgspec

from guardian.access.store import GATHER_BY_PLATFORM_ID, LOOK
from guardian.bench import load
from guardian.bench.ground import Ground, fill, ground
from guardian.bench.measure import Measured, beside
from guardian.bench.serving import pin, served
from guardian.events import SYSTEM
from guardian.platform.service import add_client

LEARNERS = 100_000
ASKED = 5_000
"""How many different learners are asked about."""
_FIRST = 40_000


async def measure(size: int | None) -> list[Measured]:
    """`decision.single`, `decision.p99` and `decision.batch`."""
    learners = size or LEARNERS
    pin({1})  # the database, started by us, and the load share one core; the server has the other to itself
    async with ground() as found:
        async with found.context.engine.connections.acquire() as connection:
            await fill(connection, learners)
        _, key = await add_client(found.context, SYSTEM, "bench", ["decide"])
        headers = {"Authorization": f"Bearer {key}"}
        chosen = random.Random(7).sample(range(1, learners + 1), min(ASKED, learners))
        async with (
            served("guardian.bench.hello:app", found, core=0) as hello,
            served("guardian.app:create", found, core=0) as url,
        ):
            bare = await asyncio.to_thread(load.run, hello, ["/"], connections=32, headers={})
            paths = [f"/v1/learners/p{n}/decision" for n in chosen]
            single = await asyncio.to_thread(load.run, url, paths, connections=32, headers=headers)
            ids = [f"p{n}" for n in chosen[:1000]]
            body = msgspec.json.encode({"learners": ids})
            json_headers = {**headers, "Content-Type": "application/json"}
            batch = await asyncio.to_thread(
                load.run, url, ["/v1/decisions"], connections=8, headers=json_headers, body=body
            )
            never = sorted(set(range(1, learners + 1)) - set(chosen))
            first = await _once(url, [f"p{n}" for n in never[:_FIRST]], json_headers)
        driver = await _driver(found, LOOK, ids)
        gathering = await _driver(found, GATHER_BY_PLATFORM_ID, ids)
    note = f"{load.SECONDS} s with {single.tool}; {single.errors} errors"
    return [
        beside("decision.single", single.rps, "requests/s, c=32 (limit: bare hello)", bare.rps, learners, note=note),
        beside("decision.p99", single.p99_ms, "ms (limit: 10 ms)", 10.0, learners, note=note),
        beside("decision.batch", batch.rps, "batches/s at c=8 (limit: the driver alone)", driver, learners),
        beside("decision.first", first, "batches/s at c=8 (limit: the driver alone, gathering)", gathering, learners),
    ]


async def _once(url: str, names: list[str], headers: dict[str, str]) -> float:
    """Batches a second, eight under way, when each learner is asked about once."""
    batches = [names[at : at + 1000] for at in range(0, len(names), 1000)]
    asked = iter(batches)
    started = time.perf_counter()

    async def one(client: httpx.AsyncClient) -> None:
        for batch in asked:
            answer = await client.post(
                "/v1/decisions", headers=headers, content=msgspec.json.encode({"learners": batch})
            )
            answer.raise_for_status()

    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        await asyncio.gather(*(one(client) for _ in range(8)))
    return len(batches) / (time.perf_counter() - started)


async def _driver(found: Ground, statement: str, ids: list[str]) -> float:
    """Batches a second that the driver alone gets of the same statement over eight connections."""
    done = 0
    until = time.perf_counter() + load.SECONDS

    async def one() -> None:
        nonlocal done
        async with found.context.engine.connections.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.scope', 'client', true)")
            now = found.context.clock.now()
            while time.perf_counter() < until:
                await connection.fetch(statement, ids, *([now] if "$2" in statement else []))
                done += 1

    await asyncio.gather(*(one() for _ in range(8)))
    return done / load.SECONDS
