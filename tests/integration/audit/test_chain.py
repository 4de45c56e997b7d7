"""History is written once, in order, and a change of it is found (LAW requirement 64)."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import pytest

from guardian.audit import store
from guardian.context import Context
from guardian.events import SYSTEM, Event
from tests.conftest import Server, on_database


async def _append(ctx: Context, action: str = "thing.done") -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return await store.append(tx, SYSTEM, Event(action=action, subject_kind="thing", subject=ctx.new_id()))


async def test_entries_made_at_once_form_one_unbroken_chain(ctx: Context) -> None:
    seqs = await asyncio.gather(*(_append(ctx) for _ in range(20)))
    assert sorted(seqs) == list(range(1, 21))
    async with ctx.transaction(SYSTEM) as tx:
        assert await store.check(tx, batch=7) == (20, None)


async def test_a_rolled_back_command_leaves_no_entry(ctx: Context) -> None:
    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await store.append(tx, SYSTEM, Event(action="a", subject_kind="thing"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await _append(ctx) == 1


@pytest.mark.parametrize("statement", ["update audit set action = 'x'", "delete from audit", "truncate audit"])
async def test_the_database_refuses_to_change_history(ctx: Context, statement: str) -> None:
    await _append(ctx)
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(statement)


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        ("update audit set action = 'other' where seq = 2", "changed"),
        ("update audit set payload = '{\"a\": 1}' where seq = 2", "changed"),
        ("update audit set at = at + interval '1 second' where seq = 2", "changed"),
        ("delete from audit where seq = 2", "missing"),
        ("update audit set previous = decode(repeat('00', 32), 'hex') where seq = 2", "previous_differs"),
    ],
)
async def test_tampering_behind_the_triggers_is_found_at_its_place(
    ctx: Context, database: str, server: Server, tamper: str, why: str
) -> None:
    for _ in range(3):
        await _append(ctx)
    owner = await asyncpg.connect(on_database(server.owner, urlsplit(database).path.strip("/")))
    await owner.execute("drop index audit_digest_previous")
    await owner.execute("alter table audit disable trigger audit_append_only")
    await owner.execute(tamper)
    await owner.close()
    async with ctx.transaction(SYSTEM) as tx:
        held, broken = await store.check(tx)
    assert (held, broken.seq, broken.why) == (1, 2, why)  # type: ignore[union-attr]
