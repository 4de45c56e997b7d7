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
-- PL/pgSQL on purpose: the planner never opens these, so a policy costs no planning time where app_sees_all() holds.
create function app_ward(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_guardian() is not null and exists (
        select 1 from guardianships g where g.learner = wanted and g.guardian = app_guardian());
end $$;
create function app_pupil(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_institution() is not null and exists (
        select 1 from enrolments e where e.learner = wanted and e.institution = app_institution());
end $$;
create function app_known_guardian(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return wanted = app_guardian() or app_institution() is not null and exists (
        select 1 from guardians g where g.id = wanted and g.institution = app_institution());
end $$;
create function app_guardians_school(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return app_guardian() is not null and exists (
        select 1 from guardians g where g.id = app_guardian() and g.institution = wanted);
end $$;
create function app_known_request(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select 1 from consent_requests r where r.id = wanted);
end $$;
create function app_known_upload(wanted uuid) returns boolean language plpgsql stable as $$
begin
    return exists (select 1 from roster_uploads u where u.id = wanted);
end $$;
"""

ALL = "(select app_sees_all())"
INSTITUTION = "institution = (select app_institution())"
SCHOOL = f"{INSTITUTION} or app_guardians_school(institution)"
GUARDIAN = "app_known_guardian(guardian)"

WARD = "app_ward(learner)"
PUPIL = "app_pupil(learner)"

# table: what one may read; and, where it differs, change, delete and insert
POLICIES = {
    "guardians": {"read": f"{INSTITUTION} or id = (select app_guardian())"},
    "guardianships": {"read": GUARDIAN, "insert": f"{GUARDIAN} and {PUPIL}"},
    "enrolments": {"read": f"{INSTITUTION} or {WARD}", "insert": INSTITUTION},
    "learners": {"read": "app_pupil(id) or app_ward(id)", "insert": "(select app_institution()) is not null"},
    "consent_requests": {"read": f"{INSTITUTION} or guardian = (select app_guardian())"},
    "consent_request_learners": {"read": "app_known_request(request)"},
    "consents": {"read": GUARDIAN, "insert": f"{GUARDIAN} and ({PUPIL} or {WARD})"},
    "consent_evidence": {"read": GUARDIAN},
    "authorisations": {"read": SCHOOL, "change": INSTITUTION, "delete": INSTITUTION, "insert": INSTITUTION},
    "flags": {"read": f"{INSTITUTION} or {WARD}"},
    "mail_messages": {
        "read": f"{INSTITUTION} or recipient = (select app_guardian())", "delete": INSTITUTION, "insert": SCHOOL,
    },
    "suppressions": {"read": SCHOOL, "change": INSTITUTION, "delete": INSTITUTION},
    "staff": {"read": INSTITUTION},
    "roster_uploads": {"read": INSTITUTION},
    "roster_chunks": {"read": "app_known_upload(upload)"},
    "roster_rows": {"read": "app_known_upload(upload)"},
    "purges": {"read": INSTITUTION},
    "holds": {"read": PUPIL},
}


def statements():
    yield FUNCTIONS
    for table, rules in POLICIES.items():
        read = rules["read"]
        change, delete, insert = (rules.get(act, read) for act in ("change", "delete", "insert"))
        yield f"alter table {table} enable row level security; alter table {table} force row level security;"
        yield f"create policy {table}_read on {table} for select using ({ALL} or {read});"
        yield f"create policy {table}_change on {table} for update using ({ALL} or {change});"
        yield f"create policy {table}_delete on {table} for delete using ({ALL} or {delete});"
        yield f"create policy {table}_insert on {table} for insert with check ({ALL} or {insert});"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        connection = engine_finder().current_transaction.get().connection
        for statement in statements():
            await connection.execute(statement)

    manager.add_raw(run)
    return manager
