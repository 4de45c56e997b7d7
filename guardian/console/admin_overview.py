"""The operator's first page: what waits, whether the machine runs, where to look first."""

from typing import Any

from litestar import route

from guardian.authorisation import store as authorisations
from guardian.console import admin_store, machine_store, queue_store, words
from guardian.console.domain import age, deadline, is_stale
from guardian.console.frame import OPERATOR_ZONE, READ, in_room, room
from guardian.flags.domain import SEVERITY
from guardian.web.page import AnyRequest, Page, context_of, language_of

_FIRST = 8
_SLOW = 15 * 60
"""Seconds after which a letter that should have left is worth a look."""


@route("/admin", http_method=READ, include_in_schema=False)
async def overview(request: AnyRequest) -> Page:
    """Counts by reason and school, the earliest deadlines, the age of the last sweep and of the mail queue."""
    actor = await in_room(request)
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        kinds = await queue_store.flags_by_kind(tx)
        schools = await queue_store.flags_by_school(tx)
        first = await queue_store.flags(tx, limit=_FIRST)
        swept = await machine_store.sweeps(tx)
        mail = await machine_store.mail_queue(tx)
        per_day = await machine_store.letters_per_day(tx)
        purges = await admin_store.purges_by_state(tx)
        unverified = await authorisations.awaiting_verification(tx)
    now = ctx.clock.now()
    slow = mail.oldest is not None and (now - mail.oldest).total_seconds() > _SLOW
    return room(
        request, "overview.html", now=now, slow=slow, kinds=kinds, schools=schools, first=first,
        swept=swept, mail=mail, per_day=per_day,
        purges=purges, unverified=unverified, stale=is_stale(swept.last, now), words=words, severity=SEVERITY,
        sweep_age=age(language, (now - swept.last).total_seconds()) if swept.last else None,
        mail_age=age(language, (now - mail.oldest).total_seconds()) if mail.oldest else None,
        due={one.id: deadline(language, now, one.due_at, one.timezone or OPERATOR_ZONE) for one in first},
    )  # fmt: skip


ROUTES: list[Any] = [overview]
