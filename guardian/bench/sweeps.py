"""The nightly sweep and the purge: cost must grow with what is due, not with what is stored."""

import asyncio

from guardian.bench.ground import Ground, fill, ground
from guardian.bench.measure import Measured, beside, seconds
from guardian.events import SYSTEM
from guardian.purge.execution import RunPurge, run
from guardian.purge.service import approve
from guardian.purge.sweeps import check_learners

DUE = 1_000
SMALL, LARGE = 10_000, 100_000
PURGES = 200


async def growth(size: int | None) -> list[Measured]:
    """`sweep.growth`: 1,000 due among many, beside 1,000 due among 10,000."""
    large = size or LARGE
    few, many = await _sweep(SMALL), await _sweep(large)
    return [beside("sweep.growth", many, f"s for {DUE} due among {large}; limit: among {SMALL}", few, large)]


async def _sweep(learners: int) -> float:
    async with ground() as found:
        await _filled(found, learners)
        return await seconds(lambda: check_learners(found.context))


async def _filled(found: Ground, learners: int) -> None:
    async with found.context.engine.connections.acquire() as connection:
        await fill(connection, learners)
        await connection.execute("select set_config('app.scope', 'operator', false)")
        await connection.execute(
            "update learners set check_at = '-infinity' where id in (select id from learners order by id limit $1)", DUE
        )
        await connection.execute("vacuum analyze learners")


async def purge_rate(size: int | None) -> list[Measured]:
    """`purge.rate`: whole purges a second, from the approved case to the certificate, one worker."""
    count = size or PURGES
    async with ground(cool_off=0) as found:
        await _filled(found, max(10_000, count * 10))
        async with found.context.transaction(SYSTEM) as tx:
            rows = await tx.fetch("select id from learners l where not exists (select 1 from consents c "
                                  "where c.learner = l.id) order by id limit $1", count)  # fmt: skip
        purges = [await approve(found.context, SYSTEM, row["id"]) for row in rows]

        async def all_of_them() -> None:
            for purge in purges:
                await run(found.context, RunPurge(purge))

        spent = await seconds(all_of_them)
        commits = await seconds(lambda: _commits(found, len(purges) * 5))
    done = len(purges)
    return [beside("purge.rate", done / spent, "purges/s (limit: as many bare transactions)", done / commits, done)]


async def _commits(found: Ground, count: int) -> None:
    """That many transactions that write one row each: what a purge's five steps would cost if they did nothing."""
    for _ in range(count):
        async with found.context.transaction(SYSTEM) as tx:
            await tx.execute(
                "insert into sweeps (id, at, counts) values ($1, $2, '{}')", found.context.new_id(), tx.now
            )
    await asyncio.sleep(0)
