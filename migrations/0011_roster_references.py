"""References of enrolments, guardianships and guardians, checked a statement at a time.

PostgreSQL checks a foreign key row by row and locks the row referred to: a third of a large import. Here what is
referred to can be neither deleted nor renamed, ever, so that a look at the moment of writing is enough: no lock is
needed, and a statement of any size is checked in one pass.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T18:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "references of the roster's tables, checked a statement at a time"

REFERENCES = (
    ("enrolments", "learner", "learners"),
    ("enrolments", "institution", "institutions"),
    ("guardianships", "learner", "learners"),
    ("guardianships", "guardian", "guardians"),
    ("guardians", "institution", "institutions"),
)

SQL = """
set local lock_timeout = '5s';

create function stays() returns trigger language plpgsql as $$
begin
    raise exception '% are never deleted or renamed: empty the row instead', tg_table_name
        using errcode = 'restrict_violation';
end $$;
"""

STAYS = """
create trigger {table}_stay before delete on {table} for each row execute function stays();
create trigger {table}_keep_ids before update on {table} for each row when (new.id is distinct from old.id)
    execute function stays();
"""

# As a foreign key does, the check sees rows that whoever writes may not see. Few probes of an index are cheaper than
# reading all that there is, which a planner without statistics would choose.
REFERENCE = """
create function {table}_{column}_known() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
    unknown boolean;
begin
    perform set_config('app.scope', 'operator', true);
    unknown := exists (select 1 from (select distinct {column} from changed) as c
        where not exists (select 1 from {parent} p where p.id = c.{column}));
    perform set_config('app.scope', scope, true);
    if unknown then
        raise exception 'a row of {table} refers to a row of {parent} that does not exist'
            using errcode = 'foreign_key_violation', constraint = '{table}_{column}_known';
    end if;
    return null;
end $$;
create trigger {table}_{column}_known after insert on {table} referencing new table as changed
    for each statement execute function {table}_{column}_known();
create trigger {table}_{column}_stays before update on {table} for each row
    when (new.{column} is distinct from old.{column}) execute function stays();
alter table {table} drop constraint {table}_{column}_fkey;
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        connection = engine_finder().current_transaction.get().connection
        await connection.execute(SQL)
        for table in ("institutions", "learners", "guardians"):
            await connection.execute(STAYS.format(table=table))
        for table, column, parent in REFERENCES:
            await connection.execute(REFERENCE.format(table=table, column=column, parent=parent))

    manager.add_raw(run)
    return manager
