"""A worker process of the mail bench: says when it is ready, drains the outbox when told to."""

import asyncio
import sys

from guardian import app, settings
from guardian.bench.mails import drain
from guardian.mail.rendering import warm
from guardian.web import logging


async def _main() -> None:
    async with app.opened(settings.read(), name="guardian bench") as context:
        warm()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await drain(context)


if __name__ == "__main__":
    logging.configure("ERROR")
    asyncio.run(_main())
