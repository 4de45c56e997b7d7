"""The one Piccolo app: its tables and where its migrations lie."""

from piccolo.conf.apps import AppConfig

from guardian.db.tables import TABLES
from guardian.resources import MIGRATIONS

APP_CONFIG = AppConfig(
    app_name="guardian", migrations_folder_path=str(MIGRATIONS), table_classes=list(TABLES), migration_dependencies=[]
)
