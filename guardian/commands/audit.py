"""`guardian audit verify`."""

import sys

from guardian.audit import store
from guardian.commands.running import REFUSED, print_json, with_context
from guardian.context import Context
from guardian.events import SYSTEM


def run_audit_verify(*, as_json: bool) -> int:
    """Check the whole chain; exit 1 at the first entry that does not hold."""

    async def work(context: Context) -> int:
        async with context.transaction(SYSTEM) as tx:
            held, broken = await store.check(tx)
        if as_json:
            print_json({"entries": held, "intact": broken is None, "broken": broken})
        elif broken is None:
            sys.stdout.write(f"{held} entries, all intact.\n")
        else:
            sys.stderr.write(
                f"Entry {broken.seq} does not hold ({broken.why}); the {held} before it do. "
                "Keep the database as it is and compare it with a backup.\n"
            )
        return 0 if broken is None else REFUSED

    return with_context(work, as_json=as_json)
