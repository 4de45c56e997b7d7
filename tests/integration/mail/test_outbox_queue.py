"""A letter is queued once, held by one worker at a time, and called accepted only after the server's 250."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import SYSTEM
from guardian.mail import journal as journals
from guardian.mail import outbox
from guardian.mail.composing import Composed, Skip
from guardian.mail.letters import StaffSignIn
from guardian.mail.outbox import Claimed, Letter
from guardian.mail.results import Result, record
from guardian.mail.sender import BATCH, Sender
from guardian.mail.sink import Sink, start_sink
from tests.conftest import FixedClock


def letter(ctx: Context, **more: Any) -> Letter:
    values = {"letter": "test", "recipient_kind": "staff", "recipient": ctx.new_id(), "subject": ctx.new_id()}
    return Letter(**{**values, **more})


async def add(ctx: Context, *letters: Letter) -> list[UUID]:
    async with ctx.transaction(SYSTEM) as tx:
        return [await outbox.add(ctx, tx, one) for one in letters]


async def claim(ctx: Context, worker: str, limit: int = 100) -> list[UUID]:
    async with ctx.transaction(SYSTEM) as tx:
        return [one.id for one in await outbox.claim(tx, worker, limit)]


async def rows(ctx: Context) -> dict[UUID, asyncpg.Record]:
    async with ctx.transaction(SYSTEM) as tx:
        return {row["id"]: row for row in await tx.fetch("select * from mail_messages")}


async def states(ctx: Context) -> list[str]:
    return sorted(row["state"] for row in (await rows(ctx)).values())


async def test_the_same_letter_is_queued_once_and_keeps_its_id(ctx: Context) -> None:
    one = letter(ctx)
    first = await add(ctx, one, one)
    assert await add(ctx, one) == first[:1] == first[1:]
    assert len(await rows(ctx)) == 1
    await add(ctx, msgspec.structs.replace(one, sequence=1))
    assert len(await rows(ctx)) == 2


async def test_the_same_letter_asked_for_at_once_is_queued_once(ctx: Context) -> None:
    one = letter(ctx)
    ids = await asyncio.gather(*(add(ctx, one) for _ in range(8)))
    assert len({made for (made,) in ids}) == 1
    assert list(await rows(ctx)) == ids[0]


async def test_a_letter_of_a_command_that_fails_was_never_queued(ctx: Context) -> None:
    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await outbox.add(ctx, tx, letter(ctx))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await rows(ctx) == {}


async def test_workers_that_claim_at_once_never_get_the_same_letter(ctx: Context) -> None:
    await add(ctx, *(letter(ctx) for _ in range(60)))
    hands = await asyncio.gather(*(claim(ctx, f"{n}-0", 10) for n in range(8)))
    claimed = [one for hand in hands for one in hand]
    assert len(claimed) == len(set(claimed)) == 60


async def test_a_letter_is_claimed_when_it_is_due_and_not_before(ctx: Context, clock: FixedClock) -> None:
    later = clock.now() + timedelta(hours=1)
    (made,) = await add(ctx, letter(ctx, not_before=later))
    assert await claim(ctx, "1-0") == []
    clock.instant = later
    assert await claim(ctx, "1-0") == [made]
    assert (await rows(ctx))[made]["attempts"] == 1


async def test_only_a_letter_that_nobody_has_begun_can_be_cancelled(ctx: Context) -> None:
    subject = ctx.new_id()
    begun, waiting = await add(ctx, letter(ctx, subject=subject), letter(ctx, subject=subject))
    await claim(ctx, "1-0", 1)
    async with ctx.transaction(SYSTEM) as tx:
        assert await outbox.cancel(tx, subject, "other") == 0
        assert await outbox.cancel(tx, subject, "test") == 1
    found = await rows(ctx)
    assert {found[begun]["state"], found[waiting]["state"]} == {"sending", "cancelled"}


async def test_what_a_dead_worker_held_goes_back_under_the_same_id_and_nothing_else_does(ctx: Context) -> None:
    await add(ctx, *(letter(ctx) for _ in range(6)))
    dead, living = await claim(ctx, "1-0", 3), await claim(ctx, "2-0", 3)
    async with ctx.transaction(SYSTEM) as tx:
        assert await outbox.take_back_from(tx, "1-0") == 3
    assert sorted(await claim(ctx, "3-0")) == sorted(dead)
    assert {one for one, row in (await rows(ctx)).items() if row["worker"] == "2-0"} == set(living)


async def test_a_result_counts_once_and_only_a_250_makes_a_letter_accepted(ctx: Context) -> None:
    ids = await add(ctx, *(letter(ctx) for _ in range(4)))
    await claim(ctx, "1-0")
    async with ctx.transaction(SYSTEM) as tx:
        letters = await outbox.get(tx, ids)
    told: list[UUID] = []

    async def accepted(_: Context, __: Tx, taken: list[Claimed]) -> None:
        told.extend(one.id for one in taken)

    later = ctx.clock.now() + timedelta(minutes=5)
    results = {
        ids[0]: Result(state="accepted", queue_id="Q1", code="2.0.0"),
        ids[1]: Result(state="bounced_hard", code="5.1.1"),
        ids[2]: Result(state="queued", code="4.7.1", not_before=later),
        ids[3]: Result(state="queued", code="pool_down", not_before=later, counts=False),
    }
    for _ in range(2):
        await record(ctx, letters, results, {"test": accepted})
    found = await rows(ctx)
    assert [found[one]["state"] for one in ids] == ["accepted", "bounced_hard", "queued", "queued"]
    assert [found[one]["attempts"] for one in ids] == [1, 1, 1, 0]
    assert [found[one]["accepted_at"] for one in ids] == [ctx.clock.now(), None, None, None]
    assert [found[one]["not_before"] for one in ids[2:]] == [later, later]
    assert {found[one]["worker"] for one in ids} == {None}
    assert told == [ids[0]]


async def test_what_follows_from_a_250_and_the_250_are_recorded_together_or_not_at_all(ctx: Context) -> None:
    ids = await add(ctx, letter(ctx))
    await claim(ctx, "1-0")
    async with ctx.transaction(SYSTEM) as tx:
        letters = await outbox.get(tx, ids)

    async def fails(_: Context, __: Tx, ___: list[Claimed]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await record(ctx, letters, {ids[0]: Result(state="accepted")}, {"test": fails})
    assert await states(ctx) == ["sending"]


async def test_no_address_is_kept_in_the_outbox_or_in_history(ctx: Context, mailbox: Sink) -> None:
    sender = Sender(on(ctx, mailbox), {"test": to_staff}, {})
    await add(ctx, letter(ctx))
    await sender.send_some()
    await sender.close()
    assert len(mailbox.messages()) == 1
    async with ctx.transaction(SYSTEM) as tx:
        kept = await tx.fetchval("select string_agg(to_jsonb(m)::text, '') from mail_messages m")
        kept += await tx.fetchval("select string_agg(to_jsonb(a)::text, '') from audit a")
    assert "@" not in kept


# --- a sender and a mail server ---


@pytest.fixture
def mailbox() -> Iterator[Sink]:
    sink = start_sink()
    yield sink
    sink.stop()


@pytest.fixture
async def at(ctx: Context, mailbox: Sink) -> Context:
    return on(ctx, mailbox)


def on(ctx: Context, sink: Sink) -> Context:
    return msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, smtp_url=sink.url))


async def to_staff(ctx: Context, _: Tx, letters: Sequence[Claimed]) -> Mapping[UUID, Composed | Skip]:
    return {
        one.id: Composed(
            recipient=f"bob-{one.recipient.hex[-8:]}@maple.example.org",
            language="en",
            letter=StaffSignIn(
                operator="Operator", contact="help@example.org", url=f"{ctx.settings.base_url}/sign-in/x", minutes=15
            ),
        )
        for one in letters
    }


async def test_letters_go_out_and_are_recorded_with_the_servers_queue_id(at: Context, mailbox: Sink) -> None:
    ids = await add(at, *(letter(at) for _ in range(5)))
    sender = Sender(at, {"test": to_staff}, {})
    assert await sender.send_some() == 5
    assert await sender.send_some() == 0
    await sender.close()
    found = await rows(at)
    assert {row["state"] for row in found.values()} == {"accepted"}
    assert {row["queue_id"][0] for row in found.values()} == {"S"}
    sent = {value for one in mailbox.messages() for name, value in one.headers if name.lower() == "message-id"}
    assert sent == {f"<{one}@guardian.example.org>" for one in ids}


async def test_a_sender_killed_between_the_250_and_its_record_has_its_letters_recorded_not_sent_again(
    at: Context, mailbox: Sink
) -> None:
    await add(at, *(letter(at) for _ in range(20)))
    told: list[UUID] = []

    async def accepted(_: Context, __: Tx, taken: list[Claimed]) -> None:
        told.extend(one.id for one in taken)

    killed = Sender(at, {"test": to_staff}, {"test": accepted})

    async def dies(*_: object, **__: object) -> None:
        raise SystemExit

    killed._record = dies  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        await killed.send_some()
    assert await states(at) == ["sending"] * 20
    for hand in killed._hands:  # the operating system lets go of its files, nothing else happens
        hand.journal.leave()

    successor = Sender(at, {"test": to_staff}, {"test": accepted})
    await successor.take_over()
    assert await states(at) == ["accepted"] * 20
    assert await successor.send_some() == 0
    await successor.close()
    assert len(mailbox.messages()) == 20
    assert len(told) == len(set(told)) == 20
    assert list((at.settings.home / "mail").glob("*.journal")) == []


async def test_a_sender_killed_before_it_sent_anything_has_its_letters_sent_by_the_next(
    at: Context, mailbox: Sink
) -> None:
    ids = await add(at, *(letter(at) for _ in range(3)))
    killed = Sender(at, {"test": to_staff}, {})
    await claim(at, killed.workers[0])
    for hand in killed._hands:
        hand.journal.leave()
    successor = Sender(at, {"test": to_staff}, {})
    assert await successor.take_over() == 3
    assert await successor.send_some() == 3
    await successor.close()
    assert await states(at) == ["accepted"] * 3
    assert len(mailbox.messages()) == len(ids)


async def test_a_living_senders_letters_are_left_to_it(at: Context) -> None:
    await add(at, *(letter(at) for _ in range(3)))
    living = Sender(at, {"test": to_staff}, {})
    await claim(at, living.workers[0])
    other = Sender(at, {"test": to_staff}, {})
    assert await other.take_over() == 0
    assert await states(at) == ["sending"] * 3
    await other.close()
    await living.close()


async def test_a_journal_line_cut_short_does_not_hide_the_others(at: Context, mailbox: Sink) -> None:
    first, second = await add(at, letter(at), letter(at))
    killed = Sender(at, {"test": to_staff}, {})
    await claim(at, killed.workers[0])
    journal = killed._hands[0].journal
    journal.write(journals.Acceptance(first, "Q1"))
    with journal.path.open("ab") as file:
        file.write(b'{"message":"' + str(second).encode()[:20])
    for hand in killed._hands:
        hand.journal.leave()
    successor = Sender(at, {"test": to_staff}, {})
    await successor.take_over()
    found = await rows(at)
    assert (found[first]["state"], found[first]["queue_id"]) == ("accepted", "Q1")
    assert found[second]["state"] == "queued"
    assert await successor.send_some() == 1
    await successor.close()
    assert len(mailbox.messages()) == 1


async def test_one_refused_address_stops_nobody_elses_letter(at: Context, mailbox: Sink) -> None:
    bad, busy, good = await add(at, letter(at), letter(at), letter(at))
    found = await rows(at)
    mailbox.refuse(found[bad]["recipient"].hex[-8:], "550 5.1.1 no such user")
    mailbox.refuse(found[busy]["recipient"].hex[-8:], "451 4.7.1 come back later")
    sender = Sender(at, {"test": to_staff}, {})
    await sender.send_some()
    await sender.close()
    found = await rows(at)
    assert [found[one]["state"] for one in (bad, busy, good)] == ["bounced_hard", "queued", "accepted"]
    assert found[busy]["not_before"] > at.clock.now()


async def test_a_mail_server_that_is_down_costs_no_letter_an_attempt(ctx: Context) -> None:
    (made,) = await add(ctx, letter(ctx))
    down = msgspec.structs.replace(ctx.settings, smtp_url="smtp://127.0.0.1:9")
    sender = Sender(msgspec.structs.replace(ctx, settings=down), {"test": to_staff}, {})
    await sender.send_some()
    await sender.close()
    row = (await rows(ctx))[made]
    assert (row["state"], row["attempts"], row["accepted_at"]) == ("queued", 0, None)
    assert row["not_before"] > ctx.clock.now()


async def test_a_letter_nobody_can_write_fails_alone_and_a_skipped_one_says_why(at: Context, mailbox: Sink) -> None:
    strange, fine = await add(at, letter(at, letter="strange"), letter(at))
    (skipped,) = await add(at, letter(at, letter="skip"))

    async def skip(_: Context, __: Tx, letters: Sequence[Claimed]) -> Mapping[UUID, Composed | Skip]:
        return {one.id: Skip(state="suppressed", code="complaint") for one in letters}

    sender = Sender(at, {"test": to_staff, "skip": skip}, {})
    await sender.send_some()
    await sender.close()
    found = await rows(at)
    assert (found[strange]["state"], found[strange]["code"]) == ("failed", "no_composer")
    assert (found[skipped]["state"], found[skipped]["code"]) == ("suppressed", "complaint")
    assert found[fine]["state"] == "accepted"
    assert len(mailbox.messages()) == 1


async def test_a_batch_is_bounded(ctx: Context) -> None:
    await add(ctx, *(letter(ctx) for _ in range(BATCH + 5)))
    assert len(await claim(ctx, "1-0", BATCH)) == BATCH


async def test_a_batch_leaves_one_line_of_history_with_counts_alone(at: Context) -> None:
    await add(at, *(letter(at) for _ in range(3)))
    sender = Sender(at, {"test": to_staff}, {})
    await sender.send_some()
    await sender.close()
    async with at.transaction(SYSTEM) as tx:
        entries = await audit.recent(tx)
    assert [(one.action, one.payload) for one in entries] == [("mail.sent", {"accepted": 3})]
