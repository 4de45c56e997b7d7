"""`guardian doctor`."""

import sys

from guardian.commands.running import REFUSED, print_json, with_context
from guardian.context import Context
from guardian.doctor import examine

_MARKS = {"ok": "ok     ", "warning": "look   ", "failed": "FAILED "}


def run_doctor(*, as_json: bool) -> int:
    """Run every check; exit 1 when one failed, 3 when the database is down."""

    async def work(context: Context) -> int:
        findings = await examine(context)
        healthy = all(one.verdict != "failed" for one in findings)
        if as_json:
            print_json({"healthy": healthy, "checks": findings})
        else:
            for one in findings:
                sys.stdout.write(f"{_MARKS[one.verdict]} {one.name.replace('_', ' ')}: {one.found}\n")
                if one.remedy:
                    sys.stdout.write(f"          {one.remedy}\n")
        return 0 if healthy else REFUSED

    return with_context(work, as_json=as_json)
