"""Recent history, and whether its chain holds."""

from typing import Any

from litestar import route

from guardian.audit import store as audit
from guardian.console import case_store, history_words, machine_store
from guardian.console.frame import OPERATOR_ZONE, PAGE_SIZE, READ, in_room, room, uuid_in
from guardian.i18n import say_instant
from guardian.web.page import AnyRequest, Page, context_of, language_of

_CHECKED_AT_ONCE = 5_000
"""A chain up to here is checked each time; a longer one when somebody asks, so that the page stays quick."""


@route("/admin/audit", http_method=READ, include_in_schema=False)
async def history(request: AnyRequest) -> Page:
    """The newest entries, going back by cursor."""
    actor = await in_room(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    before = int(query["before"]) if query.get("before", "").isdecimal() and len(query["before"]) < 18 else None
    school = uuid_in(query.get("school"))
    async with ctx.transaction(actor) as tx:
        entries = await audit.recent(tx, school, before=before, limit=PAGE_SIZE + 1)
        size = await machine_store.history_size(tx)
        checked = query.get("check") == "yes" or size <= _CHECKED_AT_ONCE
        held, broken = await audit.check(tx) if checked else (0, None)
        names = await case_store.names_of_staff(tx, [one.actor for one in entries if one.actor])
    shown = entries[:PAGE_SIZE]
    lines = [
        {
            "seq": one.seq, "at": say_instant(language, one.at, OPERATOR_ZONE),
            "what": history_words.action(one, language), "who": history_words.actor(one, names, language),
            "learner": one.subject if one.subject_kind == "learner" else None, "action": one.action,
            "details": history_words.details(one.payload),
        }
        for one in shown
    ]  # fmt: skip
    return room(
        request, "audit.html", lines=lines, size=size, checked=checked, held=held, broken=broken, school=school,
        next=shown[-1].seq if len(entries) > PAGE_SIZE else None,
    )  # fmt: skip


ROUTES: list[Any] = [history]
