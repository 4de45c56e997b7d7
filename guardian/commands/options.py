"""Options that several commands take, and how a command ends. Loads nothing of the service."""

import sys
from datetime import UTC, date, datetime
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def instant(text: str | None, option: str) -> datetime | None:
    """An instant with a zone, in UTC. Raises BadParameter naming the option."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("write an instant such as 2026-11-25T12:00:00Z", param_hint=option) from error
    if found.tzinfo is None:
        raise click.BadParameter("an instant needs a zone: end it with Z or an offset", param_hint=option)
    return found.astimezone(UTC)


def day(text: str | None, option: str = "--as-of") -> date | None:
    """A day. Raises BadParameter naming the option."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.BadParameter("write a day such as 2026-09-01", param_hint=option) from error


def today() -> date:
    """The command line's own today, in UTC."""
    return datetime.now(UTC).date()  # noqa: TID251 (a command has no context yet)


def leave(code: int) -> Any:
    """End with an exit code, everything printed."""
    sys.stdout.flush()
    raise SystemExit(code)
