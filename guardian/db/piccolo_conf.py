"""What Piccolo's own commands read; the engine is bound at run time by `guardian.db.engine.bind`."""

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

DB: PostgresEngine | None = None
APP_REGISTRY = AppRegistry(apps=["guardian.db.piccolo_app"])
