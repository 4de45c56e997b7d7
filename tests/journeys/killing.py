"""Real workers that are killed: a data home with its own database, a mail server that counts, a school's worth of
letters, and the means to kill each.
"""

import asyncio
import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from guardian import app, database
from guardian.context import Context
from guardian.demo.run import environment_of
from guardian.events import SYSTEM
from guardian.mail.sink import Sink
from guardian.notice.service import ensure_default
from guardian.settings import Settings, with_secret

_MESSAGE_ID = re.compile(rb"^Message-ID: <([^>\r\n]+)>\r?$", re.MULTILINE | re.IGNORECASE)

QUEUE = """
set local app.import = 'on';
insert into institutions (id, name, jurisdiction, timezone, language, pupil_domains, verified_domains, legal_model,
  state, revision, created_at)
values (md5('i')::uuid, 'Maple School', 'PL', 'Europe/Warsaw', 'en', '{}', '{}', 'guardian_consent', 'active', 0,
  now());
insert into staff (id, institution, role, language, state, created_at)
values (md5('s')::uuid, md5('i')::uuid, 'institution_admin', 'en', 'active', now());
insert into authorisations (id, institution, state, legal_model, scopes, purposes, valid_from, valid_until, language,
  started_by, created_at)
values (md5('a')::uuid, md5('i')::uuid, 'active', 'guardian_consent', '{use_services,collect_information}',
  (select array_agg(code) from purposes), now() - interval '1 day', now() + interval '200 days', 'en',
  md5('s')::uuid, now());
insert into learners (id, platform_id, given_name, family_name, birth_date, jurisdictions, timezone, language, standing,
  revision, created_at)
select md5('l' || n)::uuid, 'p' || n, 'Given' || n, 'Family' || n, '2016-03-04', '{PL}', 'Europe/Warsaw', 'pl',
  'active', 0, now() from generate_series(1, $N) n;
insert into enrolments (id, learner, institution, student_id, class_name, begins_on, created_at)
select md5('e' || n)::uuid, md5('l' || n)::uuid, md5('i')::uuid, 's' || n, '4a', current_date, now()
from generate_series(1, $N) n;
insert into guardians (id, institution, name, email, email_key, language, created_at)
select md5('g' || n)::uuid, md5('i')::uuid, 'Guardian ' || n, 'g' || n || '@example.org', 'g' || n || '@example.org',
  (array['en', 'fr', 'pl'])[1 + n % 3], now() from generate_series(1, $N) n;
insert into guardianships (id, learner, guardian, relationship, authority, eligible, position, created_at)
select md5('gs' || n)::uuid, md5('l' || n)::uuid, md5('g' || n)::uuid, 'mother', 'full', 'yes', 1, now()
from generate_series(1, $N) n;
insert into consent_requests (id, institution, guardian, notice, state, version, created_at, reminders)
select md5('r' || n)::uuid, md5('i')::uuid, md5('g' || n)::uuid, (select id from notices limit 1), 'queued', 1, now(), 0
from generate_series(1, $N) n;
insert into consent_request_learners (id, request, learner)
select md5('q' || n)::uuid, md5('r' || n)::uuid, md5('l' || n)::uuid from generate_series(1, $N) n;
insert into mail_messages (id, institution, letter, recipient_kind, recipient, subject, sequence, state, attempts,
  not_before, created_at)
select md5('m' || n)::uuid, md5('i')::uuid, 'consent_request', 'guardian', md5('g' || n)::uuid, md5('r' || n)::uuid, 0,
  'queued', 0, now() - interval '1 minute', now() from generate_series(1, $N) n;
"""
"""A school where every learner has one guardian, who is to be asked for the first time."""


