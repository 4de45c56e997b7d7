"""What became of a message is told truly, whatever the server does (MAIL section 6, 22, 31, 35 to 43)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from guardian.mail import transport
from guardian.mail.replies import Outcome
from guardian.mail.transport import Pool, SmtpSettings
from tests.integration.mail.scripted_server import Phase, Script, Scripted, scripted

SENDER = "guardian@example.org"
BODY = b"Subject: x\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n"
BOTH = pytest.mark.parametrize("pipelining", [True, False], ids=["grouped", "serial"])
BEFORE_THE_DOT: tuple[Phase, ...] = ("mail", "rcpt", "data")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LONGEST_PAUSE", 0.3)


def once(phase: Phase, reply: str) -> Script:
    return lambda at, _, count: reply if at == phase and count == 0 else ""


def always(phase: Phase, reply: str) -> Script:
    return lambda at, _, __: reply if at == phase else ""


def for_whom(recipient: str, phase: Phase, reply: str) -> Script:
    return lambda at, asked, _: reply if at == phase and asked.startswith(recipient) else ""


@asynccontextmanager
async def pool_for(server: Scripted, **changes: Any) -> AsyncIterator[Pool]:
    settings = msgspec.structs.replace(SmtpSettings.from_url(server.url), **changes)
    pool = Pool(settings)
    try:
        yield pool
    finally:
        await pool.close()


async def send(pool: Pool, *names: str, **how: Any) -> list[Outcome]:
    bodies = [b"X-For: " + name.encode() + b"\r\n" + BODY for name in names]
    calls = [pool.send(SENDER, f"{name}@example.com", body, **how) for name, body in zip(names, bodies, strict=True)]
    return list(await asyncio.gather(*calls))


def arrived(server: Scripted) -> list[str]:
    """Who got a message; each is its own, byte for byte."""
    for recipient, body in server.accepted:
        assert body == b"X-For: " + recipient.partition("@")[0].encode() + b"\r\n" + BODY
    return [recipient.partition("@")[0] for recipient, _ in server.accepted]


@BOTH
async def test_many_messages_over_few_connections(pipelining: bool) -> None:
    names = [f"n{number}" for number in range(60)]
    async with scripted(pipelining=pipelining) as server, pool_for(server, connections=3) as pool:
        outcomes = await send(pool, *names)
        assert {one.kind for one in outcomes} == {"accepted"}
        assert len({one.queue_id for one in outcomes}) == 60
        assert sorted(arrived(server)) == sorted(names)
        assert server.most_connections == 3
    assert server.commands.count("QUIT") == 3


async def test_commands_go_in_one_group_only_where_the_server_takes_them() -> None:
    for offered, setting, grouped in ((True, "auto", True), (True, "off", False), (False, "auto", False)):
        async with scripted(pipelining=offered) as server, pool_for(server, pipelining=setting) as pool:
            await send(pool, "a")
            assert [connection.pipelined for connection in pool._idle] == [grouped]


@BOTH
@pytest.mark.parametrize("data_always", [False, True], ids=["DATA refused", "DATA taken"])
async def test_a_refused_recipient_leaves_the_next_one_in_peace(pipelining: bool, data_always: bool) -> None:
    script = for_whom("bad", "rcpt", "550 5.1.1 no such user bad@example.com")
    names = ["a", "bad1", "b", "bad2", "bad3", "c"]
    async with scripted(script, pipelining=pipelining, data_always=data_always) as server:
        async with pool_for(server, connections=1) as pool:
            outcomes = await send(pool, *names)
        assert [one.kind for one in outcomes] == ["accepted", "failed", "accepted", "failed", "failed", "accepted"]
        assert (outcomes[1].phase, outcomes[1].code, outcomes[1].enhanced) == ("rcpt", 550, "5.1.1")
        assert "bad@example.com" not in outcomes[1].text
        assert arrived(server) == ["a", "b", "c"]
        assert server.connections == 1


@BOTH
@pytest.mark.parametrize("phase", [*BEFORE_THE_DOT, "final"])
@pytest.mark.parametrize("reply", ["451 4.3.0 later", "550 5.7.1 policy"])
async def test_a_refusal_in_any_phase_keeps_the_connection_in_step(pipelining: bool, phase: Phase, reply: str) -> None:
    async with scripted(once(phase, reply), pipelining=pipelining) as server:
        async with pool_for(server, connections=1) as pool:
            first, *_ = await send(pool, "a")
            await asyncio.sleep(0.35 if first.kind == "pool_down" else 0)
            rest = await send(pool, "b", "c")
        ours = phase == "mail" and reply.startswith("5")
        assert first.kind == ("pool_down" if ours else "deferred" if reply.startswith("4") else "failed")
        assert (first.phase, first.code) == (phase, int(reply[:3]))
        assert [one.kind for one in rest] == ["accepted"] * 2
        assert arrived(server) == ["b", "c"]
        assert server.connections == 1


@BOTH
@pytest.mark.parametrize("phase", BEFORE_THE_DOT)
async def test_cut_before_the_last_dot_is_sent_again_at_once(pipelining: bool, phase: Phase) -> None:
    async with scripted(once(phase, "cut"), pipelining=pipelining) as server, pool_for(server) as pool:
        (outcome,) = await send(pool, "a")
        assert outcome.kind == "accepted"
        assert arrived(server) == ["a"]
        assert server.connections == 2


@BOTH
async def test_cut_after_the_last_dot_is_unknown_and_not_sent_again(pipelining: bool) -> None:
    async with scripted(once("final", "cut"), pipelining=pipelining) as server, pool_for(server) as pool:
        first, second = await send(pool, "a"), await send(pool, "b")
        assert (first[0].kind, first[0].phase, first[0].connection_fault) == ("unknown", "final", True)
        assert second[0].kind == "accepted"
        assert arrived(server) == ["b"]


@BOTH
@pytest.mark.parametrize(("phase", "kind"), [("mail", "pool_down"), ("rcpt", "deferred"), ("data", "deferred")])
async def test_cut_every_time_is_tried_twice_and_no_more(pipelining: bool, phase: Phase, kind: str) -> None:
    async with scripted(always(phase, "cut"), pipelining=pipelining) as server, pool_for(server) as pool:
        (outcome,) = await send(pool, "a")
        assert (outcome.kind, outcome.phase, outcome.connection_fault) == (kind, phase, True)
        assert server.connections == 2


@BOTH
@pytest.mark.parametrize("phase", [*BEFORE_THE_DOT, "final"])
async def test_being_turned_away_is_no_fault_of_the_message(pipelining: bool, phase: Phase) -> None:
    async with scripted(once(phase, "421 4.7.0 too busy"), pipelining=pipelining) as server, pool_for(server) as pool:
        (turned,) = await send(pool, "a")
        assert (turned.kind, turned.phase, turned.code, turned.connection_fault) == ("pool_down", phase, 421, True)
        waiting = await send(pool, "a", "b")
        assert [one.kind for one in waiting] == ["pool_down"] * 2
        assert server.connections == 1
        await asyncio.sleep(0.35)
        assert [one.kind for one in await send(pool, "a", "b")] == ["accepted"] * 2


@BOTH
async def test_a_server_that_limits_messages_per_connection_costs_nothing(pipelining: bool) -> None:
    def script(phase: Phase, _: str, count: int) -> str:
        return "421 4.7.0 maximum message count per session" if phase == "mail" and count % 4 == 3 else ""

    async with scripted(script, pipelining=pipelining) as server, pool_for(server, connections=1) as pool:
        outcomes = await send(pool, *(f"n{number}" for number in range(12)))
        assert {one.kind for one in outcomes} == {"accepted"}
        assert len(arrived(server)) == 12


@BOTH
@pytest.mark.parametrize("phase", ["connect", "ehlo", *BEFORE_THE_DOT, "final"])
async def test_a_cancelled_send_costs_only_its_own_connection(pipelining: bool, phase: Phase) -> None:
    script = once(phase, "hang")
    async with scripted(script, pipelining=pipelining) as server, pool_for(server, connections=1) as pool:
        task = asyncio.ensure_future(send(pool, "gone"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        outcomes = await send(pool, "a", "b")
        assert [one.kind for one in outcomes] == ["accepted"] * 2
        assert arrived(server) == ["a", "b"]
        assert server.connections == 2


@BOTH
@pytest.mark.parametrize("phase", [*BEFORE_THE_DOT, "final"])
async def test_a_server_that_falls_silent_is_left(pipelining: bool, phase: Phase) -> None:
    limits = {"envelope_timeout": 0.3, "final_timeout": 0.3}
    async with scripted(once(phase, "hang"), pipelining=pipelining) as server, pool_for(server, **limits) as pool:
        (first,) = await send(pool, "a")
        assert first.kind == ("unknown" if phase == "final" else "deferred")
        assert (first.phase, first.connection_fault) == (phase, True)
        assert (await send(pool, "b"))[0].kind == "accepted"
        assert arrived(server) == ["b"]


async def test_a_server_that_never_greets_is_down() -> None:
    async with scripted(always("connect", "hang")) as server, pool_for(server, envelope_timeout=0.2) as pool:
        (outcome,) = await send(pool, "a")
        assert (outcome.kind, outcome.phase) == ("pool_down", "connect")


@pytest.mark.parametrize(("phase", "reply"), [("connect", "554 5.7.1 no"), ("connect", "cut"), ("ehlo", "cut")])
async def test_a_server_that_does_not_want_us_is_down(phase: Phase, reply: str) -> None:
    async with scripted(once(phase, reply)) as server, pool_for(server) as pool:
        (outcome,) = await send(pool, "a")
        assert (outcome.kind, outcome.phase, outcome.connection_fault) == ("pool_down", "connect", True)
        await asyncio.sleep(0.35)
        assert (await send(pool, "a"))[0].kind == "accepted"


async def test_a_dead_server_is_not_stormed() -> None:
    async with scripted() as server:
        port = server.port
    pool = Pool(SmtpSettings.from_url(f"smtp://127.0.0.1:{port}"))
    outcomes = await send(pool, *(f"n{number}" for number in range(200)))
    assert {(one.kind, one.phase) for one in outcomes} == {("pool_down", "connect")}
    assert pool._failures == 1


@BOTH
async def test_a_kept_connection_that_died_in_between_is_replaced(pipelining: bool) -> None:
    async with scripted(pipelining=pipelining) as server, pool_for(server) as pool:
        await send(pool, "a")
        server.drop()
        await asyncio.sleep(0.05)
        assert (await send(pool, "b"))[0].kind == "accepted"
        assert server.connections == 2


@BOTH
async def test_connections_end_after_so_many_messages(pipelining: bool) -> None:
    names = [f"n{number}" for number in range(10)]
    async with scripted(pipelining=pipelining) as server:
        async with pool_for(server, connections=1, max_messages=4) as pool:
            assert {one.kind for one in await send(pool, *names)} == {"accepted"}
        assert server.connections == 3
        assert server.most_connections == 1
        assert server.commands.count("QUIT") == 3


@BOTH
async def test_connections_end_after_so_long(pipelining: bool) -> None:
    async with scripted(pipelining=pipelining) as server, pool_for(server, max_age=0.05) as pool:
        await send(pool, "a")
        await asyncio.sleep(0.1)
        await send(pool, "b")
        assert server.connections == 2


@BOTH
async def test_only_so_many_messages_are_in_doubt_at_once(pipelining: bool) -> None:
    noted: list[str | None] = []
    async with scripted(pipelining=pipelining, delay=0.02) as server, pool_for(server) as pool:
        outcomes = await send(
            pool, *(f"n{number}" for number in range(12)), in_doubt=asyncio.Semaphore(2), accepted=noted.append
        )
        assert server.most_in_doubt == 2
        assert server.most_connections == 8
        assert sorted(str(one.queue_id) for one in outcomes) == sorted(map(str, noted))


@BOTH
async def test_waiting_for_others_does_not_count_as_the_servers_slowness(pipelining: bool) -> None:
    limits = {"envelope_timeout": 0.4, "final_timeout": 0.4}
    async with scripted(pipelining=pipelining, delay=0.2) as server, pool_for(server, **limits) as pool:
        outcomes = await send(pool, "a", "b", "c", "d", "e", in_doubt=asyncio.Semaphore(1))
        assert {one.kind for one in outcomes} == {"accepted"}
        assert server.most_in_doubt == 1


@BOTH
async def test_an_acceptance_that_cannot_be_noted_still_counts(pipelining: bool) -> None:
    def full(_: str | None) -> None:
        raise OSError(28, "no space left")

    async with scripted(pipelining=pipelining) as server, pool_for(server) as pool:
        assert (await send(pool, "a", accepted=full))[0].kind == "accepted"
        assert arrived(server) == ["a"]


@pytest.mark.parametrize(
    "reply",
    ["250 one\r\n250 too many\r\n250 and more", "hello", "250-" + "x" * 40_000, "250-line\r\n" * 2_000 + "250 end"],
    ids=["too many", "no reply", "endless line", "endless reply"],
)
@pytest.mark.parametrize("phase", ["mail", "final"])
async def test_a_server_that_talks_nonsense_is_left(phase: Phase, reply: str) -> None:
    async with scripted(once(phase, reply)) as server, pool_for(server, envelope_timeout=2, final_timeout=2) as pool:
        await send(pool, "a")
        outcomes = await send(pool, "b", "c")
        assert [one.kind for one in outcomes] == ["accepted"] * 2
        assert {"b", "c"} <= set(arrived(server))


@pytest.mark.parametrize(
    "address",
    ["", "a@b.c,x@y.z", "Name <a@example.com>", "a@example.com>\r\nRCPT TO:<x@example.com", "a b@example.com", "a@",
     "a" * 65 + "@example.com", "a\x00@example.com"],
)  # fmt: skip
async def test_what_is_no_address_reaches_no_server(address: str) -> None:
    async with scripted() as server, pool_for(server) as pool:
        outcome = await pool.send(SENDER, address, BODY)
        assert (outcome.kind, outcome.phase, outcome.enhanced) == ("failed", "rcpt", "5.1.3")
        assert server.connections == 0


@BOTH
async def test_other_letters_are_not_forced_on_a_server(pipelining: bool) -> None:
    async with scripted(pipelining=pipelining) as server, pool_for(server) as pool:
        outcome = await pool.send(SENDER, "żółć@example.com", BODY)
        assert (outcome.kind, outcome.enhanced, outcome.connection_fault) == ("failed", "5.6.7", False)
        assert not any(command.startswith("MAIL") for command in server.commands)
        assert (await send(pool, "a"))[0].kind == "accepted"


@BOTH
async def test_the_local_part_goes_out_as_it_was_given(pipelining: bool) -> None:
    async with scripted(pipelining=pipelining) as server, pool_for(server) as pool:
        await pool.send(SENDER, "Jo.Smith+kid@example.com", BODY)
        assert server.accepted == [("Jo.Smith+kid@example.com", BODY)]


async def test_a_throttling_server_is_written_to_more_slowly() -> None:
    script = once("final", "454 4.7.0 throttled")
    async with scripted(script) as server, pool_for(server, per_second=50.0) as pool:
        assert (await send(pool, "a"))[0].kind == "deferred"
        assert pool.pace.rate == 25.0
        assert (await send(pool, "a"))[0].kind == "accepted"


async def test_a_ceiling_is_kept() -> None:
    loop = asyncio.get_running_loop()
    async with scripted() as server, pool_for(server, per_second=40.0) as pool:
        start = loop.time()
        await send(pool, *(f"n{number}" for number in range(21)))
        assert 0.45 < loop.time() - start < 2
