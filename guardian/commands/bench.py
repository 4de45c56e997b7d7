"""`guardian bench`: the hot paths beside their limits, measured in one run."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import click
import msgspec

from guardian.bench import decisions, health, mails, rosters, sweeps
from guardian.bench.measure import Measured
from guardian.commands.running import print_json, say_refusal
from guardian.errors import GuardianError
from guardian.web import logging

Bench = Callable[[int | None], Coroutine[Any, Any, list[Measured]]]
BENCHES: dict[tuple[str, ...], Bench] = {
    ("roster.import", "roster.reimport", "roster.memory"): rosters.measure,
    ("roster.health",): health.measure,
    ("decision.single", "decision.batch", "decision.p99"): decisions.measure,
    ("mail.transport", "mail.one_worker", "mail.two_workers"): mails.measure,
    ("sweep.growth",): sweeps.growth,
    ("purge.rate",): sweeps.purge_rate,
}
"""Which figures each bench gives."""


def run_bench(wanted: tuple[str, ...], *, size: int | None, as_json: bool) -> int:
    """Measure what the names, or prefixes of them, ask for; without any, everything."""
    logging.configure("ERROR")
    try:
        chosen = _chosen(wanted)
        results: list[Measured] = []
        for names, bench in chosen.items():
            if not as_json:
                sys.stdout.write(f"measuring {', '.join(names)} …\n")
                sys.stdout.flush()
            measured = asyncio.run(bench(size))
            results += [one for one in measured if _asked(one.name, wanted)]
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)
    if as_json:
        print_json([msgspec.structs.asdict(one) for one in results])
    else:
        for one in results:
            limit = "" if one.limit is None else f"  limit {one.limit:g}  ratio {one.ratio:g}"
            sys.stdout.write(f"{one.name:<18} {one.value:>10g} {one.unit}{limit}  n={one.n} {one.note}\n")
    return 0


def _asked(name: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name == one or name.startswith(one.rstrip(".") + ".") for one in wanted)


def _chosen(wanted: tuple[str, ...]) -> dict[tuple[str, ...], Bench]:
    for one in wanted:
        if not any(_asked(name, (one,)) for names in BENCHES for name in names):
            known = ", ".join(name for names in BENCHES for name in names)
            raise click.BadParameter(f"there is no bench {one}; known are {known}", param_hint="NAMES")
    return {names: bench for names, bench in BENCHES.items() if any(_asked(name, wanted) for name in names)}
