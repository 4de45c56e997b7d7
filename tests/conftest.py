"""One template database built from the migrations, a copy for each test; a clock that stands where the test puts it."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4  # noqa: TID251

import asyncpg
import pytest

from guardian.context import Context
from guardian.db.embedded import Embedded
from guardian.db.engine import bind, engine_for, open_pool
from guardian.db.migrate import migrate, role
from guardian.keys import parse
from guardian.settings import Settings

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        self.instant += timedelta(**by)


def on_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Server(NamedTuple):
    """URLs of the test server: one that may make databases, the owner of the schema, and the role that serves."""

    admin: str
    owner: str
    app: str


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A given server, where one role does all three, or the embedded one."""
    given = os.environ.get("GUARDIAN_TEST_DATABASE_URL")
    if given:
        yield Server(given, given, given)
        return
    # Below pytest's own folder, which is closed to others, root's unprivileged server could not reach its data.
    folder = Path(tempfile.mkdtemp(prefix="guardian-test-"))
    folder.chmod(0o711)
    embedded = Embedded(folder / "home")
    urls = embedded.ensure_running()
    try:
        yield Server(urls.admin, urls.migration, urls.database)
    finally:
        embedded.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def template(server: Server) -> AsyncIterator[str]:
    """The name of a database with the whole schema and nothing in it."""
    name = f"guardian_template_{os.getpid()}"
    admin = await asyncpg.connect(server.admin)
    await admin.execute(f"drop database if exists {name}")
    await admin.execute(f'create database {name} owner "{role(server.owner)}"')
    await admin.close()
    await migrate(on_database(server.owner, name), app_url=on_database(server.app, name))
    yield name
    await _drop(server, name)


async def _drop(server: Server, name: str) -> None:
    """Without force first: the server sends an autovacuum of its own away, which our role may not."""
    admin = await asyncpg.connect(server.admin)
    try:
        await admin.execute(f"drop database if exists {name}")
    except asyncpg.ObjectInUseError:
        await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


@pytest.fixture
async def database(server: Server, template: str) -> AsyncIterator[str]:
    """The app role's URL of a fresh copy of the schema."""
    name = f"guardian_test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server.admin)
    await admin.execute(f'create database {name} owner "{role(server.owner)}" template {template}')
    await admin.close()
    yield on_database(server.app, name)
    await _drop(server, name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        base_url="http://127.0.0.1:8000",
        secret="a:" + "s" * 48,
        mail_from="guardian@guardian.example.org",
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def ctx(database: str, settings: Settings, clock: FixedClock) -> AsyncIterator[Context]:
    """A context on a fresh database, its engine bound and connected."""
    engine = bind(engine_for(database, application="guardian test"))
    await open_pool(engine, size=12)
    try:
        yield Context(settings=settings, keys=parse(settings.secret), clock=clock, engine=engine)
    finally:
        await engine.close_connection_pool()
