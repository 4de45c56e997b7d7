"""Migrations lead from an empty database to the tables of the code, once, whoever runs them and however often."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4  # noqa: TID251

import asyncpg
import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import Finder

from guardian.db.migrate import expected, migrate, names, role
from guardian.errors import Unavailable
from tests.conftest import Server, on_database
from tests.integration.db.catalogue import SCHEMA, describe


@pytest.fixture
async def empty(server: Server) -> AsyncIterator[str]:
    """The owner's URL of a database with nothing in it."""
    name = f"guardian_empty_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server.admin)
    await admin.execute(f'create database {name} owner "{role(server.owner)}"')
    yield on_database(server.owner, name)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


async def _applied(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return await names(connection)
    finally:
        await connection.close()


async def test_an_empty_database_gets_the_whole_schema_and_a_second_run_does_nothing(empty: str) -> None:
    assert await _applied(empty) == set()
    assert await migrate(empty) == sorted(expected())
    assert await _applied(empty) == expected()
    assert await migrate(empty) == []


async def test_two_processes_that_migrate_at_once_run_each_migration_once(empty: str, tmp_path: Path) -> None:
    environment = {**os.environ, "GUARDIAN_DATABASE_URL": empty, "GUARDIAN_HOME": str(tmp_path)}
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "guardian", "migrate", env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [(await one.communicate())[0].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(int(line.split()[0]) for line in said) == [0, len(expected())]
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("select count(*) from migration") == len(expected())
    await connection.close()


async def test_a_migration_that_fails_says_so_and_leaves_nothing_behind(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("create table learners (id int)")
    with pytest.raises(Unavailable) as refused:
        await migrate(empty)
    assert refused.value.code == "migration_failed"
    left = await connection.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    assert [row["tablename"] for row in left] == ["learners", "migration"]
    assert await names(connection) == set()
    await connection.execute("drop table learners")
    await connection.close()
    assert await migrate(empty) == sorted(expected())


async def test_the_lock_is_free_again_after_a_migration_failed(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("create table learners (id int)")
    with pytest.raises(Unavailable):
        await migrate(empty)
    assert await connection.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 0
    await connection.close()


async def test_tables_and_migrations_do_not_differ() -> None:
    application = Finder().get_app_config("guardian")
    statements = await AutoMigrationManager().get_alter_statements(application)
    assert [line for one in statements for line in one.statements] == []


async def test_the_schema_is_the_one_that_was_reviewed(database: str, server: Server) -> None:
    connection = await asyncpg.connect(on_database(server.owner, urlsplit(database).path.strip("/")))
    found = await describe(connection)
    await connection.close()
    assert found == SCHEMA.read_text(encoding="utf-8"), "see the head of tests/integration/db/catalogue.py"


async def test_every_foreign_key_refuses_to_delete_what_is_referred_to(database: str) -> None:
    connection = await asyncpg.connect(database)
    lax = await connection.fetch(
        "select conrelid::regclass::text as place, conname from pg_constraint where contype = 'f' "
        "and confdeltype <> 'r' and conrelid::regclass::text not like 'pgqueuer%'"
    )
    await connection.close()
    assert lax == []