class Counting(Sink):
    """A mail server that remembers recipient and Message-ID of what it said 250 to, and nothing else."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1", 0, None)
        self.taken: list[tuple[str, str]] = []

    def keep(self, raw: bytes, recipients: list[str]) -> int:
        """Called for each message before its 250."""
        found = _MESSAGE_ID.search(raw)
        assert found is not None, raw[:500]
        self.taken += [(recipient, found[1].decode()) for recipient in recipients]
        return len(self.taken)

    def start(self) -> None:
        self._controller.start()

    @property
    def duplicates(self) -> list[tuple[str, str]]:
        """What came more than once, each time but the first."""
        return [one for one, count in Counter(self.taken).items() for _ in range(count - 1)]


class Row(NamedTuple):
    """What the outbox says about a letter, beside what its request says."""

    address: str
    message: str
    state: str
    sent: bool
    request_state: str


class Ground(msgspec.Struct, kw_only=True):
    """One deployment and its workers."""

    settings: Settings
    url: str
    owner: str
    mail: Counting
    log: Path
    started: list["subprocess.Popen[bytes]"] = []

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """`guardian work`, as anybody starts it."""
        return self._start("work")

    def start_web(self, port: int) -> "subprocess.Popen[bytes]":
        """`guardian serve`, as anybody starts it."""
        return self._start("serve", "--port", str(port))

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "guardian", *command], env=environment_of(self.settings), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def kill_database(self) -> int:
        """`kill -9` of the postmaster and of every process it started, at once; answers how many there were."""
        folder = (self.settings.home / "postgres").resolve()
        victims = [pid for pid, cwd in _processes() if cwd.is_relative_to(folder)]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        return len(victims)

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Context]:
        """A look into the database; it is revived if need be."""
        async with app.opened(self.settings, pool=2, name="guardian test") as context:
            yield context

    async def count(self) -> Counter[str]:
        """How many letters stand in each state. Nothing while the database is away."""
        try:
            connection = await asyncpg.connect(self.url, timeout=5)
            try:
                async with connection.transaction():
                    await connection.execute("select set_config('app.scope', 'operator', true)")
                    rows = await connection.fetch("select state, count(*) n from mail_messages group by state")
                    return Counter({row["state"]: row["n"] for row in rows})
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return Counter()

    async def settled(self, patience: float) -> Counter[str]:
        """Wait until nothing is due and nothing in hand."""
        until = time.monotonic() + patience
        while True:
            found = await self.count()
            if (found and not found["queued"] and not found["sending"]) or time.monotonic() > until:
                return found
            await asyncio.sleep(0.2)

    async def rows(self) -> list[Row]:
        """Every letter."""
        async with self.context() as context, context.transaction(SYSTEM) as tx:
            rows = await tx.fetch(
                "select g.email, m.id::text, m.state, r.sent_at is not null, r.state from mail_messages m "
                "join guardians g on g.id = m.recipient join consent_requests r on r.id = m.subject"
            )
        return [Row(*row) for row in rows]

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in self.started:
            kill(process)

    def journals(self) -> list[str]:
        """The journals that are left."""
        return sorted(path.name for path in (self.settings.home / "mail").glob("*"))


def kill(process: "subprocess.Popen[bytes]") -> None:
    """`kill -9` of a process and of all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _processes() -> Iterator[tuple[int, Path]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "comm").read_text().startswith("postgres"):
                    yield int(entry.name), (entry / "cwd").readlink()
            except OSError:
                continue  # it ended meanwhile, or is another user's


def ground(letters: int, **changes: Any) -> AbstractContextManager[Ground]:
    """A data home with so many letters queued, and nobody to send them yet. Everything is ended at the end."""
    return deployment(functools.partial(_queue, letters=letters), **changes)


@contextmanager
def deployment(prepare: Callable[[Settings], Awaitable[None]], **changes: Any) -> Iterator[Ground]:
    """A data home that was prepared, and nobody at work in it yet. Everything is ended at the end."""
    with tempfile.TemporaryDirectory(prefix="guardian-kill-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        home = folder / "home"
        home.mkdir(mode=0o700)
        mail = Counting()
        mail.start()
        settings = with_secret(
            msgspec.structs.replace(
                Settings(home=home, smtp_url=mail.url, mail_from="guardian@guardian.example.org"), **changes
            )
        )
        urls = database.find(settings)
        found = Ground(settings=settings, url=urls.app, owner=urls.owner, mail=mail, log=folder / "worker.log")
        assert urls.embedded is not None
        try:
            asyncio.run(_prepared(prepare, settings))
            yield found
        finally:
            found.end()
            mail.stop()
            urls.embedded.leave()


async def _prepared(prepare: Callable[[Settings], Awaitable[None]], settings: Settings) -> None:
    await prepare(settings)


async def _queue(settings: Settings, letters: int) -> None:
    async with app.opened(settings, pool=2, name="guardian test") as context:
        await ensure_default(context)
        async with context.engine.connections.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.scope', 'operator', true)")
            await connection.execute(QUEUE.replace("$N", str(letters)))
