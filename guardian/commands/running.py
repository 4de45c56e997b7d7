"""How a command opens the service's context, and how a refusal becomes an exit code."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import msgspec

from guardian import app, settings
from guardian.context import Context
from guardian.errors import GuardianError, Unavailable
from guardian.settings import Settings
from guardian.web import logging

REFUSED = 1
UNAVAILABLE = 3


def say_refusal(error: GuardianError, *, as_json: bool = False) -> int:
    """Print why a command was refused; answer its exit code."""
    if as_json:
        problem = {"error": {"code": error.code, "message": str(error), "where": error.where}}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(problem)).decode() + "\n")
    else:
        sys.stderr.write(f"{error} [{error.code}]\n")
    return UNAVAILABLE if isinstance(error, Unavailable) else REFUSED


def with_context(
    work: Callable[[Context], Awaitable[int]], *, as_json: bool = False, chosen: Settings | None = None
) -> int:
    """Open the context, do the work, close it; a refusal is printed and becomes the exit code."""

    async def run() -> int:
        async with app.opened(chosen or settings.read()) as context:
            return await work(context)

    logging.configure("WARNING")  # to stderr: what goes to stdout is the command's answer alone
    try:
        return asyncio.run(run())
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)


def print_json(document: object) -> None:
    """One JSON document on stdout, indented for people."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
