"""The schema as a database of any version tells it: what `tests/integration/schema.sql` is compared with.

Read from the catalogue, not by pg_dump, whose text differs from version to version. After a change of the schema:

    python -m tests.integration.db.catalogue

writes the file anew from the migrations; read the difference, then keep it with the migration.
"""

import asyncio
import tempfile
from pathlib import Path

import asyncpg

from guardian.db.embedded import Embedded
from guardian.db.migrate import migrate

SCHEMA = Path(__file__).parent.parent / "schema.sql"

# The queue library's tables are its own matter, and so is the list of migrations.
_OURS = """
select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and c.relname not like 'pgqueuer%' and c.relname <> 'migration' order by c.relname
"""
_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) as value
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
# From PostgreSQL 18 on NOT NULL is a constraint, too; it stands with the column.
_CONSTRAINTS = """
select conname, pg_get_constraintdef(oid) as text from pg_constraint where conrelid = $1 and contype not in ('n', 't')
order by conname
"""
_INDEXES = """
select pg_get_indexdef(i.indexrelid) as text from pg_index i where i.indrelid = $1
  and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = $1) order by 1
"""
_TRIGGERS = """
select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = $1 and not tgisinternal order by tgname
"""
_POLICIES = """
select polname, case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
  else 'all' end as command, pg_get_expr(polqual, polrelid) as seen, pg_get_expr(polwithcheck, polrelid) as written
from pg_policy where polrelid = $1 order by polname
"""
_FUNCTIONS = """
select p.proname, pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
  l.lanname, case p.provolatile when 's' then ' stable' when 'i' then ' immutable' else '' end as volatility,
  p.prosecdef, p.prosrc
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = 'public'::regnamespace and p.proname not like '%pgqueuer%'
  and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by p.proname, arguments
"""


async def describe(connection: asyncpg.Connection) -> str:
    """The schema in words that PostgreSQL 15 and later agree on."""
    lines = [
        "-- Made by `python -m tests.integration.db.catalogue`: the schema after all migrations, for review.",
        "-- It is compared with every test database; it is not run.",
    ]
    for row in await connection.fetch(_FUNCTIONS):
        definer = " security definer" if row["prosecdef"] else ""
        head = f"create function {row['proname']}({row['arguments']}) returns {row['result']}"
        tail = f"language {row['lanname']}{row['volatility']}{definer} as $${row['prosrc'].rstrip()}"
        lines += ["", f"{head} {tail}", "$$;"]
    for table in await connection.fetch(_OURS):
        lines += ["", *await _table(connection, table)]
    return "\n".join(lines) + "\n"


async def _table(connection: asyncpg.Connection, table: asyncpg.Record) -> list[str]:
    oid, name = table["oid"], table["relname"]
    columns = [
        f"    {row['attname']} {row['type']}"
        + (f" default {row['value']}" if row["value"] and not row["value"].startswith("NULL::") else "")
        + (" not null" if row["attnotnull"] else "")
        for row in await connection.fetch(_COLUMNS, oid)
    ]
    lines = [f"create table {name} (", ",\n".join(columns), ");"]
    lines += [
        f"alter table {name} add constraint {row['conname']} {row['text']};"
        for row in await connection.fetch(_CONSTRAINTS, oid)
    ]
    lines += [f"{row['text'].replace('public.', '')};" for row in await connection.fetch(_INDEXES, oid)]
    lines += [f"{row['text'].replace('public.', '')};" for row in await connection.fetch(_TRIGGERS, oid)]
    if table["relrowsecurity"]:
        lines.append(f"alter table {name} enable row level security;")
    if table["relforcerowsecurity"]:
        lines.append(f"alter table {name} force row level security;")
    for row in await connection.fetch(_POLICIES, oid):
        seen = f" using {row['seen']}" if row["seen"] else ""
        written = f" with check {row['written']}" if row["written"] else ""
        text = f"create policy {row['polname']} on {name} for {row['command']}{seen}{written};"
        lines.append(" ".join(text.split()))
    return lines


async def _write(url: str) -> None:
    await migrate(url)
    connection = await asyncpg.connect(url)
    SCHEMA.write_text(await describe(connection), encoding="utf-8")
    await connection.close()


def main() -> None:
    """Write the file anew, from an embedded server of its own."""
    with tempfile.TemporaryDirectory(prefix="guardian-schema-") as folder:
        Path(folder).chmod(0o711)
        embedded = Embedded(Path(folder) / "home")
        try:
            asyncio.run(_write(embedded.ensure_running().migration))
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
