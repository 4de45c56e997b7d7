"""Runs the web server until it is stopped."""

import asyncio
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from guardian import app
from guardian.settings import Settings


def serve(settings: Settings, *, host: str, port: int, target: str = "guardian.app:create") -> None:
    """Check that the database answers, then serve. Raises Unavailable, with what to do, when it does not."""

    async def look() -> None:
        async with app.opened(settings, pool=1, name="guardian start"):
            pass

    asyncio.run(look())
    sys.stdout.write(f"Serving {settings.base_url} on {host}:{port}.\n")
    sys.stdout.flush()
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=settings.web_workers,
        log_access=False,
        log_level=LogLevels.warning,
        # A worker that dies is replaced: a single crash must not end the service.
        respawn_failed_workers=True,
        backpressure=512,
    ).serve()
