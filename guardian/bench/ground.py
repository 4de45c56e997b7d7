"""A throw-away database for benchmarks, filled with made-up people by the server itself.

On the embedded server unless GUARDIAN_BENCH_DATABASE_URL names an admin's URL. The settings are the server's own: a
benchmark measures what a user gets.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from guardian.context import Context, SystemClock
from guardian.db.embedded import Embedded
from guardian.db.engine import bind, engine_for, open_pool
from guardian.db.migrate import migrate, role
from guardian.keys import parse
from guardian.settings import Settings


class Ground(msgspec.Struct, frozen=True):
    """A context on the bench database, and the URLs of its two roles."""

    context: Context
    app_url: str
    owner_url: str


@contextlib.asynccontextmanager
async def ground(**changes: object) -> AsyncIterator[Ground]:
    """An empty, migrated database and a context on it; all gone afterwards."""
    with TemporaryDirectory(prefix="guardian-bench-") as folder:
        # Open to pass through: else root's unprivileged server keeps its data elsewhere, and they outlive this folder.
        await asyncio.to_thread(Path(folder).chmod, 0o711)
        given = os.environ.get("GUARDIAN_BENCH_DATABASE_URL")
        embedded = None if given else Embedded(Path(folder) / "home")
        urls = embedded.ensure_running() if embedded else None
        admin_url, owner_url, app_url = (
            (urls.admin, urls.migration, urls.database) if urls else (str(given), str(given), str(given))
        )
        name = f"guardian_bench_{os.getpid()}"
        admin = await asyncpg.connect(admin_url)
        await admin.execute(f'create database {name} owner "{role(owner_url)}"')
        await admin.close()
        owner, app = (urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for url in (owner_url, app_url))
        await migrate(owner, app_url=app)
        settings = Settings(home=Path(folder), secret="a:" + "b" * 48, demo=True)
        settings = msgspec.structs.replace(settings, **changes)
        engine = bind(engine_for(app, application="guardian bench"))
        await open_pool(engine, size=12)
        try:
            context = Context(settings=settings, keys=parse(settings.secret), clock=SystemClock(), engine=engine)
            yield Ground(context, app, owner)
        finally:
            await engine.close_connection_pool()
            admin = await asyncpg.connect(admin_url)
            await admin.execute(f"drop database if exists {name} with (force)")
            await admin.close()
            if embedded:
                embedded.leave()


_FILL = """
set local app.import = 'on';
insert into institutions (id, name, jurisdiction, timezone, language, pupil_domains, verified_domains, legal_model,
    state, revision, created_at)
select md5('i' || n)::uuid, 'School ' || n, 'PL', 'Europe/Warsaw', 'en', '{}', '{}', 'guardian_consent', 'active', 0,
    now() - interval '90 days' from generate_series(1, greatest(1, $N / 500)) n;
insert into staff (id, institution, role, language, state, created_at)
select md5('s' || n)::uuid, md5('i' || n)::uuid, 'institution_admin', 'en', 'active', now()
from generate_series(1, greatest(1, $N / 500)) n;
insert into purposes (code, position, core, disclosure, commercial, guardian_always, retention, texts) values
    ('lessons', 0, true, false, false, false, 'P1Y', '{}'), ('recordings', 1, false, false, false, false, 'P1Y', '{}'),
    ('analytics', 2, false, false, false, false, 'P1Y', '{}') on conflict do nothing;
insert into notices (id, version, state, material, purposes, created_at, published_at)
values (md5('n')::uuid, 1, 'published', true, '{lessons,recordings,analytics}', now() - interval '99 days',
    now() - interval '99 days') on conflict do nothing;
insert into authorisations (id, institution, state, legal_model, scopes, purposes, valid_from, valid_until, language,
    started_by, created_at)
select md5('a' || n || '/' || k)::uuid, md5('i' || n)::uuid, case k when 1 then 'active' else 'superseded' end,
    'guardian_consent', '{use_services,collect_information}', '{lessons,recordings,analytics}',
    now() - interval '80 days' * k, now() + interval '200 days', 'en', md5('s' || n)::uuid, now()
from generate_series(1, greatest(1, $N / 500)) n, generate_series(1, 2) k where k = 1 or n % 2 = 0;
insert into learners (id, platform_id, given_name, family_name, birth_date, jurisdictions, timezone, language, standing,
    revision, created_at)
select md5('l' || n)::uuid, 'p' || n, 'Given' || n, 'Family' || n / 2, (date '2014-01-01' + n % 1400)::text, '{PL}',
    'Europe/Warsaw', 'pl', 'active', 0, now() - interval '70 days' from generate_series(1, $N) n;
insert into enrolments (id, learner, institution, student_id, class_name, begins_on, created_at)
select md5('e' || n)::uuid, md5('l' || n)::uuid, md5('i' || (1 + n % greatest(1, $N / 500)))::uuid, 's' || n,
    (n % 9) || 'a', current_date - 70, now() from generate_series(1, $N) n;
insert into guardians (id, institution, name, email, email_key, language, created_at)
select md5('g' || n || '/' || k)::uuid, md5('i' || (1 + n % greatest(1, $N / 500)))::uuid, 'Guardian ' || n,
    'g' || n || '.' || k || '@example.org', 'g' || n || '.' || k || '@example.org', 'pl', now()
from generate_series(1, $N) n, generate_series(1, 3) k where k <= 1 + n % 3;
insert into guardianships (id, learner, guardian, relationship, authority, eligible, position, created_at)
select md5('gs' || n || '/' || k)::uuid, md5('l' || n)::uuid, md5('g' || n || '/' || k)::uuid, 'mother', 'full', 'yes',
    k, now() from generate_series(1, $N) n, generate_series(1, 3) k where k <= 1 + n % 3;
insert into consents (id, learner, guardian, purpose, state, method, notice_version, notice_sha256, recorded_at,
    completed_at, act)
select md5('c' || n || '/' || p)::uuid, md5('l' || n)::uuid, md5('g' || n || '/1')::uuid, p,
    case when p = 'analytics' and n % 4 = 0 then 'declined' else 'given' end, 'email_plus', 1, repeat('0', 64),
    now() - interval '60 days', now() - interval '59 days', md5('c' || n)::uuid
from generate_series(1, $N) n, unnest(array['lessons', 'recordings', 'analytics']) p
where n % 10 < 9 and (p <> 'analytics' or n % 2 = 0);
"""


async def fill(connection: asyncpg.Connection, learners: int) -> None:
    """That many learners with 1-3 guardians, 1-2 authorisations, 2-3 answered purposes; every tenth unanswered."""
    async with connection.transaction():
        await connection.execute("select set_config('app.scope', 'operator', true)")
        await connection.execute(_FILL.replace("$N", str(int(learners))))
    await connection.execute("analyze")
