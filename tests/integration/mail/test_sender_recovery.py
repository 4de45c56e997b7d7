"""What a worker that died held: its journal first, then the queue; and never from one that lives."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import outbox, recovery
from guardian.mail.journal import Acceptance, Journal, journal_of, read
from guardian.mail.results import Result, record
from guardian.mail.sender import result_of
from guardian.mail.sink import Sink, start_sink
from guardian.mail.transport import Outcome
from guardian.registry import ACCEPTED
from tests.conftest import FixedClock
from tests.integration.mail import sending


@pytest.fixture
def mail() -> Iterator[Sink]:
    sink = start_sink()
    yield sink
    sink.stop()


async def claimed(ctx: Context, worker: str, count: int) -> list[outbox.Claimed]:
    async with ctx.transaction(SYSTEM) as tx:
        return await outbox.claim(tx, worker, count)


def journal_left_by_a_dead(ctx: Context, worker: str, *taken: outbox.Claimed) -> None:
    journal = Journal(journal_of(ctx.settings.home / "mail", worker))
    for one in taken:
        journal.write(Acceptance(one.id, "Q1"))
    journal.leave()


async def test_the_journal_comes_first_and_the_rest_is_queued(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 10)
    held = await claimed(ctx, "7-0", 6)
    journal_left_by_a_dead(ctx, "7-0", *held[:2])
    sender = sending.sender(ctx)
    assert await sender.take_over() == 4
    states = [one.state for one in (await sending.letters(ctx)).values()]
    assert (states.count("accepted"), states.count("queued")) == (2, 8)
    assert await sending.one(ctx, "select count(*) from consent_requests where state = 'sent'") == 2
    assert await sender.take_over() == 0
    assert await sender.drain() == 8
    assert len(mail.messages()) == 8
    assert sending.journals(ctx) == []


async def test_a_journal_that_the_database_knows_already_changes_nothing(ctx: Context) -> None:
    """Killed between COMMIT and the emptying of the journal, or before the COMMIT was acknowledged."""
    await sending.queued(ctx, 3)
    held = await claimed(ctx, "7-0", 3)
    results = {one.id: Result(state="accepted", queue_id="Q1") for one in held}
    await record(ctx, held, results, ACCEPTED, worker="7-0")
    all_of_it = "select array_agg((m, r) order by m.id, r.id)::text from mail_messages m, consent_requests r"
    before = await sending.one(ctx, all_of_it)
    entries = await sending.one(ctx, "select count(*) from audit")
    journal_left_by_a_dead(ctx, "7-0", *held)
    assert await sending.sender(ctx).take_over() == 0
    assert before == await sending.one(ctx, all_of_it)
    assert entries == await sending.one(ctx, "select count(*) from audit")


async def test_recording_twice_counts_once(ctx: Context) -> None:
    await sending.queued(ctx, 2)
    held = await claimed(ctx, "7-0", 2)
    results = {one.id: Result(state="queued", code="pool_down", counts=False) for one in held}
    for _ in range(3):
        await record(ctx, held, results, ACCEPTED, worker="7-0")
    assert {one.attempts for one in (await sending.letters(ctx)).values()} == {0}


async def test_only_the_holder_says_that_a_letter_failed(ctx: Context) -> None:
    await sending.queued(ctx, 1)
    held = await claimed(ctx, "7-0", 1)
    async with ctx.transaction(SYSTEM) as tx:
        await outbox.take_back_from(tx, "7-0")
    await claimed(ctx, "8-0", 1)
    await record(ctx, held, {held[0].id: Result(state="failed", code="5.7.1")}, ACCEPTED, worker="7-0")
    (found,) = (await sending.letters(ctx)).values()
    assert (found.state, found.worker) == ("sending", "8-0")
    await record(ctx, held, {held[0].id: Result(state="accepted")}, ACCEPTED, worker="7-0")
    (found,) = (await sending.letters(ctx)).values()
    assert (found.state, found.worker, found.request) == ("accepted", None, "sent")


async def test_a_failing_replay_keeps_the_journal(ctx: Context) -> None:
    await sending.queued(ctx, 2)
    held = await claimed(ctx, "7-0", 2)
    journal_left_by_a_dead(ctx, "7-0", *held)

    async def fails(*_: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("the database went away")

    folder = ctx.settings.home / "mail"
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await recovery.take_over(ctx, folder, {"consent_request": fails}, mine=())
    assert {one.state for one in (await sending.letters(ctx)).values()} == {"sending"}
    assert len(read(journal_of(folder, "7-0"))) == 2
    assert await recovery.take_over(ctx, folder, ACCEPTED, mine=()) == 0
    assert {one.state for one in (await sending.letters(ctx)).values()} == {"accepted"}


async def test_what_the_living_hold_stays_theirs(ctx: Context, clock: FixedClock) -> None:
    await sending.queued(ctx, 4)
    living, other = sending.sender(ctx), sending.sender(ctx)
    await claimed(ctx, living.workers[0], 4)
    clock.advance(hours=5)
    assert await other.take_over() == 0
    assert {one.worker for one in (await sending.letters(ctx)).values()} == {living.workers[0]}
    await living.close()
    await other.close()


async def test_a_dead_worker_of_another_home_is_waited_for(ctx: Context, clock: FixedClock) -> None:
    await sending.queued(ctx, 4)
    await claimed(ctx, "77-1", 4)
    sender = sending.sender(ctx)
    assert await sender.take_over() == 0, "its own successor may still read its journal"
    clock.instant += outbox.LEASE + timedelta(seconds=1)
    async with ctx.engine.connections.acquire() as alive:
        await alive.execute("select pg_advisory_lock(77)")
        assert await sender.take_over() == 0, "it lives"
        await alive.execute("select pg_advisory_unlock(77)")
    assert await sender.take_over() == 4
    await sender.close()


def test_a_journal_cut_short_says_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "7-0.journal"
    journal = Journal(path)
    first, second = Acceptance(UUID(int=7)), Acceptance(UUID(int=8), "Q")
    journal.write(first)
    journal.write(second)
    kept = path.read_bytes().rstrip(b"\0")
    journal.leave()
    for length in range(len(kept)):
        path.write_bytes(kept[:length] + bytes(100))
        assert read(path) == ([first] if length >= kept.index(b"\n") + 1 else [])
        path.write_bytes(bytes(length) + kept[length:])
        assert read(path) in ([first, second], [second], []), "emptied only when the database knew them all"


def test_a_journal_grows_is_emptied_and_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "7-0.journal")
    many = [Acceptance(UUID(int=number), "Q" * 64) for number in range(2_000)]
    for one in many:
        journal.write(one)
    assert read(journal.path) == many
    journal.empty()
    assert read(journal.path) == []
    journal.write(many[0])
    assert read(journal.path) == many[:1]
    journal.leave()
    with pytest.raises(OSError, match="closed"):
        journal.write(many[1])
    assert Journal(journal.path).path == journal.path


async def test_an_address_of_ours_that_is_refused_bounces_nobody(ctx: Context, clock: FixedClock) -> None:
    await sending.queued(ctx, 1)
    (held,) = await claimed(ctx, "7-0", 1)
    outcome = Outcome(kind="failed", phase="rcpt", code=550, enhanced="5.1.8")
    assert result_of(outcome, held, clock.now()).state == "failed"
    outcome = Outcome(kind="failed", phase="rcpt", code=550, enhanced="5.1.10")
    assert result_of(outcome, held, clock.now()).state == "bounced_hard"
