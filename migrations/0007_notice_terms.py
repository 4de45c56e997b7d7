"""Two columns of the notice; what they hold is filled in by the next migration, since raw SQL runs before columns."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, Array, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-25T17:33:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notice: purposes as published, and what a material version changed"

_PLAIN = {
    "default": None,
    "null": True,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="guardian", description=DESCRIPTION)
    manager.add_column(
        table_class_name="NoticeRow", tablename="notices", column_name="terms", db_column_name="terms",
        column_class_name="JSONB", column_class=JSONB, params=dict(_PLAIN), schema=None,
    )  # fmt: skip
    manager.add_column(
        table_class_name="NoticeRow", tablename="notices", column_name="changed", db_column_name="changed",
        column_class_name="Array", column_class=Array,
        params={**_PLAIN, "base_column": Varchar(length=255, **_PLAIN)}, schema=None,
    )  # fmt: skip
    return manager
