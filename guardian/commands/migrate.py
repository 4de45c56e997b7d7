"""`guardian migrate`."""

import asyncio
import sys

from guardian import database, settings
from guardian.commands.running import say_refusal
from guardian.db.migrate import migrate
from guardian.errors import GuardianError


def run_migrate() -> int:
    """Run the migrations that are missing; exit 3 when the database does not answer."""
    try:
        found = settings.read()
        urls = database.find(found)
        ran = asyncio.run(migrate(urls.owner, app_url=urls.app))
    except GuardianError as error:
        return say_refusal(error)
    sys.stdout.write(f"{len(ran)} migrations ran; the schema is up to date.\n")
    return 0
