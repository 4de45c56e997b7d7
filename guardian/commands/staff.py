"""`guardian staff add`: the first administrator of a new deployment."""

import sys
from datetime import timedelta

from guardian.commands.running import print_json, with_context
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.notice.service import ensure_default
from guardian.staff import service

LINK_LIFE = timedelta(hours=24)


def run_staff_add(*, email: str, name: str, role: str, as_json: bool) -> int:
    """Add operator staff and print a one-time sign-in link, which also goes out by mail."""

    async def work(context: Context) -> int:
        await ensure_default(context)
        added = await service.add(context, SYSTEM, email=email, name=name, role=role)
        url = await service.sign_in_link(context, added, life=LINK_LIFE)
        if as_json:
            print_json({"id": added, "sign_in_url": url})
        else:
            sys.stdout.write(f"Added. Sign in within 24 hours, once: {url}\n")
        return 0

    return with_context(work, as_json=as_json)
