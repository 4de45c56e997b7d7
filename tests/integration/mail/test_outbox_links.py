"""A mailed link is short, the same at every attempt, good for one use, and nowhere kept in words."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.keys import parse
from guardian.mail.links import LENGTH, PATHS, Link, Purpose, canonical, find, handle_of, issue, mark_used, revoke
from tests.conftest import FixedClock

WEEK = timedelta(days=7)


async def _issue(ctx: Context, purpose: Purpose, subject: UUID, message: UUID, life: timedelta = WEEK) -> str:
    async with ctx.transaction(SYSTEM) as tx:
        return await issue(ctx, tx, purpose, subject, message=message, expires_at=tx.now + life)


async def _find(ctx: Context, purpose: Purpose, text: str) -> Link | None:
    async with ctx.transaction(SYSTEM) as tx:
        return await find(tx, purpose, text)


async def _count(ctx: Context) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        count: int = await tx.fetchval("select count(*) from links")
    return count


@pytest.mark.parametrize("purpose", list(PATHS))
async def test_a_link_is_short_and_of_letters_that_no_mail_program_splits(ctx: Context, purpose: Purpose) -> None:
    base = "https://guardian.example.org"  # with 28 characters about as long as a real one
    on = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, base_url=base))
    for _ in range(50):
        url = await _issue(on, purpose, ctx.new_id(), ctx.new_id())
        assert url.startswith(base + PATHS[purpose])
        assert len(url) <= 30 + len(PATHS[purpose]) + LENGTH <= 66
        assert not set("=?&%") & set(url)
    assert len("x" * 30 + PATHS["consent"]) + LENGTH <= 60


async def test_the_same_letter_always_carries_the_same_link(ctx: Context) -> None:
    subject, message = ctx.new_id(), ctx.new_id()
    assert await _issue(ctx, "consent", subject, message) == await _issue(ctx, "consent", subject, message)
    assert await _count(ctx) == 1


async def test_two_letters_about_one_thing_carry_two_links_and_so_do_two_purposes(ctx: Context) -> None:
    subject, message = ctx.new_id(), ctx.new_id()
    urls = {await _issue(ctx, purpose, subject, message) for purpose in ("consent", "unsubscribe", "sign", "sign_in")}
    urls.add(await _issue(ctx, "consent", subject, ctx.new_id()))
    assert len({url.rpartition("/")[2] for url in urls}) == 5


async def test_a_link_is_found_for_its_own_purpose_alone(ctx: Context) -> None:
    subject = ctx.new_id()
    handle = (await _issue(ctx, "consent", subject, ctx.new_id())).rpartition("/")[2]
    found = await _find(ctx, "consent", handle)
    assert found is not None
    assert found.subject == subject
    assert await _find(ctx, "unsubscribe", handle) is None
    assert await _find(ctx, "sign", handle) is None
    assert await _find(ctx, "sign_in", handle) is None


@pytest.mark.parametrize("tail", ["", ".", ",", ")", ">", "]", '"', "'", "\u200b", " ", "\r\n", ".)", "="])
async def test_what_a_mail_program_adds_at_the_end_does_not_break_a_link(ctx: Context, tail: str) -> None:
    handle = (await _issue(ctx, "consent", ctx.new_id(), ctx.new_id())).rpartition("/")[2]
    assert await _find(ctx, "consent", handle + tail) is not None


@pytest.mark.parametrize(
    "text",
    ["", ".", "a" * 26, "a" * 28, "a" * 27 + "/x", "a" * 13 + " " + "a" * 13, "é" * 27, "a" * 26 + "\x00",
     "' or 1=1 --", "a" * 1_000_000, "\ud800" * 27, "٣" * 27],
)  # fmt: skip
async def test_what_was_never_a_link_is_not_found_and_asks_the_database_nothing_bad(ctx: Context, text: str) -> None:
    assert canonical(text) is None
    assert await _find(ctx, "consent", text) is None


async def test_an_unknown_handle_of_the_right_form_is_not_found(ctx: Context) -> None:
    assert await _find(ctx, "consent", "A" * 27) is None


async def test_a_link_opens_until_its_end_to_the_second(ctx: Context, clock: FixedClock) -> None:
    url = await _issue(ctx, "consent", ctx.new_id(), ctx.new_id())
    found = await _find(ctx, "consent", url.rpartition("/")[2])
    assert found is not None
    assert found.open(clock.now() + WEEK - timedelta(microseconds=1))
    assert not found.open(clock.now() + WEEK)


async def test_revoking_closes_the_links_of_a_subject_for_the_named_purposes(ctx: Context, clock: FixedClock) -> None:
    subject = ctx.new_id()
    first, second = [await _issue(ctx, "consent", subject, ctx.new_id()) for _ in range(2)]
    stop = await _issue(ctx, "unsubscribe", subject, ctx.new_id())
    other = await _issue(ctx, "consent", ctx.new_id(), ctx.new_id())
    async with ctx.transaction(SYSTEM) as tx:
        assert await revoke(tx, subject, "consent") == 2
        assert await revoke(tx, subject, "consent") == 0
    cases: list[tuple[str, Purpose, bool]] = [
        (first, "consent", False), (second, "consent", False), (stop, "unsubscribe", True), (other, "consent", True),
    ]  # fmt: skip
    for url, purpose, still in cases:
        found = await _find(ctx, purpose, url.rpartition("/")[2])
        assert found is not None
        assert found.open(clock.now()) is still


async def test_a_revoked_link_stays_closed_when_its_letter_is_sent_again(ctx: Context, clock: FixedClock) -> None:
    subject, message = ctx.new_id(), ctx.new_id()
    url = await _issue(ctx, "consent", subject, message)
    async with ctx.transaction(SYSTEM) as tx:
        await revoke(tx, subject, "consent")
    await _issue(ctx, "consent", subject, message)
    found = await _find(ctx, "consent", url.rpartition("/")[2])
    assert found is not None
    assert not found.open(clock.now())


async def test_only_the_first_act_through_a_link_is_the_first(ctx: Context) -> None:
    url = await _issue(ctx, "sign_in", ctx.new_id(), ctx.new_id())
    found = await _find(ctx, "sign_in", url.rpartition("/")[2])
    assert found is not None
    async with ctx.transaction(SYSTEM) as tx:
        assert [await mark_used(tx, found.id), await mark_used(tx, found.id)] == [True, False]


async def test_no_handle_lies_in_the_database(ctx: Context) -> None:
    handle = (await _issue(ctx, "consent", ctx.new_id(), ctx.new_id())).rpartition("/")[2]
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchval("select to_jsonb(l)::text from links l")
        raw = await tx.fetchval("select handle_sha256 from links")
    assert handle not in row
    assert handle.encode() not in raw
    assert len(raw) == 32


async def test_links_of_an_old_key_open_after_the_ring_has_turned(ctx: Context) -> None:
    url = await _issue(ctx, "consent", ctx.new_id(), ctx.new_id())
    turned = msgspec.structs.replace(ctx, keys=parse("b:" + "n" * 40))
    assert await _find(turned, "consent", url.rpartition("/")[2]) is not None
    assert handle_of(turned, "consent", UUID(int=1)) != handle_of(ctx, "consent", UUID(int=1))
