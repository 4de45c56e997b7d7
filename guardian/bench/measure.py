"""What a benchmark answers, and how it is timed."""

import time
from collections.abc import Awaitable, Callable

import msgspec


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One figure beside its limit, both from the same run. `ratio` = value / limit; `n` is the size."""

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    n: int
    note: str = ""


def beside(name: str, value: float, unit: str, limit: float | None, n: int, *, note: str = "") -> Measured:
    """A figure with its limit, rounded to four digits."""
    ratio = None if not limit else round(value / limit, 4)
    return Measured(
        name=name, value=_short(value), unit=unit, limit=None if limit is None else _short(limit), ratio=ratio, n=n,
        note=note,
    )  # fmt: skip


def _short(value: float) -> float:
    return float(f"{value:.4g}")


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """How long something takes, by a clock that only runs forward."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def percentile(values: list[float], part: float) -> float:
    """The value below which that part (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
