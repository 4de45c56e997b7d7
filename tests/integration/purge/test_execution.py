"""What a purge erases, what it keeps and proves, and that a worker killed at any step loses nothing of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from guardian.access.service import decide_by_platform_id
from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.db.tables import PERSONAL
from guardian.events import SYSTEM
from guardian.mail import links, outbox
from guardian.people import corrections
from guardian.people.marks import person_mark, platform_mark, student_mark
from guardian.purge import execution, store
from guardian.purge.domain import RECIPIENTS, Purge
from guardian.purge.execution import RunPurge, run
from guardian.purge.service import approve, rescind
from guardian.purge.sweeps import begin_purges, end_tombstones
from tests import seed
from tests.conftest import NOW, FixedClock
from tests.integration.purge.world import (
    WAITING,
    World,
    actions,
    answer,
    approved,
    asked,
    carried_out,
    flags_of,
    one,
    purge_of,
    sweep_at,
    world,
)

CANARY = "canary7391"
MARK = "73917391-7391-4391-8391-739173917391"


@pytest.fixture
async def w(ctx: Context) -> World:
    return await world(ctx)


async def plant(ctx: Context, w: World) -> list[str]:
    """A word of its own in every personal column about Anna and Alice; answers the columns."""
    places = []
    async with ctx.transaction(SYSTEM) as tx:
        await corrections.keep(tx, ctx.new_id(), w.school, learner=w.anna, field="given_name", file_value="x", by=w.bob)
        for table, rules in PERSONAL.items():
            for column, rule in rules.items():
                if rule not in {"learner_erasure", "guardian_erasure"} or table in {
                    "consent_evidence",
                    "fact_versions",
                }:
                    continue
                word = {"birth_date": "2016-05-01", "mark": MARK}.get(column, f"{CANARY}-{table}-{column}")
                key, value = {
                    "learners": ("id", w.anna), "enrolments": ("learner", w.anna), "guardians": ("id", w.alice),
                    "corrections": ("learner", w.anna),
                }[table]  # fmt: skip
                await tx.execute(f"update {table} set {column} = $2 where {key} = $1", value, word)
                places.append(f"{table}.{column}")
    act = await answer(ctx, w.anna, w.alice, state="declined")
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into consent_evidence (id, act, guardian, typed_name, relationship, language, recorded_at) "
            "values ($1, $2, $3, $4, 'mother', 'en', $5)",
            ctx.new_id(), act, w.alice, f"{CANARY}-typed", tx.now,
        )  # fmt: skip
        # A birth date that was corrected: what it was before stands in the history.
        await tx.execute("update learners set birth_date = $2 where id = $1", w.anna, CANARY[:10])
        await tx.execute("update learners set birth_date = '2016-05-01' where id = $1", w.anna)
        assert await tx.fetchval("select count(*) from fact_versions where facts::text like $1", f"%{CANARY[:10]}%")
        upload = ctx.new_id()
        await tx.execute(
            "insert into roster_uploads (id, institution, state, mode, sha256, created_at, findings) "
            "values ($1, $2, 'planned', 'additions', $3, $4, $5)",
            upload, w.school, "0" * 64, tx.now, json.dumps([f"{CANARY}-finding"]),
        )  # fmt: skip
        await tx.execute(
            "insert into roster_chunks (id, upload, position, content) values ($1, $2, 0, $3)",
            ctx.new_id(), upload, f"{CANARY}-file".encode(),
        )  # fmt: skip
        await tx.execute(
            "insert into roster_rows (id, upload, row, state, record) values ($1, $2, 1, 'new', $3)",
            ctx.new_id(), upload, json.dumps({"given_name": f"{CANARY}-row"}),
        )  # fmt: skip
    return places


async def hits(ctx: Context, word: str = CANARY) -> list[str]:
    """Every column of every table in which the word stands, in text, JSON, lists or bytes."""
    found = []
    async with ctx.transaction(SYSTEM) as tx:
        columns = await tx.fetch(
            "select c.relname, a.attname, a.atttypid = 'bytea'::regtype as raw from pg_attribute a "
            "join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' "
            "and a.attnum > 0 and not a.attisdropped and a.atttypid in ('bytea'::regtype, 'text'::regtype, "
            "'varchar'::regtype, 'jsonb'::regtype, 'json'::regtype, 'varchar[]'::regtype, 'text[]'::regtype)"
        )
        assert len(columns) > 100
        for row in columns:
            place, raw = f'"{row["relname"]}"', row["raw"]
            test = f"position($1::text::bytea in {row['attname']}) > 0" if raw else f"{row['attname']}::text like $1"
            given = word if raw else f"%{word}%"
            if await tx.fetchval(f"select count(*) from {place} where {test}", given):
                found.append(f"{row['relname']}.{row['attname']}")
    return sorted(found)


async def test_a_purge_leaves_no_trace_of_what_was_personal_anywhere(ctx: Context, clock: FixedClock, w: World) -> None:
    planted = await plant(ctx, w)
    before = await hits(ctx)
    expected = {*planted, "consent_evidence.typed_name", "roster_uploads.findings", "roster_chunks.content",
                "roster_rows.record", "fact_versions.facts"} - {
        "learners.birth_date", "enrolments.mark"
    }  # fmt: skip
    assert set(before) == expected, "the search must find what was planted"
    async with ctx.transaction(SYSTEM) as tx:  # any change of Anna or Alice takes it
        await tx.execute("update enrolments set mark = $2 where learner = $1", w.anna, UUID(MARK))
    assert str(await one(ctx, "select mark from enrolments where learner = $1", w.anna)) == MARK
    await carried_out(ctx, clock, w)
    assert await hits(ctx) == []
    assert await one(ctx, "select mark from enrolments where learner = $1", w.anna) is None
    assert await one(ctx, "select birth_date from learners where id = $1", w.anna) is None


async def test_a_rescinded_purge_leaves_every_trace_where_it_was(ctx: Context, clock: FixedClock, w: World) -> None:
    await plant(ctx, w)
    before = await hits(ctx)
    await sweep_at(ctx, clock, NOW + WAITING)
    purge = await approve(ctx, w.admin, w.anna)
    assert await hits(ctx) == before, "nothing is erased before the cool-off is over"
    await rescind(ctx, w.admin, purge)
    clock.advance(days=2)
    await run(ctx, RunPurge(purge))
    assert await hits(ctx) == before


async def test_history_and_answers_stay_with_ids_and_the_chain_holds(ctx: Context, clock: FixedClock, w: World) -> None:
    await plant(ctx, w)
    await carried_out(ctx, clock, w)
    assert await one(ctx, "select count(*) from consents where learner = $1", w.anna) == 1
    assert await one(ctx, "select count(*) from authorisations") == 1
    async with ctx.transaction(SYSTEM) as tx:
        held, broken = await audit.check(tx)
        assert (held > 4, broken) == (True, None)
        told = [entry.action for entry in await audit.of_subject(tx, [w.anna])]
    assert told[:2] == ["purge.done", "purge.erased"]


async def test_the_certificate_says_what_was_erased_where_and_what_was_kept_and_why(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    await plant(ctx, w)
    purge = await carried_out(ctx, clock, w)
    async with ctx.transaction(SYSTEM) as tx:
        document = await store.certificate(tx, purge)
        tasks = await store.tasks(tx, purge)
    assert document is not None
    assert document["learner"] == str(w.anna)
    assert document["approved_by"] == str(w.admin.id)
    assert {line["system"] for line in document["erased"]} == set(RECIPIENTS)
    counts = {line["what"]: line["count"] for line in document["erased"]}
    assert counts["learner_fields"] == 8  # six of the learner, the number and the class
    assert (counts["guardians"], counts["typed_names"], counts["uploads"]) == (1, 1, 1)
    assert [line["what"] for line in document["kept"]] == ["history", "tombstone", "backups"]
    assert all(line["why"] for line in document["kept"])
    assert {task.state for task in tasks} == {"acknowledged"}
    assert CANARY not in json.dumps(document)


async def test_the_tombstone_recognises_the_learner_who_comes_back_and_nobody_else(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    platform, student = await _numbers(ctx, w.anna)
    await carried_out(ctx, clock, w)
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow("select * from tombstones")
    assert row is not None
    assert row["platform_hmac"] == platform_mark(ctx.keys, platform)
    assert row["student_hmac"] == student_mark(ctx.keys, w.school, student)
    assert row["person_hmac"] == person_mark(ctx.keys, w.school, "ANNA", "Kówal", "2016-05-01")
    assert row["student_hmac"] != student_mark(ctx.keys, ctx.new_id(), student)
    answers = await decide_by_platform_id(ctx, [platform, "p-other"])
    assert [one.reasons for one in answers.values()] == [("erased",), ("unknown_learner",)]


async def _numbers(ctx: Context, learner: UUID) -> tuple[str, str]:
    return (
        await one(ctx, "select platform_id from learners where id = $1", learner),
        await one(ctx, "select student_id from enrolments where learner = $1", learner),
    )


async def test_each_school_gets_a_mark_of_its_own(ctx: Context, clock: FixedClock, w: World) -> None:
    oak = await seed.institution(ctx, "Oak School")
    await seed._insert(
        ctx, "enrolments", learner=w.anna, institution=oak, student_id="77", begins_on=NOW.date(), created_at=NOW
    )
    await carried_out(ctx, clock, w)
    assert await one(ctx, "select count(*) from tombstones") == 2
    assert await one(ctx, "select count(*) from tombstones where platform_hmac is not null") == 1
    found = await one(
        ctx, "select student_hmac from tombstones where student_hmac = $1", student_mark(ctx.keys, oak, "77")
    )
    assert found is not None


async def test_a_learner_without_a_school_is_recognised_by_the_platforms_id(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    lonely = await seed._insert(
        ctx, "learners", platform_id="p-lonely", given_name="Lone", birth_date="2016", jurisdictions=["PL"],
        timezone="Europe/Warsaw", language="pl", standing="active", revision=0, created_at=NOW,
    )  # fmt: skip
    purge = await approve(ctx, w.admin, lonely)
    clock.advance(days=1)
    await run(ctx, RunPurge(purge))
    assert (await decide_by_platform_id(ctx, ["p-lonely"]))["p-lonely"].reasons == ("erased",)


async def test_a_tombstone_ends_with_its_time(ctx: Context, clock: FixedClock, w: World) -> None:
    await carried_out(ctx, clock, w)
    assert await end_tombstones(ctx) == 0
    clock.advance(days=3 * 365)
    assert await end_tombstones(ctx) == 1
    assert await one(ctx, "select count(*) from tombstones") == 0


async def test_a_guardian_of_a_sibling_who_stays_is_kept_and_goes_with_the_last_child(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    ben = await seed.learner(ctx, w.school, "Ben")
    await seed._insert(
        ctx, "guardianships", learner=ben, guardian=w.alice, relationship="mother", authority="full", eligible="yes",
        position=0, created_at=NOW,
    )  # fmt: skip
    await carried_out(ctx, clock, w)
    assert await one(ctx, "select name from guardians where id = $1", w.alice) == "Alice Kowal"
    assert await one(ctx, "select given_name from learners where id = $1", ben) == "Ben"
    purge = await approve(ctx, w.admin, ben)
    clock.advance(days=1)
    await run(ctx, RunPurge(purge))
    assert await one(ctx, "select name from guardians where id = $1", w.alice) is None


async def test_a_question_about_a_sibling_too_stays_open_and_its_link_works(
    ctx: Context, clock: FixedClock, w: World
) -> None:
    ben = await seed.learner(ctx, w.school, "Ben")
    alice = await seed.guardian(ctx, w.school, w.anna, ben, email="second@example.org")
    both = await asked(ctx, w.school, w.notice, alice, w.anna, ben)
    await carried_out(ctx, clock, w)
    assert await one(ctx, "select state from consent_requests where id = $1", both) == "sent"
    assert await one(ctx, "select state from consent_requests where id = $1", w.request) == "cancelled"


async def test_links_and_letters_about_the_learner_alone_are_closed(ctx: Context, clock: FixedClock, w: World) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        message = ctx.new_id()
        end = NOW + WAITING * 9
        url = await links.issue(ctx, tx, "consent", w.request, message=message, expires_at=end)
        await outbox.add(ctx, tx, outbox.Letter(
            letter="consent_reminder", recipient_kind="guardian", recipient=w.alice, subject=w.request,
        ))  # fmt: skip
    await carried_out(ctx, clock, w)
    async with ctx.transaction(SYSTEM) as tx:
        found = await links.find(tx, "consent", url.rpartition("/")[2])
        assert found is not None
        assert not found.open(tx.now)
        assert await tx.fetchval("select state from mail_messages") == "cancelled"


async def test_every_open_flag_of_the_learner_ends_with_the_purge(ctx: Context, clock: FixedClock, w: World) -> None:
    await seed._insert(
        ctx, "flags", kind="reported", learner=w.anna, institution=w.school, state="open", severity="high", since=NOW
    )
    await carried_out(ctx, clock, w)
    assert {(state, outcome) for _, state, outcome in await flags_of(ctx, w.anna)} == {("resolved", "purge_approved")}


# --- killed at any step ---

Eraser = Callable[[Context, Tx, Purge], Awaitable[dict[str, int]]]


@pytest.mark.parametrize("victim", RECIPIENTS)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_killed_in_any_step_is_followed_by_one_that_finishes(
    ctx: Context, clock: FixedClock, w: World, monkeypatch: pytest.MonkeyPatch, victim: str, when: str
) -> None:
    await plant(ctx, w)
    purge = await approved(ctx, clock, w)
    real = execution.ERASERS[victim]

    async def dies(context: Context, tx: Tx, found: Purge) -> dict[str, int]:
        if when == "after":
            await real(context, tx, found)
        raise SystemExit

    monkeypatch.setattr(execution, "ERASERS", {**execution.ERASERS, victim: dies})
    with pytest.raises(SystemExit):
        await run(ctx, RunPurge(purge))
    monkeypatch.undo()
    assert (await purge_of(ctx, w.anna)).state == "running"
    decided = (await decide_by_platform_id(ctx, [f"{CANARY}-learners-platform_id"])).popitem()[1]
    assert (decided.access, decided.reasons[-1]) == ("block", "erasure_in_progress")
    assert await begin_purges(ctx) == 1, "the sweep hands what was left running over again"
    await run(ctx, RunPurge(purge))
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "done"
    assert await hits(ctx) == []
    told = await actions(ctx)
    assert [told.count(one) for one in ("purge.started", "purge.erased", "purge.done")] == [1, 3, 1]
    assert await one(ctx, "select count(*) from tombstones") == 1


async def test_a_worker_killed_between_the_last_step_and_the_certificate_is_followed_by_one_that_makes_it(
    ctx: Context, clock: FixedClock, w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge = await approved(ctx, clock, w)

    async def dies(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(execution, "_finish", dies)
    with pytest.raises(SystemExit):
        await run(ctx, RunPurge(purge))
    monkeypatch.undo()
    await run(ctx, RunPurge(purge))
    assert (await purge_of(ctx, w.anna)).state == "done"
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.certificate(tx, purge) is not None


async def test_two_workers_with_the_same_purge_do_it_once(ctx: Context, clock: FixedClock, w: World) -> None:
    purge = await approved(ctx, clock, w)
    await asyncio.gather(*(run(ctx, RunPurge(purge)) for _ in range(4)))
    told = await actions(ctx)
    assert [told.count(one) for one in ("purge.started", "purge.erased", "purge.done")] == [1, 3, 1]
    assert await one(ctx, "select count(*) from tombstones") == 1


async def test_a_purge_nobody_knows_is_no_error(ctx: Context) -> None:
    await run(ctx, RunPurge(ctx.new_id()))
    assert await actions(ctx) == []


async def test_the_husk_of_an_erased_learner_cannot_be_deleted(ctx: Context, clock: FixedClock, w: World) -> None:
    await carried_out(ctx, clock, w)
    with pytest.raises(asyncpg.PostgresError):
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("delete from learners where id = $1", w.anna)
    assert await one(ctx, "select standing from learners where id = $1", w.anna) == "erased"
