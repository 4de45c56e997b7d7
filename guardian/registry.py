"""The tables of the house: routes, jobs, letters, sweeps, and the ports that a lower room takes from a higher one."""

from collections.abc import Awaitable, Callable
from typing import Any

from guardian.context import Context
from guardian.jobs import Handler, Job
from guardian.mail.composing import Accepted, Composer

ROUTES: list[Any] = []
JOBS: dict[type[Job], Handler] = {}
COMPOSERS: dict[str, Composer] = {}
ACCEPTED: dict[str, Accepted] = {}
SWEEPS: dict[str, Callable[[Context], Awaitable[int]]] = {}
PORTS: dict[str, Callable[..., Any]] = {}
