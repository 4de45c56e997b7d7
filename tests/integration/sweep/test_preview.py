"""What `guardian sweep --dry-run` says is what the sweep then does, step by step; and it changes not one row."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from guardian.access import law_note
from guardian.audit import store as audit
from guardian.context import Context, rehearse, spawn
from guardian.errors import Conflict
from guardian.events import SYSTEM, Event
from guardian.platform.service import add_client
from guardian.purge.service import approve
from guardian.purge.sweeps import check_learners
from guardian.roster import service as rosters
from guardian.roster import workshop
from guardian.sweep import preview, sweep
from tests import seed
from tests.conftest import FixedClock
from tests.integration.purge.world import CAP, WAITING, answer, asked, world

ROSTER = b"student_id,first_name,last_name,dob\n1,Ada,Kowal,2014-01-10\n"


async def everything_due(ctx: Context, clock: FixedClock) -> None:
    """A world in which each step of the sweep has something to do."""
    w = await world(ctx)
    more = [await seed.learner(ctx, w.school, given, student_id=given) for given in ("Ben", "Cara", "Dan", "Eve")]
    ben, cara, dan, eve = more
    guardians = {one: await seed.guardian(ctx, w.school, one, email=f"{one}@example.org") for one in more}
    for one in (ben, cara):
        await asked(ctx, w.school, w.notice, guardians[one], one)
    due_at = clock.now() + WAITING + CAP + timedelta(days=3)
    await seed.learner(ctx, w.school, "Flo", student_id="Flo", birth_date=f"{due_at.year - 16}-{due_at:%m}")
    renewed = await seed.institution(ctx, "Ash School")
    ruth = await seed.staff(ctx, renewed, "ruth@ash.example.org")
    await seed.authorisation(ctx, renewed, w.notice, ruth, valid_until=due_at + timedelta(days=10))
    async with ctx.transaction(SYSTEM) as tx:
        other = {"version": "another", "sha256": "0" * 64}
        event = Event(action="law.in_force", subject_kind="law", subject=law_note.SUBJECT, payload=other)
        await audit.append(tx, SYSTEM, event)
    client, _ = await add_client(ctx, SYSTEM, "Platform", ["rosters"])
    await seed._insert(
        ctx, "idempotency_keys", client=client.id, idempotency_key="a", request_sha256=b"0" * 32, status=200,
        created_at=clock.now(),
    )  # fmt: skip
    await seed._insert(
        ctx, "tombstones", learner=UUID(int=1), purge=UUID(int=2), created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    await rosters.receive(ctx, SYSTEM, w.school, ROSTER, mode="additions")
    gone = await seed.institution(ctx, "Oak School", state="ended", ended_at=clock.now() - timedelta(days=60))
    lapsed = await seed.institution(ctx, "Elm School")
    bob = await seed.staff(ctx, lapsed, "bob@elm.example.org")
    await seed.authorisation(ctx, lapsed, w.notice, bob, valid_until=clock.now() + timedelta(days=20))
    assert gone != lapsed

    clock.advance(days=WAITING.days)
    assert (await check_learners(ctx)).purges_due >= 3  # Anna, Ben and Cara
    await answer(ctx, ben, guardians[ben])
    clock.advance(days=10)
    await asked(ctx, w.school, w.notice, guardians[dan], dan)
    clock.advance(days=CAP.days - 13)
    await approve(ctx, w.admin, cara)
    clock.advance(days=2)
    await asked(ctx, w.school, w.notice, guardians[eve], eve)
    clock.advance(days=4)


async def contents(ctx: Context) -> dict[str, str]:
    """Every table, row by row."""
    async with ctx.transaction(SYSTEM) as tx:
        tables = await tx.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
        return {
            row["tablename"]: await tx.fetchval(
                f"select coalesce(string_agg(md5(t::text), ' ' order by t::text), '') from \"{row['tablename']}\" t"
            )
            for row in tables
        }


@pytest.mark.parametrize("braked", [False, True])
async def test_it_says_what_the_sweep_then_does_and_changes_nothing(
    ctx: Context, clock: FixedClock, braked: bool
) -> None:
    await everything_due(ctx, clock)
    settings = msgspec.structs.replace(ctx.settings, purge_brake=0 if braked else 200)
    ctx = msgspec.structs.replace(ctx, settings=settings)
    before = await contents(ctx)
    said = await preview(ctx)
    assert await contents(ctx) == before
    assert await preview(ctx) == said
    done = await sweep(ctx)
    assert list(said.items()) == list(done.items())
    assert {name for name, count in said.items() if not count} == {
        "purges_begun" if braked else "needs_approval",
        "drift",
    }
    assert await contents(ctx) != before


async def test_no_file_is_taken_away(ctx: Context) -> None:
    left = workshop.folder_of(ctx) / f"{ctx.new_id()}"
    left.mkdir(parents=True)
    left.with_suffix(".lock").touch()
    await preview(ctx)
    assert left.is_dir()
    await sweep(ctx)
    assert not left.exists()


async def test_nobody_waits_for_it_to_write_history(ctx: Context) -> None:
    event = Event(action="sweep.checked", subject_kind="sweep")

    async def history(context: Context) -> None:
        async with context.transaction(SYSTEM) as tx:
            await audit.append(tx, SYSTEM, event)

    async def play(context: Context) -> None:
        await history(context)
        await asyncio.wait_for(spawn(history(ctx), name="another"), 10)

    await rehearse(ctx, play)
    async with ctx.transaction(SYSTEM) as tx:
        assert await audit.check(tx) == (1, None)


async def test_it_gives_way_to_others_at_the_same_rows(ctx: Context) -> None:
    school = await seed.institution(ctx)

    async def rename(context: Context) -> None:
        async with context.transaction(SYSTEM) as tx:
            await tx.execute("update institutions set name = 'Oak School' where id = $1", school)

    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update institutions set name = 'Elm School' where id = $1", school)
        with pytest.raises(Conflict, match="Try again"):
            await spawn(rehearse(ctx, rename), name="rehearsal")
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select name from institutions where id = $1", school) == "Elm School"
