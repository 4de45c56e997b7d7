"""Signing in by a mailed link: one use, one browser, no word about who is known."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from guardian.context import Context
from guardian.errors import Conflict, NotAllowed, NotFound, Refused
from guardian.events import SYSTEM
from guardian.staff import service, store
from tests import seed
from tests.conftest import FixedClock


async def _letters(ctx: Context) -> list[UUID]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select recipient from mail_messages where letter = 'staff_sign_in' order by id")
    return [row["recipient"] for row in rows]


async def _actions(ctx: Context, action: str) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval("select count(*) from audit where action = $1", action))


async def _handle(ctx: Context, staff: UUID) -> str:
    return (await service.sign_in_link(ctx, staff)).rpartition("/")[2]


async def test_a_known_address_gets_a_letter_and_an_unknown_one_none(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    await service.request_sign_in(ctx, " BOB@Maple.example.org")
    await service.request_sign_in(ctx, "nobody@maple.example.org")
    assert await _letters(ctx) == [bob]
    with pytest.raises(Refused):
        await service.request_sign_in(ctx, "not an address")


async def test_somebody_of_two_schools_gets_a_letter_for_each(ctx: Context) -> None:
    both = [await seed.staff(ctx, await seed.institution(ctx, name)) for name in ("Maple", "Oak")]
    await service.request_sign_in(ctx, "bob@maple.example.org")
    assert sorted(await _letters(ctx)) == sorted(both)


async def test_the_sixth_letter_in_an_hour_is_silently_not_sent(ctx: Context, clock: FixedClock) -> None:
    await seed.staff(ctx, await seed.institution(ctx))
    await asyncio.gather(*(service.request_sign_in(ctx, "bob@maple.example.org") for _ in range(8)))
    assert len(await _letters(ctx)) == 5
    clock.advance(hours=1, seconds=1)
    await service.request_sign_in(ctx, "bob@maple.example.org")
    assert len(await _letters(ctx)) == 6


async def test_of_twenty_presses_at_once_one_signs_in(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    handle = await _handle(ctx, bob)
    results = await asyncio.gather(*(service.sign_in(ctx, handle) for _ in range(20)), return_exceptions=True)
    won = [result for result in results if isinstance(result, service.SignedIn)]
    assert len(won) == 1
    assert all(isinstance(result, Conflict) for result in results if result not in won)
    assert await _actions(ctx, "staff.signed_in") == 1


async def test_looking_at_a_link_does_not_use_it(ctx: Context) -> None:
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    handle = await _handle(ctx, bob)
    for _ in range(5):
        await service.look(ctx, handle)
    signed_in = await service.sign_in(ctx, handle)
    assert signed_in.actor == seed.staff_actor(bob, school)
    with pytest.raises(Conflict) as refused:
        await service.look(ctx, handle)
    assert refused.value.code == "link_used"


async def test_a_link_is_good_for_twenty_minutes(ctx: Context, clock: FixedClock) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    handle = await _handle(ctx, bob)
    clock.advance(minutes=20)
    with pytest.raises(NotFound):
        await service.sign_in(ctx, handle)


@pytest.mark.parametrize("handle", ["", "x", "A" * 27, "../../etc", "A" * 5000, "\u202e" * 27])
async def test_what_was_never_ours_opens_nothing(ctx: Context, handle: str) -> None:
    with pytest.raises(NotFound):
        await service.sign_in(ctx, handle)


async def test_signing_in_closes_the_other_links(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    first, second = await _handle(ctx, bob), await _handle(ctx, bob)
    await service.sign_in(ctx, second)
    with pytest.raises(NotFound):
        await service.sign_in(ctx, first)


async def test_a_browser_is_signed_in_until_it_idles_or_a_day_is_over(ctx: Context, clock: FixedClock) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    token = (await service.sign_in(ctx, await _handle(ctx, bob))).token
    for _ in range(3):
        clock.advance(hours=7, minutes=59)
        assert (await service.present(ctx, token)) is not None
    clock.advance(minutes=3)
    assert await service.present(ctx, token) is None  # 24 hours are over
    token = (await service.sign_in(ctx, await _handle(ctx, bob))).token
    clock.advance(hours=8)
    assert await service.present(ctx, token) is None
    assert await service.present(ctx, "made up") is None


async def test_the_token_is_kept_only_as_a_hash(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    token = (await service.sign_in(ctx, await _handle(ctx, bob))).token
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow("select * from staff_sessions")
    assert row is not None
    assert token.encode() not in b"".join(v for v in row.values() if isinstance(v, bytes))
    assert len(row["token_sha256"]) == 32


async def test_signing_out_ends_the_browser_once(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    token = (await service.sign_in(ctx, await _handle(ctx, bob))).token
    for _ in range(2):
        await service.sign_out(ctx, token)
    assert await service.present(ctx, token) is None
    assert await _actions(ctx, "staff.signed_out") == 1


async def test_leaving_ends_browsers_and_links_at_once(ctx: Context) -> None:
    school = await seed.institution(ctx)
    boss = seed.staff_actor(await seed.staff(ctx, school, "boss@maple.example.org"), school)
    bob = await seed.staff(ctx, school)
    handle = await _handle(ctx, bob)
    token = (await service.sign_in(ctx, await _handle(ctx, bob))).token
    await service.end(ctx, boss, bob)
    async with ctx.transaction(SYSTEM) as tx:
        left = await store.get(tx, bob)
    assert left is not None
    assert (left.state, left.name, left.email, left.email_key) == ("ended", None, None, None)
    assert await service.present(ctx, token) is None
    with pytest.raises(NotFound):
        await service.sign_in(ctx, handle)
    await service.request_sign_in(ctx, "bob@maple.example.org")
    assert await _letters(ctx) == []


async def test_charlie_cannot_end_bob_and_nobody_ends_themselves(ctx: Context) -> None:
    ours, theirs = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    bob = await seed.staff(ctx, ours)
    charlie = seed.staff_actor(await seed.staff(ctx, theirs, "charlie@oak.example.org"), theirs)
    with pytest.raises(NotFound):
        await service.end(ctx, charlie, bob)
    with pytest.raises(Refused):
        await service.end(ctx, seed.staff_actor(bob, ours), bob)
    with pytest.raises(NotAllowed):
        await service.end(ctx, seed.staff_actor(bob, ours, "read_only"), ctx.new_id())


async def test_the_first_administrator_is_added_once(ctx: Context) -> None:
    async def add() -> UUID:
        return await service.add(
            ctx, SYSTEM, email="olga@operator.example.org", name="Olga O", role="operator_admin", language="fr"
        )

    results = await asyncio.gather(*(add() for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, UUID) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 9
    async with ctx.transaction(SYSTEM) as tx:
        assert [staff.name for staff in await store.of_institution(tx, None)] == ["Olga O"]


async def test_an_institutions_admin_adds_its_own_staff_only(ctx: Context) -> None:
    ours, theirs = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    boss = seed.staff_actor(await seed.staff(ctx, ours, "boss@maple.example.org"), ours)
    new: dict[str, Any] = {"email": "rita@maple.example.org", "name": "Rita R", "role": "roster_manager"}
    await service.add(ctx, boss, institution=ours, **new)
    with pytest.raises(NotAllowed):
        await service.add(ctx, boss, institution=theirs, **new)
    with pytest.raises(NotAllowed):
        await service.add(ctx, boss, **{**new, "role": "operator_admin"})
    manager = seed.staff_actor(boss.id, ours, "roster_manager")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        await service.add(ctx, manager, institution=ours, **{**new, "email": "x@maple.example.org"})
