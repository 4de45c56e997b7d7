"""One run of everything that time makes due. The worker runs it every few minutes, `guardian sweep` once."""

import asyncio
from collections import Counter

import msgspec
import structlog

from guardian.context import Context, rehearse
from guardian.events import SYSTEM
from guardian.purge.drift import differences
from guardian.purge.sweeps import begin_purges, check_learners, end_tombstones
from guardian.registry import SWEEPS
from guardian.roster import workshop

log = structlog.get_logger()


async def sweep(ctx: Context) -> dict[str, int]:
    """Run every step in its order and note the run, so that its absence can be noticed. Answers what was done."""
    run = ctx.new_id()
    started = ctx.clock.now()
    await asyncio.to_thread(workshop.sweep, ctx)
    counts = await _steps(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into sweeps (id, at, finished_at, counts) values ($1, $2, $3, $4)",
            run, started, tx.now, msgspec.json.encode(counts).decode(),
        )  # fmt: skip
        # A run that did nothing is worth keeping only as the last one.
        await tx.execute("delete from sweeps where at < $1::timestamptz - interval '400 days'", tx.now)
    return counts


async def preview(ctx: Context) -> dict[str, int]:
    """What the sweep would do now, step by step, each seeing what those before it would have done. Changes nothing.
    Raises Conflict when others are at the same things just now.
    """
    return await rehearse(ctx, _steps)


async def _steps(ctx: Context) -> dict[str, int]:
    counts = {name: await step(ctx) for name, step in SWEEPS.items()}
    counts.update(msgspec.structs.asdict(await check_learners(ctx)))
    counts["purges_handed_over"] = await begin_purges(ctx)
    counts["tombstones_ended"] = await end_tombstones(ctx)
    if await _first_of_the_day(ctx):
        counts["drift"] = await _compare(ctx)
    return counts


async def _first_of_the_day(ctx: Context) -> bool:
    async with ctx.transaction(SYSTEM) as tx:
        return not await tx.fetchval(
            "select exists (select 1 from sweeps where finished_at is not null and counts ? 'drift' "
            "and at >= date_trunc('day', $1::timestamptz, 'UTC'))",
            tx.now,
        )


async def _compare(ctx: Context) -> int:
    """The nightly check: whatever is stored beside the facts against the decisions, over everybody."""
    found = await differences(ctx)
    if found:
        kinds, subjects = dict(Counter(one.kind for one in found)), [str(one.subject) for one in found[:20]]
        log.error("drift.found", kinds=kinds, subjects=subjects)
    return len(found)
