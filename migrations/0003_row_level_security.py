"""Row-level security, forced: who sees which rows is decided by `app.scope`, set at the start of each transaction.

operator and client:<id> see all; institution:<id> its own; guardian:<id> what hangs on that guardian; anything else,
and a connection that set nothing, sees no row at all.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T13:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "row-level security"

FUNCTIONS = """
set local lock_timeout = '5s';
create function app_sees_all() returns boolean language sql stable as $$
    select split_part(coalesce(current_setting('app.scope', true), ''), ':', 1) in ('operator', 'client')
$$;
create function app_institution() returns uuid language sql stable as $$
    select case when current_setting('app.scope', true) like 'institution:%'
        then split_part(current_setting('app.scope', true), ':', 2)::uuid end
$$;
create function app_guardian() returns uuid language sql stable as $$
    select case when current_setting('app.scope', true) like 'guardian:%'
        then split_part(current_setting('app.scope', true), ':', 2)::uuid end
$$;
"""

ALL = "(select app_sees_all())"
INSTITUTION = "institution = (select app_institution())"
GUARDIAN = "guardian = (select app_guardian())"
OF_GUARDIANS_SCHOOL = "institution = (select g.institution from guardians g where g.id = (select app_guardian()))"
BY_KNOWN_GUARDIAN = (
    "exists (select 1 from guardians k where k.id = guardian and k.institution = (select app_institution()))"
)
OF_MY_WARD = "exists (select 1 from guardianships w where w.learner = {0} and w.guardian = (select app_guardian()))"

# table: what one may read and change; then, where it differs, what one may insert
POLICIES = {
    "guardians": (f"{INSTITUTION} or id = (select app_guardian())", None),
    "guardianships": (f"{BY_KNOWN_GUARDIAN} or {GUARDIAN}", None),
    "enrolments": (f"{INSTITUTION} or {OF_MY_WARD.format('enrolments.learner')}", INSTITUTION),
    "learners": (
        "exists (select 1 from enrolments e where e.learner = learners.id "
        f"and e.institution = (select app_institution())) or {OF_MY_WARD.format('learners.id')}",
        "(select app_institution()) is not null",
    ),
    "consent_requests": (f"{INSTITUTION} or {GUARDIAN}", None),
    "consent_request_learners": ("exists (select 1 from consent_requests r where r.id = request)", None),
    "consents": (f"{BY_KNOWN_GUARDIAN} or {GUARDIAN}", None),
    "consent_evidence": (f"{BY_KNOWN_GUARDIAN} or {GUARDIAN}", None),
    "authorisations": (f"{INSTITUTION} or {OF_GUARDIANS_SCHOOL}", INSTITUTION),
    "flags": (f"{INSTITUTION} or {OF_GUARDIANS_SCHOOL}", None),
    "mail_messages": (f"{INSTITUTION} or {OF_GUARDIANS_SCHOOL}", None),
    "suppressions": (f"{INSTITUTION} or {OF_GUARDIANS_SCHOOL}", None),
    "staff": (INSTITUTION, None),
    "roster_uploads": (INSTITUTION, None),
    "roster_rows": ("exists (select 1 from roster_uploads u where u.id = upload)", None),
    "roster_chunks": ("exists (select 1 from roster_uploads u where u.id = upload)", None),
    "purges": (INSTITUTION, None),
    "holds": (
        "exists (select 1 from enrolments e where e.learner = holds.learner "
        "and e.institution = (select app_institution()))",
        None,
    ),
}


def statements():
    yield FUNCTIONS
    for table, (seen, inserted) in POLICIES.items():
        yield f"alter table {table} enable row level security; alter table {table} force row level security;"
        yield f"create policy {table}_read on {table} for select using ({ALL} or {seen});"
        yield f"create policy {table}_change on {table} for update using ({ALL} or {seen});"
        yield f"create policy {table}_delete on {table} for delete using ({ALL} or {seen});"
        yield f"create policy {table}_insert on {table} for insert with check ({ALL} or {inserted or seen});"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        connection = engine_finder().current_transaction.get().connection
        for statement in statements():
            await connection.execute(statement)

    manager.add_raw(run)
    return manager
