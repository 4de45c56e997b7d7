"""The list of purges: what waits for approval, what runs, what is done."""

from typing import Any

from litestar import route

from guardian.console import admin_store, words
from guardian.console.domain import deadline
from guardian.console.frame import (
    OPERATOR_ZONE,
    PAGE_SIZE,
    READ,
    in_room,
    room,
    uuid_in,
)  # fmt: skip
from guardian.purge.domain import OPEN
from guardian.web.page import AnyRequest, Page, context_of, language_of

_FILTERS: dict[str, tuple[str, ...]] = {
    "open": OPEN, "done": ("done", "partial"), "stopped": ("cancelled", "rescinded"),
}  # fmt: skip


@route("/admin/purges", http_method=READ, include_in_schema=False)
async def list_page(request: AnyRequest) -> Page:
    """All purges, the open ones first."""
    actor = await in_room(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    chosen = query.get("state") if query.get("state") in _FILTERS else None
    async with ctx.transaction(actor) as tx:
        rows = await admin_store.purges(
            tx, states=_FILTERS[chosen] if chosen else None, after=uuid_in(query.get("after")), limit=PAGE_SIZE + 1
        )
        counts = await admin_store.purges_by_state(tx)
    now, shown = ctx.clock.now(), rows[:PAGE_SIZE]
    sums = {name: sum(counts.get(state, 0) for state in states) for name, states in _FILTERS.items()}
    return room(
        request, "purges.html", rows=shown, sums=sums, chosen=chosen, words=words,
        next=shown[-1]["id"] if len(rows) > PAGE_SIZE else None,
        when={
            row["id"]: deadline(
                language, now, row["done_at"] or row["cooling_until"] or row["due_at"], row["timezone"] or OPERATOR_ZONE
            )
            for row in shown
        },
    )  # fmt: skip


ROUTES: list[Any] = [list_page]
