"""`guardian serve`."""

from guardian import settings
from guardian.commands.running import say_refusal
from guardian.errors import GuardianError
from guardian.serving import serve


def run_serve(*, host: str, port: int) -> int:
    """Serve until stopped. Exit 3, with what to do, when the database is down at the start."""
    try:
        serve(settings.read(), host=host, port=port)
    except GuardianError as error:
        return say_refusal(error)
    return 0
