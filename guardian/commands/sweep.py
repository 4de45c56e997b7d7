"""`guardian sweep`."""

import sys
from datetime import datetime

import msgspec

from guardian.commands.running import print_json, with_context
from guardian.context import Context
from guardian.sweep import preview, sweep


class _At:
    """A clock that stands."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant


def run_sweep(*, at: datetime | None, dry_run: bool, as_json: bool) -> int:
    """Sweep once, as of now or of another instant, and print what was done."""

    async def work(context: Context) -> int:
        chosen = msgspec.structs.replace(context, clock=_At(at)) if at else context
        counts = await (preview(chosen) if dry_run else sweep(chosen))
        if as_json:
            print_json({"at": chosen.clock.now(), "dry_run": dry_run, "counts": counts})
        else:
            for name, count in counts.items():
                sys.stdout.write(f"{count:>8}  {name.replace('_', ' ')}\n")
        return 0

    return with_context(work, as_json=as_json)
