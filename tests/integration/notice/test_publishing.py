"""Versions of the notice: published once, never changed, one in force."""

import asyncio

import asyncpg
import msgspec
import pytest

from guardian.context import Context, Tx
from guardian.errors import NotAllowed, NotFound, Refused
from guardian.events import SYSTEM
from guardian.notice import service
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Notice, content_sha256
from tests import seed


async def _current(ctx: Context) -> Notice:
    async with ctx.transaction(SYSTEM) as tx:
        return await service.current(tx)


async def test_before_the_first_version_there_is_none(ctx: Context) -> None:
    with pytest.raises(NotFound) as refused:
        await _current(ctx)
    assert refused.value.code == "notice_missing"


async def test_many_processes_starting_at_once_publish_one_version(ctx: Context) -> None:
    made = await asyncio.gather(*(service.ensure_default(ctx) for _ in range(10)))
    assert {notice.id for notice in made} == {made[0].id}
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from notices") == 1
        assert await tx.fetchval("select count(*) from audit where action = 'notice.published'") == 1


async def test_the_version_in_force_has_its_texts_purposes_and_hashes(ctx: Context) -> None:
    await service.ensure_default(ctx)
    notice = await _current(ctx)
    assert notice.version == 1
    assert [(p.code, p.core, p.commercial) for p in notice.purposes] == [
        ("lessons", True, False), ("recordings", False, False),
        ("analytics", False, False), ("newsletter", False, True),
    ]  # fmt: skip
    assert set(notice.texts) == {"en", "fr", "pl"}
    for shown in notice.texts.values():
        assert shown.sha256 == content_sha256(shown.text)
    assert notice.shown("de").language == "en"


async def test_a_new_version_takes_over_and_the_old_one_stays_readable(ctx: Context) -> None:
    first = await service.ensure_default(ctx)
    asked_again = []

    async def ask_again(_: Context, __: Tx, notice: object) -> None:
        asked_again.append(notice)

    ctx = msgspec.structs.replace(ctx, ports={service.PUBLISHED: ask_again})
    second = await service.publish(ctx, SYSTEM, default_draft(ctx.settings))
    assert (second.version, (await _current(ctx)).id) == (2, second.id)
    async with ctx.transaction(SYSTEM) as tx:
        assert (await service.version(tx, first.id)).texts == first.texts
    assert asked_again == [second.id]
    editorial = msgspec.structs.replace(default_draft(ctx.settings), material=False)
    await service.publish(ctx, SYSTEM, editorial)
    assert asked_again == [second.id]


async def test_an_incomplete_notice_is_refused_and_leaves_nothing(ctx: Context) -> None:
    draft = default_draft(msgspec.structs.replace(ctx.settings, operator_phone=""))
    with pytest.raises(Refused) as refused:
        await service.publish(ctx, SYSTEM, draft)
    assert refused.value.code == "notice_incomplete"
    assert "pl.operator.phone" in str(refused.value)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from notices") == 0


async def test_the_staff_of_a_school_cannot_publish(ctx: Context) -> None:
    school = await seed.institution(ctx)
    bob = seed.staff_actor(await seed.staff(ctx, school), school)
    with pytest.raises(NotAllowed):
        await service.publish(ctx, bob, default_draft(ctx.settings))


async def test_the_database_refuses_to_change_a_published_text(ctx: Context) -> None:
    await service.ensure_default(ctx)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("update notice_texts set body = '{}'")
