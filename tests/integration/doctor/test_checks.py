"""Each check of the doctor is green on a healthy deployment and red, with a remedy, on its own fault."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from guardian import doctor
from guardian.audit import store as audit
from guardian.context import Context
from guardian.doctor import CHECKS, Finding, examine
from guardian.events import SYSTEM, Event
from guardian.mail.sink import start_sink
from guardian.purge.sweeps import check_learners
from guardian.sweep import sweep
from tests.conftest import NOW, FixedClock, Server, on_database
from tests.integration.purge.world import WAITING, answer, world


@pytest.fixture
async def healthy(ctx: Context) -> AsyncIterator[Context]:
    """With a mail server that answers."""
    sink = start_sink()
    yield msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, smtp_url=sink.url))
    sink.stop()


@pytest.fixture
async def owner(database: str, server: Server) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(on_database(server.owner, urlsplit(database).path.strip("/")))
    yield connection
    await connection.close()


async def finding(ctx: Context, name: str) -> Finding:
    found = {one.name: one for one in await examine(ctx)}
    assert set(found) == set(CHECKS), "a fault in one thing hides no other check"
    red = found[name]
    assert red.remedy or red.verdict == "ok", "whatever is wrong, the doctor says what to do"
    return red


async def test_a_fresh_deployment_is_healthy(healthy: Context) -> None:
    assert {one.name: (one.verdict, one.remedy) for one in await examine(healthy)} == dict.fromkeys(CHECKS, ("ok", ""))


async def test_a_deployment_in_use_is_healthy(healthy: Context) -> None:
    await world(healthy)
    await sweep(healthy)
    assert [one for one in await examine(healthy) if one.verdict != "ok"] == []


async def test_a_missing_migration(healthy: Context, owner: asyncpg.Connection) -> None:
    await owner.execute("delete from migration where id = (select max(id) from migration)")
    found = await finding(healthy, "schema")
    assert (found.verdict, found.found) == ("failed", "1 migrations are missing")
    assert "guardian migrate" in found.remedy


@pytest.mark.parametrize("fault", ["disable row level security", "no force row level security"])
async def test_row_level_security_that_is_off_even_while_nobody_is_there_yet(
    healthy: Context, owner: asyncpg.Connection, fault: str
) -> None:
    await owner.execute(f"alter table guardians {fault}")
    assert (await finding(healthy, "isolation")).verdict == "failed"


async def test_a_connection_without_a_scope_that_sees_learners(healthy: Context, owner: asyncpg.Connection) -> None:
    await world(healthy)
    await owner.execute("create policy open_door on learners for select using (true)")
    found = await finding(healthy, "isolation")
    assert (found.verdict, found.found) == ("failed", "a connection without a scope sees learners")


async def test_a_history_that_was_tampered_with(healthy: Context, owner: asyncpg.Connection) -> None:
    for _ in range(3):
        async with healthy.transaction(SYSTEM) as tx:
            await audit.append(tx, SYSTEM, Event(action="thing.done", subject_kind="thing"))
    await owner.execute("alter table audit disable trigger audit_append_only")
    await owner.execute("update audit set action = 'other' where seq = 2")
    found = await finding(healthy, "history")
    assert (found.verdict, found.found) == ("failed", "entry 2 does not hold (changed)")


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:9", "smtps://127.0.0.1:9"])
async def test_a_mail_server_that_does_not_answer(ctx: Context, url: str) -> None:
    down = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, smtp_url=url))
    found = await finding(down, "mail_server")
    assert found.verdict == "failed"
    assert "GUARDIAN_SMTP_URL" in found.remedy


async def test_a_mail_server_that_cannot_upgrade_when_it_must(healthy: Context) -> None:
    url = healthy.settings.smtp_url.replace("smtp://", "smtp+starttls://")
    strict = msgspec.structs.replace(healthy, settings=msgspec.structs.replace(healthy.settings, smtp_url=url))
    assert (await finding(strict, "mail_server")).verdict == "failed"


async def test_a_mail_setting_that_cannot_be_read_is_a_finding_too(ctx: Context) -> None:
    odd = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, smtp_url="carrier-pigeon://x"))
    assert (await finding(odd, "mail_server")).verdict == "failed"


async def test_a_table_that_is_gone_is_a_finding_and_no_crash(healthy: Context, owner: asyncpg.Connection) -> None:
    await owner.execute("drop table sweeps")
    found = await finding(healthy, "sweep")
    assert (found.verdict, found.found) == ("failed", "the check broke off (UndefinedTableError)")


async def test_no_sweep_for_48_hours(healthy: Context, clock: FixedClock) -> None:
    await world(healthy)
    assert (await finding(healthy, "sweep")).verdict == "failed", "people are there, and nobody has swept"
    await sweep(healthy)
    clock.advance(hours=48)
    assert (await finding(healthy, "sweep")).verdict == "ok"
    clock.advance(seconds=1)
    assert (await finding(healthy, "sweep")).verdict == "failed"


async def test_a_purge_that_stands_against_the_decision(healthy: Context, clock: FixedClock) -> None:
    w = await world(healthy)
    clock.instant = NOW + WAITING
    await check_learners(healthy)
    assert (await finding(healthy, "drift")).verdict == "ok"
    await answer(healthy, w.anna, w.alice)
    async with healthy.transaction(SYSTEM) as tx:  # as if the touch had been missed
        await tx.execute("update learners set check_at = $1", tx.now + timedelta(days=1))
    assert (await finding(healthy, "drift")).verdict == "failed"


async def test_a_job_that_was_given_up(healthy: Context) -> None:
    await healthy.engine.connections.execute(
        "insert into pgqueuer (priority, entrypoint, payload, status) values (0, 'run_purge', '{}', 'failed')"
    )
    found = await finding(healthy, "jobs")
    assert (found.verdict, found.found) == ("warning", "jobs were given up: 1 of run_purge")


async def test_a_name_that_breaks_out_of_a_header(healthy: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "unstructured", lambda text, _: text)
    assert (await finding(healthy, "mail_headers")).verdict == "failed"


async def test_texts_that_are_not_translated(healthy: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "sentence", lambda code, _: str(code))
    assert (await finding(healthy, "texts")).verdict == "failed"
