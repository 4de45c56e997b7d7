"""Marks of roster rows: an enrolment knows the row it stands as, until something of it changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.columns.indexes import IndexMethod
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T17:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "marks of roster rows"

SQL = """
set local lock_timeout = '5s';

create index learners_email_key on learners (email_key) where email_key is not null;

-- The column itself is added below, after this text has run.
-- The scope is widened inside: a learner's mark may stand with a school that whoever changes them does not see. A row
-- without a mark is written, too: an import that compared it before the change then finds another version of it.
create function unmark(wanted uuid[]) returns void language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    import text := coalesce(current_setting('app.import', true), '');
begin
    perform set_config('app.scope', 'operator', true), set_config('app.import', 'on', true);
    update enrolments set mark = null where learner = any(wanted);
    perform set_config('app.scope', scope, true), set_config('app.import', import, true);
end $$;

create function unmark_enrolment() returns trigger language plpgsql as $$
begin
    if new.mark = old.mark then new.mark := null; end if;
    return new;
end $$;
create trigger enrolments_unmark before update on enrolments for each row
    when ((new.student_id, new.class_name) is distinct from (old.student_id, old.class_name))
    execute function unmark_enrolment();

create function unmark_by_learner() returns trigger language plpgsql as $$
begin
    perform unmark(array[new.id]);
    return null;
end $$;
create trigger learners_unmark after update on learners for each row
    when ((new.given_name, new.family_name, new.birth_date, new.email_key, new.erased_at)
        is distinct from (old.given_name, old.family_name, old.birth_date, old.email_key, old.erased_at))
    execute function unmark_by_learner();

create function unmark_by_guardian() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    wanted uuid[];
begin
    perform set_config('app.scope', 'operator', true);
    wanted := array(select w.learner from guardianships w where w.guardian = new.id);
    perform set_config('app.scope', scope, true);
    perform unmark(wanted);
    return null;
end $$;
create trigger guardians_unmark after update on guardians for each row
    when ((new.name, new.email_key, new.phone, new.erased_at)
        is distinct from (old.name, old.email_key, old.phone, old.erased_at))
    execute function unmark_by_guardian();

-- A merge takes the marks of its own relations itself.
create function unmark_by_relation() returns trigger language plpgsql as $$
begin
    if current_setting('app.import', true) = 'on' then return null; end if;
    perform unmark(array(select distinct learner from changed));
    return null;
end $$;
create trigger guardianships_unmark_i after insert on guardianships referencing new table as changed
    for each statement execute function unmark_by_relation();
create trigger guardianships_unmark_u after update on guardianships referencing new table as changed
    for each statement execute function unmark_by_relation();
create trigger guardianships_unmark_d after delete on guardianships referencing old table as changed
    for each statement execute function unmark_by_relation();
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        await engine_finder().current_transaction.get().connection.execute(SQL)

    manager.add_raw(run)
    manager.add_column(
        table_class_name="EnrolmentRow",
        tablename="enrolments",
        column_name="mark",
        db_column_name="mark",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
