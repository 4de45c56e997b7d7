"""A deployment that takes rosters, and the means to stop it in the middle of each step: a lock that the step must wait
for is held, so that everything before it is done and nothing after it.
"""

import asyncio
import contextlib
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec

from guardian import app
from guardian.audit import store as audit
from guardian.events import SYSTEM
from guardian.notice.service import ensure_default
from guardian.platform.service import add_client
from guardian.settings import Settings
from tests.journeys.killing import Ground, deployment

PATIENCE = 90.0
_KEY = "key"
_SCHOOL = """
insert into institutions (id, name, jurisdiction, timezone, language, pupil_domains, verified_domains, legal_model,
  state, revision, created_at)
values ($1, 'Maple School', 'PL', 'Europe/Warsaw', 'en', '{}', '{}', 'guardian_consent', 'active', 0, now());
"""
_STAFF = """
insert into staff (id, institution, role, language, state, created_at)
values ($2, $1, 'institution_admin', 'en', 'active', now())
"""
_AUTHORISED = """
insert into authorisations (id, institution, state, legal_model, scopes, purposes, valid_from, valid_until, language,
  started_by, created_at)
values ($3, $1, 'active', 'guardian_consent', '{use_services,collect_information}',
  (select array_agg(code) from purposes), now() - interval '1 day', now() + interval '200 days', 'en', $2, now())
"""


def roster(learners: int, *, first: int = 0, width: int = 60) -> bytes:
    """A made-up school, where every learner has one guardian; `width` makes the file as long as it has to be."""
    lines = [
        f"S{n:07d},Given{n},Family{n},2015-03-{1 + n % 28:02d},g{n}@families.example.org,{'x' * width}\n"
        for n in range(first, first + learners)
    ]
    return ("student_id,first_name,last_name,dob,guardian_email,notes\n" + "".join(lines)).encode()


class Stored(msgspec.Struct, frozen=True):
    """What the database holds of a school."""

    learners: int
    guardians: int
    links: int
    shown: int
    pieces: int
    questions: int
    committed: int


_STORED = """
select (select count(*) from enrolments where institution = $1) as learners,
    (select count(*) from guardians where institution = $1) as guardians,
    (select count(*) from guardianships s join guardians g on g.id = s.guardian where g.institution = $1) as links,
    (select count(*) from roster_rows r join roster_uploads u on u.id = r.upload where u.institution = $1) as shown,
    (select count(*) from roster_chunks c join roster_uploads u on u.id = c.upload where u.institution = $1) as pieces,
    (select count(*) from mail_messages where institution = $1 and letter like 'consent%') as questions,
    (select count(*) from audit where institution = $1 and action = 'roster.committed') as committed
"""

_WAITED_FOR = "select exists (select from pg_locks where not granted and $1 = any(pg_blocking_pids(pid)))"


class Site(msgspec.Struct, kw_only=True):
    """A school at a deployment, and a platform that sends its rosters."""

    found: Ground
    school: str
    key: str
    port: int = 0
    web: "subprocess.Popen[bytes] | None" = None

    async def serve(self) -> None:
        """Start a web process and wait until it answers."""
        self.port = self.port or free_port()
        self.web = self.found.start_web(self.port)
        await self.until(self.ready)

    async def ready(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            async with self.http() as http:
                return (await http.get("/health/ready")).status_code == 200
        return False

    def http(self, port: int = 0) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port or self.port}", timeout=PATIENCE,
            headers={"authorization": f"Bearer {self.key}"},
        )  # fmt: skip

    async def send(self, text: bytes, key: str) -> httpx.Response:
        async with self.http() as http:
            return await http.post(
                "/v1/rosters", headers={"Idempotency-Key": f"{self.school} {key}"}, data={"institution": self.school},
                files={"file": ("roster.csv", text, "text/csv")},
            )  # fmt: skip

    async def commit(self, upload: str, key: str, *, port: int = 0) -> httpx.Response:
        async with self.http(port) as http:
            return await http.post(f"/v1/rosters/{upload}/commit", headers={"Idempotency-Key": f"{self.school} {key}"})

    async def plan(self, upload: str) -> dict[str, Any]:
        async with self.http() as http:
            found: dict[str, Any] = (await http.get(f"/v1/rosters/{upload}")).json()
            return found

    async def reaches(self, upload: str, state: str) -> dict[str, Any]:
        """The plan once it stands in that state; all the way there its progress must be one that can be."""

        async def there() -> bool:
            plan = await self.plan(upload)
            assert plan["state"] != "failed", plan
            assert 0 <= plan.get("progress", 0) <= max(plan.get("total", 0), plan.get("progress", 0))
            return bool(plan["state"] == state)

        await self.until(there)
        return await self.plan(upload)

    async def stored(self) -> Stored:
        async with self.look() as connection:
            row = await connection.fetchrow(_STORED, self.school)
        return msgspec.convert(dict(row), Stored)

    async def until(self, condition: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while not await condition():
            assert time.monotonic() < end, self.found.log.read_text()[-4000:]
            await asyncio.sleep(0.05)

    @contextlib.asynccontextmanager
    async def look(self) -> AsyncIterator[Any]:
        """A connection that sees everything, in a transaction that is taken back."""
        connection = await asyncpg.connect(self.found.owner, timeout=20)
        try:
            await connection.transaction().start()
            await connection.execute("select set_config('app.scope', 'operator', true)")
            yield connection
        finally:
            connection.terminate()

    @contextlib.asynccontextmanager
    async def holding(self, lock: str, *values: object) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Hold a lock; what is answered waits until somebody waits for it."""
        async with self.look() as connection:
            await connection.execute(lock, *values)
            mine = connection.get_server_pid()

            async def waited_for() -> bool:
                return bool(await connection.fetchval(_WAITED_FOR, mine))

            yield lambda: self.until(waited_for)

    async def chain(self) -> tuple[int, object]:
        async with self.found.context() as context, context.transaction(SYSTEM) as tx:
            return await audit.check(tx)

    def places(self) -> set[Path]:
        """Files that lie in the open at this moment."""
        return set((self.found.settings.home / "reading").glob("*/*"))


@contextlib.contextmanager
def takes_rosters() -> Iterator[tuple[Ground, str]]:
    """A deployment without a school; answers the platform's key too."""
    made: dict[str, str] = {}

    async def prepare(settings: Settings) -> None:
        async with app.opened(settings, pool=2, name="guardian test") as context:
            await ensure_default(context)
            _, made[_KEY] = await add_client(context, SYSTEM, "Platform", ["rosters"])

    with deployment(prepare, mail_per_second=1) as found:  # what a commit sends is not looked at here
        yield found, made[_KEY]


async def new_school(found: Ground, key: str, *, authorised: bool) -> Site:
    """A school of its own; once it is authorised, a commit asks its guardians."""
    async with found.context() as context, context.transaction(SYSTEM) as tx:
        school, staff = context.new_id(), context.new_id()
        await tx.execute(_SCHOOL, school)
        await tx.execute(_STAFF, school, staff)
        if authorised:
            await tx.execute(_AUTHORISED, school, staff, context.new_id())
    return Site(found=found, school=str(school), key=key)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
