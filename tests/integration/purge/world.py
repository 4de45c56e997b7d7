"""A school whose guardian was asked today: the beginning of every story about a purge."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from guardian.context import Context
from guardian.events import SYSTEM, Actor
from guardian.purge.domain import Purge
from guardian.purge.execution import RunPurge, run
from guardian.purge.service import approve
from guardian.purge.sweeps import Swept, check_learners
from tests import seed
from tests.conftest import FixedClock

WAITING = timedelta(days=14)
CAP = timedelta(days=30)


class World(NamedTuple):
    school: UUID
    notice: UUID
    bob: UUID
    anna: UUID
    alice: UUID
    request: UUID
    admin: Actor


async def world(ctx: Context) -> World:
    """Anna waits for Alice, who was asked this very moment."""
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    notice = await seed.notice(ctx)
    await seed.authorisation(ctx, school, notice, bob)
    anna = await seed.learner(ctx, school)
    alice = await seed.guardian(ctx, school, anna)
    request = await asked(ctx, school, notice, alice, anna)
    privacy = await seed.staff(ctx, None, "paula@operator.example.org", role="privacy_officer")
    return World(school, notice, bob, anna, alice, request, seed.staff_actor(privacy, None, "privacy_officer"))


async def asked(ctx: Context, school: UUID, notice: UUID, guardian: UUID, *learners: UUID) -> UUID:
    request = await seed._insert(
        ctx, "consent_requests", institution=school, guardian=guardian, notice=notice, state="sent", version=1,
        created_at=ctx.clock.now(), sent_at=ctx.clock.now(), expires_at=ctx.clock.now() + WAITING,
    )  # fmt: skip
    for learner in learners:
        await seed._insert(ctx, "consent_request_learners", request=request, learner=learner)
    return request


async def answer(ctx: Context, learner: UUID, guardian: UUID, state: str = "given", **more: Any) -> UUID:
    """An answer for lessons, complete at once unless said otherwise."""
    act = more.pop("act", None) or ctx.new_id()
    values = {
        "learner": learner, "guardian": guardian, "purpose": "lessons", "state": state, "method": "signed_form",
        "notice_version": 1, "notice_sha256": "0" * 64, "recorded_at": ctx.clock.now(),
        "completed_at": ctx.clock.now(), "act": act,
    }  # fmt: skip
    await seed._insert(ctx, "consents", **{**values, **more})
    return act


async def sweep_at(ctx: Context, clock: FixedClock, instant: datetime) -> Swept:
    clock.instant = instant
    return await check_learners(ctx)


async def one(ctx: Context, sql: str, *args: Any) -> Any:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetchval(sql, *args)


async def purge_of(ctx: Context, learner: UUID) -> Purge:
    """The newest purge of a learner."""
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow("select * from purges where learner = $1 order by id desc limit 1", learner)
    assert row is not None
    return msgspec.convert({name: row[name] for name in Purge.__struct_fields__}, Purge)


async def flags_of(ctx: Context, learner: UUID) -> list[tuple[str, str, str | None]]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select kind, state, outcome from flags where learner = $1 order by id", learner)
    return [(row["kind"], row["state"], row["outcome"]) for row in rows]


async def actions(ctx: Context) -> list[str]:
    async with ctx.transaction(SYSTEM) as tx:
        return [row["action"] for row in await tx.fetch("select action from audit order by seq")]


async def approved(ctx: Context, clock: FixedClock, w: World) -> UUID:
    """The clock ran out, an admin approved, the cool-off is over."""
    await sweep_at(ctx, clock, clock.now() + WAITING)
    purge = await approve(ctx, w.admin, w.anna)
    clock.advance(days=1)
    return purge


async def carried_out(ctx: Context, clock: FixedClock, w: World) -> UUID:
    purge = await approved(ctx, clock, w)
    await run(ctx, RunPurge(purge))
    return purge
