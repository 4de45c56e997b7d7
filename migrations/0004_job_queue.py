"""The job queue's own tables, as its library makes them."""

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

ID = "2026-11-25T13:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "job queue"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    async def run():
        await Queries(AsyncpgDriver(engine_finder().current_transaction.get().connection)).install()

    manager.add_raw(run)
    return manager
