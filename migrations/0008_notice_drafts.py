"""A version of the notice keeps its purposes as they were published, and which of them it changed.

`version` 0 is the one draft that is being written.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T17:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notice: purposes as published, what a material version changed, one draft"

SQL = """
set local lock_timeout = '5s';

-- Versions from before this release: their purposes were kept only as they are now.
alter table notices disable trigger notices_fixed;
alter table notices disable trigger notices_touch;
update notices n set terms = (select jsonb_agg(jsonb_build_object('code', p.code, 'core', p.core,
    'disclosure', p.disclosure, 'commercial', p.commercial, 'guardian_always', p.guardian_always,
    'retention', p.retention) order by p.position) from purposes p where p.code = any(n.purposes));
alter table notices enable trigger notices_fixed;
alter table notices enable trigger notices_touch;

alter table notices add constraint ck_one_draft check (version > 0 or state = 'draft');
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        await engine_finder().current_transaction.get().connection.execute(SQL)

    manager.add_raw(run)
    return manager
