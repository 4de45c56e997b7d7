"""One run of everything that time makes due. The worker runs it every few minutes, `guardian sweep` once."""

import asyncio

import msgspec

from guardian.context import Context, rehearse
from guardian.events import SYSTEM
from guardian.purge.sweeps import begin_purges, check_learners, end_tombstones
from guardian.registry import SWEEPS
from guardian.roster import workshop


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
    return counts
