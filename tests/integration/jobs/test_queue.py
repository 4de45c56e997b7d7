"""Work is queued with the command that asks for it, is tried until it succeeds, and never loops for ever."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import msgspec
import pytest
from pgqueuer import PgQueuer

from guardian import jobs
from guardian.context import Context, spawn
from guardian.events import SYSTEM
from guardian.jobs import ATTEMPTS, POISON_AFTER, Job, enqueue
from guardian.registry import JOBS


class Errand(Job, frozen=True):
    name: ClassVar[str] = "test.errand"
    thing: UUID


class Rounds(Job, frozen=True):
    name: ClassVar[str] = "test.rounds"
    repeats: ClassVar[bool] = True
    place: UUID


Work = Callable[[Context, Any], Awaitable[None]]


@contextlib.asynccontextmanager
async def working(ctx: Context, handler: Work, *, heartbeat: float = 90) -> AsyncIterator["asyncio.Task[None]"]:
    """A worker with short waits, stopped in good order at the end."""
    queuers: list[PgQueuer] = []
    running = jobs.run_worker(
        ctx, {Errand: handler, Rounds: handler}, started=queuers.append,
        retry_after=timedelta(milliseconds=5), heartbeat=timedelta(seconds=heartbeat),
    )  # fmt: skip
    task = spawn(running, name="worker")
    try:
        yield task
    finally:
        for queuer in queuers:
            queuer.shutdown.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 20)


async def queue(ctx: Context) -> list[asyncpg.Record]:
    return list(await ctx.engine.connections.fetch("select * from pgqueuer order by id"))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def put(ctx: Context, job: Job, *, once: str | None = None) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await enqueue(tx, job, once=once)


async def _empty(ctx: Context) -> bool:
    return not await queue(ctx)


async def test_a_job_of_a_command_that_fails_was_never_asked_for(ctx: Context) -> None:
    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await enqueue(tx, Errand(ctx.new_id()), once="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await queue(ctx) == []


async def test_a_job_is_handed_its_ids_and_leaves_the_queue(ctx: Context) -> None:
    thing, seen = ctx.new_id(), []

    async def note(_: Context, job: Errand) -> None:
        seen.append(job.thing)

    await put(ctx, Errand(thing))
    async with working(ctx, note):
        await until(lambda: _empty(ctx))
    assert seen == [thing]


async def test_a_waiting_job_of_the_same_key_serves_for_both(ctx: Context) -> None:
    for _ in range(3):
        await put(ctx, Errand(ctx.new_id()), once="same")
    await put(ctx, Errand(ctx.new_id()), once="other")
    assert [row["dedupe_key"] for row in await queue(ctx)] == ["same", "other"]


async def test_asking_twice_in_one_command_does_not_spoil_it(ctx: Context) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await enqueue(tx, Errand(ctx.new_id()), once="same")
        await enqueue(tx, Errand(ctx.new_id()), once="same")
        await enqueue(tx, Errand(ctx.new_id()))
    assert len(await queue(ctx)) == 2


async def test_two_commands_that_ask_at_once_make_one_job(ctx: Context) -> None:
    await asyncio.gather(*(put(ctx, Errand(ctx.new_id()), once="same") for _ in range(8)))
    assert len(await queue(ctx)) == 1


@pytest.mark.parametrize(("kind", "expected"), [(Errand, 1), (Rounds, 2)])
async def test_a_job_that_repeats_runs_again_when_asked_for_while_one_runs(
    ctx: Context, kind: Callable[[UUID], Job], expected: int
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    runs = 0

    async def wait(_: Context, __: Job) -> None:
        nonlocal runs
        runs += 1
        began.set()
        await go_on.wait()

    await put(ctx, kind(ctx.new_id()), once="same")
    async with working(ctx, wait):
        await asyncio.wait_for(began.wait(), 20)
        await put(ctx, kind(ctx.new_id()), once="same")
        go_on.set()
        await until(lambda: _empty(ctx))
    assert runs == expected


async def test_a_handler_that_raises_is_tried_again_and_then_held_for_a_person(ctx: Context) -> None:
    runs = 0

    async def fails(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1
        raise ValueError("Anna Kowal, anna@example.org")

    async def held() -> bool:
        return [row["status"] for row in await queue(ctx)] == ["failed"]

    await put(ctx, Errand(ctx.new_id()))
    async with working(ctx, fails):
        await until(held)
    assert runs == ATTEMPTS + 1


async def test_what_a_failure_says_is_kept_nowhere(ctx: Context) -> None:
    async def fails(_: Context, __: Errand) -> None:
        raise ValueError("Anna Kowal, anna@example.org")

    async def held() -> bool:
        return [row["status"] for row in await queue(ctx)] == ["failed"]

    await put(ctx, Errand(ctx.new_id()))
    async with working(ctx, fails):
        await until(held)
    kept = await ctx.engine.connections.fetch(
        "select to_jsonb(l)::text as line from pgqueuer_log l union all select to_jsonb(q)::text from pgqueuer q"
    )
    assert [row["line"] for row in kept if "Kowal" in row["line"] or "anna@" in row["line"]] == []


async def test_a_job_that_failed_once_and_then_works_is_done(ctx: Context) -> None:
    runs = 0

    async def fails_once(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ValueError

    await put(ctx, Errand(ctx.new_id()))
    async with working(ctx, fails_once):
        await until(lambda: _empty(ctx))
    assert runs == 2


async def _as_if_killed(ctx: Context, times: int) -> None:
    """The job as workers that were killed just now left it: picked, its heartbeat fresh, one start for each."""
    await ctx.engine.connections.execute(
        "update pgqueuer set status = 'picked', heartbeat = now(), queue_manager_id = $2, "
        "headers = jsonb_build_object('starts', $1::int)",
        times,
        ctx.new_id(),
    )


async def test_a_job_whose_worker_was_killed_is_done_by_the_next(ctx: Context) -> None:
    runs = 0

    async def count(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1

    await put(ctx, Errand(ctx.new_id()))
    await _as_if_killed(ctx, POISON_AFTER - 1)
    async with working(ctx, count):
        await until(lambda: _empty(ctx))
    assert runs == 1


async def test_a_job_in_hand_is_left_to_a_neighbour_that_lives(ctx: Context) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    runs = 0

    async def wait(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1
        began.set()
        await go_on.wait()

    await put(ctx, Errand(ctx.new_id()))
    async with working(ctx, wait):
        await asyncio.wait_for(began.wait(), 20)
        async with working(ctx, wait):
            await asyncio.sleep(2.5)
            go_on.set()
            await until(lambda: _empty(ctx))
    assert runs == 1


async def test_a_job_that_keeps_killing_its_worker_is_parked_without_being_tried_again(ctx: Context) -> None:
    runs = 0

    async def count(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1

    async def held() -> bool:
        return [row["status"] for row in await queue(ctx)] == ["failed"]

    await put(ctx, Errand(ctx.new_id()))
    await _as_if_killed(ctx, POISON_AFTER)
    async with working(ctx, count):
        await until(held)
    assert runs == 0
    assert (await queue(ctx))[0]["attempts"] == 0


@pytest.mark.parametrize("poisoned", [True, False])
async def test_a_parked_job_that_a_person_puts_back_is_tried_afresh(ctx: Context, poisoned: bool) -> None:
    broken, runs = True, 0

    async def mended(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1
        if broken:
            raise ValueError

    async def held() -> bool:
        return [row["status"] for row in await queue(ctx)] == ["failed"]

    await put(ctx, Errand(ctx.new_id()))
    if poisoned:
        await _as_if_killed(ctx, POISON_AFTER)
    async with working(ctx, mended):
        await until(held)
        broken, before = False, runs
        await ctx.engine.connections.execute(
            "update pgqueuer set status = 'queued', attempts = 0, execute_after = now(), queue_manager_id = null"
        )
        await until(lambda: _empty(ctx))
    assert runs == before + 1


async def test_a_worker_that_is_cancelled_in_the_middle_of_a_job_does_not_lose_it(ctx: Context) -> None:
    began = asyncio.Event()

    async def endless(_: Context, __: Errand) -> None:
        began.set()
        await asyncio.sleep(60)

    await put(ctx, Errand(ctx.new_id()))
    async with working(ctx, endless) as task:
        await asyncio.wait_for(began.wait(), 20)
        for _ in range(3):  # the first only asks it to finish what is in hand
            task.cancel()
            await asyncio.wait({task}, timeout=0.5)
        assert task.done()
    assert [row["status"] for row in await queue(ctx)] in (["queued"], ["picked"])
    runs = 0

    async def count(_: Context, __: Errand) -> None:
        nonlocal runs
        runs += 1

    async with working(ctx, count, heartbeat=0.2):
        await until(lambda: _empty(ctx))
    assert runs == 1


def test_payloads_hold_ids_and_switches_only() -> None:
    for kind in JOBS:
        assert {field.type for field in msgspec.structs.fields(kind)} <= {UUID, bool}


def test_every_job_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in JOBS}) == len(JOBS)


async def test_a_payload_is_the_ids_and_nothing_else(ctx: Context) -> None:
    thing = ctx.new_id()
    await put(ctx, Errand(thing))
    assert json.loads((await queue(ctx))[0]["payload"]) == {"thing": str(thing)}
