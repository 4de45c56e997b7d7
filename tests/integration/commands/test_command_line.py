"""The command line as another program calls it: one answer on stdout, words on stderr, and exit codes that mean
something (0 done, 1 the input was refused, 2 wrong usage, 3 a needed service is down).
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import asyncpg
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.purge.sweeps import check_learners
from tests.conftest import FixedClock, Server, on_database
from tests.integration.purge.world import WAITING, World, world

NOWHERE = "postgresql://somebody:hunter2@127.0.0.1:9/nothing"


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Guardian = Callable[..., Awaitable[Said]]


async def call(*words: str, **environment: str) -> Said:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUARDIAN_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "guardian", *words, env={**clean, **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Said(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def guardian(ctx: Context, database: str) -> Guardian:
    """The command on this test's database."""

    async def run(*words: str) -> Said:
        return await call(
            *words, GUARDIAN_DATABASE_URL=database, GUARDIAN_SECRET=ctx.settings.secret,
            GUARDIAN_HOME=str(ctx.settings.home), GUARDIAN_SMTP_URL="smtp://127.0.0.1:9",
        )  # fmt: skip

    return run


@pytest.fixture
async def w(ctx: Context) -> World:
    return await world(ctx)


# --- decide ---


async def test_decide_prints_the_answer_and_permit_and_block_are_both_0(
    ctx: Context, guardian: Guardian, w: World
) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        name = await tx.fetchval("select platform_id from learners")
    said = await guardian("decide", name, "--at", "2026-09-08T08:00:00Z", "--json")
    assert (said.code, said.err) == (0, "")
    assert (said.document["learner"], said.document["access"]) == (name, "block")
    assert said.document["reasons"] == ["consent_missing"]
    plain = await guardian("decide", name, "--at", "2026-09-08T08:00:00Z")
    assert plain.code == 0
    assert plain.out.startswith("block\n")
    assert "Anna" not in plain.out


async def test_decide_leaves_with_1_for_a_learner_nobody_knows(guardian: Guardian) -> None:
    said = await guardian("decide", "p-nobody", "--json")
    assert said.code == 1
    assert said.document["reasons"] == ["unknown_learner"]


@pytest.mark.parametrize(
    "words",
    [
        ("decide",),
        ("decide", "p-1", "--facts", "x.json"),
        ("decide", "--facts", "x.json"),
        ("sweep", "--at", "2026-09-08"),
        ("sweep", "--loudly"),
        ("audit", "verify", "now"),
        ("nonsense",),
    ],
)
async def test_wrong_usage_leaves_with_2_and_needs_no_database(words: tuple[str, ...]) -> None:
    said = await call(*words, GUARDIAN_DATABASE_URL=NOWHERE)
    assert (said.code, said.out) == (2, "")
    assert "Usage:" in said.err


@pytest.mark.parametrize("at", ["2026-09-08T08:00:00", "yesterday"])
async def test_an_instant_without_a_zone_is_refused_by_its_field(at: str) -> None:
    said = await call("decide", "p-1", "--at", at, GUARDIAN_DATABASE_URL=NOWHERE)
    assert (said.code, said.out) == (1, "")
    assert "--at" in said.err


# --- sweep ---


async def test_a_dry_sweep_counts_and_changes_nothing(ctx: Context, guardian: Guardian, w: World) -> None:
    at = (ctx.clock.now() + WAITING).isoformat()
    said = await guardian("sweep", "--at", at, "--dry-run", "--json")
    assert (said.code, said.err) == (0, "")
    document = said.document
    assert (document["dry_run"], document["counts"]["flags_opened"], document["counts"]["purges_due"]) == (True, 1, 1)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select (select count(*) from flags) + (select count(*) from purges)") == 0
        assert await tx.fetchval("select count(*) from sweeps") == 0


async def test_a_sweep_does_what_the_dry_one_said_and_notes_that_it_ran(
    ctx: Context, guardian: Guardian, w: World
) -> None:
    at = (ctx.clock.now() + WAITING).isoformat()
    for expected in (1, 0):
        said = await guardian("sweep", "--at", at, "--json")
        assert (said.code, said.err) == (0, "")
        assert said.document["counts"]["purges_due"] == expected
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from purges where state = 'due'") == 1
        assert await tx.fetchval("select count(*) from sweeps where finished_at is not null") == 2


