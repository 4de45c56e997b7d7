"""Each way in which something stored can disagree with the decisions is planted once, and named."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.purge.drift import SAID, differences, summary
from guardian.purge.sweeps import check_learners
from guardian.sweep import sweep
from tests import seed
from tests.conftest import FixedClock
from tests.integration.purge.world import WAITING, World, answer, one, world

Plant = Callable[[Context, World], Awaitable[None]]


async def run(ctx: Context, sql: str, *args: object) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.execute(sql, *args) > 0


async def flag_missing(ctx: Context, w: World) -> None:
    await run(ctx, "update flags set state = 'resolved', resolved_at = $1", ctx.clock.now())


async def flag_unfounded(ctx: Context, w: World) -> None:
    await seed._insert(
        ctx, "flags", kind="guardians_disagree", learner=w.anna, institution=w.school, state="open", severity="high",
        since=ctx.clock.now(),
    )  # fmt: skip


async def flag_date(ctx: Context, w: World) -> None:
    await run(ctx, "update flags set due_at = due_at + interval '1 day'")


async def purge_missing(ctx: Context, w: World) -> None:
    await run(ctx, "update purges set state = 'cancelled'")


async def purge_unfounded(ctx: Context, w: World) -> None:
    await answer(ctx, w.anna, w.alice)
    await check_learners(ctx)
    await run(ctx, "update purges set state = 'due'")


async def purge_date(ctx: Context, w: World) -> None:
    await run(ctx, "update purges set due_at = due_at - interval '1 day'")


async def look_missing(ctx: Context, w: World) -> None:
    await run(ctx, "update learners set check_at = null")


async def look_late(ctx: Context, w: World) -> None:
    await run(ctx, "update learners set check_at = $1", ctx.clock.now() + timedelta(days=9000))


async def letter_moot(ctx: Context, w: World) -> None:
    await seed._insert(
        ctx, "mail_messages", institution=w.school, letter="consent_reminder", recipient_kind="guardian",
        recipient=w.alice, subject=w.request, state="queued", not_before=ctx.clock.now(), created_at=ctx.clock.now(),
    )  # fmt: skip
    await run(ctx, "update consent_requests set state = 'answered'")
    await check_learners(ctx)


async def letter_lost(ctx: Context, w: World) -> None:
    await answer(ctx, w.anna, w.alice, method="email_plus", completed_at=None)
    await check_learners(ctx)


async def authorisation_lapsed(ctx: Context, w: World) -> None:
    now = ctx.clock.now()
    await run(
        ctx, "update authorisations set valid_from = $1, valid_until = $2", now - timedelta(days=9),
        now - timedelta(days=1),
    )  # fmt: skip
    await seed._insert(ctx, "sweeps", at=now, finished_at=now, counts="{}")
    await check_learners(ctx)


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        flag_missing, flag_unfounded, flag_date, purge_missing, purge_unfounded, purge_date, look_missing, look_late,
        letter_moot, letter_lost, authorisation_lapsed,
    )
}  # fmt: skip


def test_every_kind_is_planted() -> None:
    assert set(PLANTS) == set(SAID)


@pytest.mark.parametrize("kind", PLANTS)
async def test_each_kind_is_named_and_nothing_else(ctx: Context, clock: FixedClock, kind: str) -> None:
    w = await world(ctx)
    await check_learners(ctx)
    clock.advance(seconds=WAITING.total_seconds() + 60)
    await check_learners(ctx)
    assert await one(ctx, "select count(*) from flags where state = 'open'") == 1
    assert await differences(ctx) == []
    await PLANTS[kind](ctx, w)
    found = await differences(ctx)
    assert [each.kind for each in found] == [kind]
    assert str(found[0].subject) in summary(found)
    assert SAID[found[0].kind] in summary(found)


async def test_who_is_due_for_the_sweep_is_left_to_it(ctx: Context, clock: FixedClock) -> None:
    w = await world(ctx)
    await check_learners(ctx)
    clock.advance(seconds=WAITING.total_seconds() + 60)
    assert await differences(ctx) == []
    await check_learners(ctx)
    await run(ctx, "update purges set due_at = due_at - interval '1 day'")
    await run(ctx, "update learners set timezone = 'UTC' where id = $1", w.anna)
    assert await differences(ctx) == []


async def test_the_nightly_check_runs_once_a_day_and_says_what_it_found(ctx: Context, clock: FixedClock) -> None:
    await world(ctx)
    assert (await sweep(ctx))["drift"] == 0
    assert "drift" not in await sweep(ctx)
    await run(ctx, "update learners set check_at = null")
    clock.advance(days=1)
    assert (await sweep(ctx))["drift"] == 1
