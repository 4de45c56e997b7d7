"""`guardian work`."""

import asyncio

from guardian import settings
from guardian.commands.running import say_refusal
from guardian.errors import GuardianError
from guardian.worker import run


def run_work() -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    try:
        asyncio.run(run(settings.read()))
    except GuardianError as error:
        return say_refusal(error)
    return 0
