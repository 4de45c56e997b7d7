"""`guardian serve`."""

import asyncio
import sys

from granian import Granian
from granian.constants import Interfaces

from guardian import app, settings
from guardian.commands.running import say_refusal
from guardian.context import Context
from guardian.errors import GuardianError


def run_serve(*, host: str, port: int, target: str = "guardian.app:create") -> int:
    """Serve until stopped. Exit 3, with what to do, when the database is down at the start."""

    async def look() -> Context:
        async with app.opened(found, pool=1, name="guardian start") as context:
            return context

    try:
        found = settings.read()
        asyncio.run(look())
    except GuardianError as error:
        return say_refusal(error)
    sys.stdout.write(f"Serving on {found.base_url} ({host}:{port}).\n")
    sys.stdout.flush()
    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=found.web_workers,
        log_access=False,
        log_level="warning",
        # A worker that dies is replaced: a single crash must not end the service.
        respawn_failed_workers=True,
        backpressure=512,
    )
    server.serve()
    return 0
