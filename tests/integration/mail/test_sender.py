"""From the outbox to the recorded result, with a mail server in all its moods."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from guardian.audit import store as audit
from guardian.context import Context, spawn
from guardian.events import SYSTEM
from guardian.mail.sink import Sink, start_sink
from guardian.registry import COMPOSERS
from tests.conftest import FixedClock
from tests.integration.mail import sending


@pytest.fixture
def mail() -> Iterator[Sink]:
    sink = start_sink()
    yield sink
    sink.stop()


async def test_what_the_server_takes_is_sent(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 450)
    assert await sending.sender(ctx).drain() == 450
    found = await sending.letters(ctx)
    assert {(one.state, one.request, one.worker) for one in found.values()} == {("accepted", "sent", None)}
    came = Counter(one.to for one in mail.messages())
    assert set(came.values()) == {1}
    assert len(came) == 450
    assert sending.journals(ctx) == []


async def test_two_senders_send_nothing_twice(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 900)
    first, second = sending.sender(ctx), sending.sender(ctx)
    shares = await asyncio.gather(first.drain(), second.drain())
    assert sum(shares) == 900
    assert min(shares) > 0
    assert set(Counter(one.to for one in mail.messages()).values()) == {1}


async def test_a_stopped_sender_gives_back_what_it_did_not_begin(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url, mail_per_second=40)
    await sending.queued(ctx, 300)
    sender = sending.sender(ctx)
    running = spawn(sender.run(), name="sender")
    while len(mail.messages()) < 5:
        await asyncio.sleep(0.01)
    sender.stop()
    await asyncio.wait_for(running, timeout=10)
    found = await sending.letters(ctx)
    states = Counter((one.state, one.attempts, one.worker) for one in found.values())
    came = len(mail.messages())
    assert 5 <= came < 100
    assert states == {("accepted", 1, None): came, ("queued", 0, None): 300 - came}
    assert max(one.wait for one in found.values()) <= 0, "the next sender may take it at once"
    assert sending.journals(ctx) == []


async def test_no_server_is_nobodys_fault(ctx: Context, clock: FixedClock) -> None:
    ctx = sending.with_server(ctx, "smtp://127.0.0.1:1")
    await sending.queued(ctx, 30)
    await sending.sender(ctx).drain()
    found = await sending.letters(ctx)
    assert {(one.state, one.attempts, one.request) for one in found.values()} == {("queued", 0, "queued")}
    assert all(0 < one.wait <= 60 for one in found.values())


REFUSALS = {
    "450 4.2.1 try later": ("rcpt", "queued", 1),
    "421 4.7.0 too many": ("rcpt", "queued", 0),
    "550 5.1.1 no such user": ("rcpt", "bounced_hard", 1),
    "550 nobody here": ("rcpt", "bounced_hard", 1),
    "550 5.7.1 not wanted": ("rcpt", "failed", 1),
    "552 5.2.2 mailbox full": ("rcpt", "queued", 1),
    "550 5.1.8 sender's domain not found": ("rcpt", "queued", 0),
    "454 4.7.1 slower": ("data", "queued", 1),
    "554 5.6.0 content refused": ("data", "failed", 1),
    "550 5.1.1 no such user after all": ("data", "bounced_hard", 1),
}


@pytest.mark.parametrize("reply", REFUSALS)
async def test_a_refusal_is_recorded_as_what_it_means(ctx: Context, mail: Sink, reply: str) -> None:
    phase, state, attempts = REFUSALS[reply]
    ctx = sending.with_server(ctx, mail.url, smtp_connections=1)
    await sending.queued(ctx, 2)
    mail.refuse("g1@", reply, phase=phase)
    await sending.sender(ctx).drain()
    found = (await sending.letters(ctx))["g1"]
    hard = state == "bounced_hard"
    assert (found.state, found.attempts, found.worker) == (state, attempts, None)
    assert (found.request, found.reachable) == (("bounced", False) if hard else ("queued", True))
    assert found.flags == (1 if hard else 0), "a person must look"
    assert (found.wait > 0) == (state == "queued"), "queued for later, not at once"
    assert mail.messages("g1@example.org") == []


async def test_a_hard_bounce_tells_once_and_leaves_the_others_alone(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 40)
    mail.refuse("^g1.@", "550 5.1.1 no such user")
    await sending.sender(ctx).drain()
    found = await sending.letters(ctx)
    assert Counter((one.state, one.request, one.flags) for one in found.values()) == {
        ("bounced_hard", "bounced", 1): 10,
        ("accepted", "sent", 0): 30,
    }
    assert await sending.one(ctx, "select count(*) from audit where action = 'consent.bounced'") == 10
    async with ctx.transaction(SYSTEM) as tx:
        assert (await audit.check(tx))[1] is None


async def test_a_second_message_that_bounces_takes_the_yes_back(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 1)
    await sending.sender(ctx).drain()
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into consents (id, learner, guardian, request, purpose, state, method, notice_version, "
            "notice_sha256, recorded_at, completed_at, act) select md5('c')::uuid, md5('l1')::uuid, md5('g1')::uuid, "
            "md5('r1')::uuid, (select min(code) from purposes), 'given', 'email_plus', 1, repeat('0', 64), $1, $1, "
            "md5('act')::uuid",
            tx.now,
        )
        await tx.execute(
            "insert into mail_messages (id, institution, letter, recipient_kind, recipient, subject, sequence, state, "
            "attempts, not_before, created_at) values (md5('second')::uuid, md5('i')::uuid, 'consent_confirmation', "
            "'guardian', md5('g1')::uuid, md5('act')::uuid, 0, 'queued', 0, $1, $1)",
            tx.now,
        )
    mail.refuse("g1@", "550 5.1.1 moved away")
    await sending.sender(ctx).drain()
    assert await sending.one(ctx, "select state from mail_messages where id = md5('second')::uuid") == "bounced_hard"
    assert await sending.one(ctx, "select completed_at from consents where act = md5('act')::uuid") is None
    assert await sending.one(ctx, "select count(*) from audit where action = 'consent.unverified'") == 1
    assert await sending.one(ctx, "select unreachable_since from guardians") is not None


@pytest.mark.parametrize(
    "nonsense", [b"", b"hello there\r\n", b"220 x\r\n\x00\xff\r\n", b"999 what\r\n", b"2" * 70_000]
)
async def test_a_server_that_talks_nonsense_loses_nothing(ctx: Context, nonsense: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(nonsense)
        await writer.drain()
        if nonsense.startswith(b"220"):
            await reader.readline()
            writer.write(b"250 nothing but\r\nlies and lies\r\n")
        writer.close()

    server, url = await sending.rude_server(talk)
    async with server:
        ctx = sending.with_server(ctx, url)
        await sending.queued(ctx, 20)
        await asyncio.wait_for(sending.sender(ctx).drain(), timeout=30)
    found = await sending.letters(ctx)
    assert {(one.state, one.request) for one in found.values()} == {("queued", "queued")}
    assert all(one.wait > 0 for one in found.values())


async def test_a_connection_cut_after_the_last_dot_is_not_called_sent(ctx: Context) -> None:
    took: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 cutter\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(b"354 go\r\n" if verb == b"DATA" else b"250 ok\r\n")
            if verb == b"DATA":
                took.append(await reader.readuntil(b"\r\n.\r\n"))
                break
        writer.close()

    server, url = await sending.rude_server(talk)
    async with server:
        ctx = sending.with_server(ctx, url)
        await sending.queued(ctx, 3)
        await sending.sender(ctx).drain()
    found = await sending.letters(ctx)
    assert {(one.state, one.attempts, one.request) for one in found.values()} == {("queued", 1, "queued")}
    assert all(240 <= one.wait <= 360 for one in found.values()), "nobody knows; once more after five minutes"
    assert len(took) == 3


async def test_a_letter_that_cannot_be_written_waits_alone(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 5)
    bad = await sending.message_of(ctx, 3)
    real = COMPOSERS["consent_request"]

    async def composer(context, tx, batch):  # type: ignore[no-untyped-def]
        if any(one.id == bad for one in batch):
            raise KeyError("a defect")
        return await real(context, tx, batch)

    await sending.sender(ctx, composers={"consent_request": composer}).drain()
    found = await sending.letters(ctx)
    assert {name: one.state for name, one in found.items()} == {
        "g1": "accepted", "g2": "accepted", "g3": "queued", "g4": "accepted", "g5": "accepted",
    }  # fmt: skip
    assert found["g3"].code == "not_composed"
    assert found["g3"].wait > 0