async def test_stdout_holds_one_document_even_when_there_is_something_to_log(
    ctx: Context, guardian: Guardian, w: World
) -> None:
    """Handing the same purge over twice is logged; not there."""
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into purges (id, learner, institution, state, cause, due_at, approved_by, approved_at, "
            "cooling_until) values ($1, $2, $3, 'cooling_off', 'administrative', $4, $5, $4, $4)",
            ctx.new_id(), w.anna, w.school, tx.now, w.bob,
        )  # fmt: skip
    for _ in range(2):
        said = await guardian("sweep", "--json")
        assert said.code == 0
        assert said.document["counts"]["purges_handed_over"] == 1


# --- audit, doctor ---


async def test_a_whole_history_is_0_and_a_broken_one_1(
    ctx: Context, clock: FixedClock, guardian: Guardian, w: World, database: str, server: Server
) -> None:
    clock.instant += WAITING
    await check_learners(ctx)
    said = await guardian("audit", "verify", "--json")
    assert (said.code, said.document["intact"]) == (0, True)
    assert said.document["entries"] >= 1
    owner = await asyncpg.connect(on_database(server.owner, urlsplit(database).path.strip("/")))
    await owner.execute("alter table audit disable trigger audit_append_only")
    await owner.execute("update audit set at = at + interval '1 second' where seq = 1")
    await owner.close()
    said = await guardian("audit", "verify", "--json")
    assert said.code == 1
    assert said.document == {"entries": 0, "intact": False, "broken": {"seq": 1, "why": "changed"}}
    plain = await guardian("audit", "verify")
    assert (plain.code, plain.out) == (1, "")
    assert "Entry 1 does not hold" in plain.err


async def test_the_doctor_names_what_is_wrong_and_leaves_with_1(guardian: Guardian) -> None:
    said = await guardian("doctor", "--json")
    assert (said.code, said.err) == (1, "")
    red = [one["name"] for one in said.document["checks"] if one["verdict"] == "failed"]
    assert (said.document["healthy"], red) == (False, ["mail_server"])
    plain = await guardian("doctor")
    assert plain.code == 1
    assert "FAILED  mail server" in plain.out
    assert "GUARDIAN_SMTP_URL" in plain.out


# --- migrate ---


async def test_migrating_twice_does_nothing_the_second_time(guardian: Guardian) -> None:
    said = await guardian("migrate")
    assert (said.code, said.out) == (0, "0 migrations ran; the schema is up to date.\n")


async def test_a_database_that_was_not_migrated_is_3_with_what_to_do(server: Server, database: str) -> None:
    admin = await asyncpg.connect(server.admin)
    name = f"{urlsplit(database).path.strip('/')}_bare"
    await admin.execute(f"create database {name}")
    try:
        said = await call("decide", "p-1", GUARDIAN_DATABASE_URL=on_database(server.admin, name))
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()
    assert (said.code, said.out) == (3, "")
    assert "guardian migrate" in said.err
    assert len(said.err.splitlines()) == 1


# --- what is needed is not there ---


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "verify"), ("decide", "p-1"), ("sweep", "--dry-run"), ("sweep",), ("migrate",), ("doctor",),
        ("serve",), ("staff", "add", "--email", "a@example.org", "--name", "A"),
    ],
)  # fmt: skip
async def test_a_database_that_is_down_is_3_with_one_sentence_and_no_password(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = await call(*words, GUARDIAN_DATABASE_URL=NOWHERE, GUARDIAN_HOME=str(tmp_path))
    assert (said.code, said.out) == (3, "")
    assert len(said.err.splitlines()) == 1
    assert said.err.strip().endswith("[database_unavailable]")
    assert "hunter2" not in said.err


@pytest.mark.parametrize("words", [("audit", "verify"), ("decide", "p-1"), ("sweep",), ("doctor",)])
async def test_with_json_the_refusal_is_a_document_too(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = await call(*words, "--json", GUARDIAN_DATABASE_URL=NOWHERE, GUARDIAN_HOME=str(tmp_path))
    assert said.code == 3
    assert said.document["error"]["code"] == "database_unavailable"


@pytest.mark.parametrize(
    ("name", "value"), [("GUARDIAN_REQUEST_DAYS", "99"), ("GUARDIAN_SECRET", "short"), ("GUARDIAN_BASE_URL", "here")]
)
async def test_a_setting_that_cannot_work_is_1_with_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    given = {"GUARDIAN_DATABASE_URL": NOWHERE, "GUARDIAN_HOME": str(tmp_path), name: value}
    for words in (("sweep",), ("serve",), ("work",)):
        said = await call(*words, **given)
        assert said.code in {1, 3}, said
        assert "Traceback" not in said.err
        assert len(said.err.splitlines()) == 1
