"""The first page of a school: what stands, what comes next, how far each class is."""

from datetime import timedelta
from typing import Any

from litestar import route

from guardian.authorisation import store as authorisations
from guardian.authorisation.domain import Authorisation
from guardian.console import roster_words, school_store, words
from guardian.console.domain import Counted, funnel, progress
from guardian.console.frame import READ, at_desk, desk
from guardian.console.standing import stands
from guardian.notice import store as notices
from guardian.roster import store as rosters
from guardian.web.page import AnyRequest, Page, context_of

_ORDER = ("active", "suspended", "awaiting_verification", "awaiting_signature", "draft")


@route("/school", http_method=READ, include_in_schema=False)
async def overview(request: AnyRequest) -> Page:
    """The state of the authorisation, learners by state, the way from question to admission, classes, uploads."""
    actor, school = await at_desk(request)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        held = await authorisations.of_institution(tx, school.id)
        classes = await school_store.classes_of_learners(tx, school.id)
        uploads = await rosters.page(tx, school.id, limit=5)
        waiting = await school_store.letters_waiting(tx, school.id)
        asked = await school_store.asked_learners(tx, school.id)
        notice = await notices.published(tx)
    found = await stands(ctx, list(classes))
    counted = Counted()
    for stand in found.values():
        counted.add(stand)
    now = ctx.clock.now()
    main = main_one(held, now)
    state = main.state_at(now) if main else "none"
    return desk(
        request, "overview.html", school=school, now=now, counted=counted, classes=progress(classes, found),
        funnel=funnel(asked, found),
        uploads=uploads, waiting=waiting, main=main, state=state, notice=notice,
        older=[one for one in held if main and one.id != main.id and one.state_at(now) in _ORDER],
        words=words, rosters=roster_words, role=actor.role,
        last_instant=main.valid_until - timedelta(seconds=1) if main else None,
    )  # fmt: skip


def main_one(held: list[Authorisation], now: Any) -> Authorisation | None:
    """The authorisation that says how the school stands: the one in force, else the one furthest on the way."""
    alive = [one for one in held if one.state_at(now) in _ORDER]
    if alive:
        return min(alive, key=lambda one: _ORDER.index(one.state_at(now)))
    return held[0] if held else None


ROUTES: list[Any] = [overview]
