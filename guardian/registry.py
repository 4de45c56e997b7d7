"""The tables of the house: routes, jobs, letters, and the ports that a lower room takes from a higher one."""

from collections.abc import Callable
from typing import Any

ROUTES: list[Any] = []
PORTS: dict[str, Callable[..., Any]] = {}
