"""Legal holds: stop a purge for a stated reason, and end that again."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console.admin_learner import story_page
from guardian.console.frame import OFFICERS, READ, in_room, room, same_for_strangers, sentence_of
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.i18n import gettext_noop as N_
from guardian.people import store as people
from guardian.purge import service
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect

_REVIEW = timedelta(days=90)


@route("/admin/learners/{learner:uuid}/hold", http_method=READ, include_in_schema=False)
async def hold_page(request: AnyRequest, learner: FromPath[UUID]) -> Page:
    """The form: reason, authority, day of review."""
    review = (context_of(request).clock.now() + _REVIEW).date()
    return await _form(request, learner, {"review_on": review.isoformat()})


@post("/admin/learners/{learner:uuid}/hold", include_in_schema=False)
async def hold(request: AnyRequest, learner: FromPath[UUID]) -> Response[Any]:
    """Place the hold."""
    fields = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    filled = {
        "reason": fields.get("reason", "")[:500], "authority": fields.get("authority", "")[:255],
        "review_on": fields.get("review_on", "")[:10],
    }  # fmt: skip
    try:
        await service.hold(
            context_of(request), actor, learner, reason=filled["reason"], authority=filled["authority"],
            review_on=_day(filled["review_on"]),
        )  # fmt: skip
    except (Refused, Conflict) as error:
        return await _form(request, learner, filled, status=422, error=error)
    return redirect(f"/admin/learners/{learner}?done=held")


@post("/admin/learners/{learner:uuid}/release", include_in_schema=False)
async def release(request: AnyRequest, learner: FromPath[UUID]) -> Response[Any]:
    """End the hold."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    try:
        await service.release(context_of(request), actor, learner)
    except NotFound as error:
        return await story_page(request, learner, status=409, message=sentence_of(request, error))
    return redirect(f"/admin/learners/{learner}?done=released")


async def _form(
    request: AnyRequest, learner: UUID, filled: dict[str, str], *, status: int = 200, error: GuardianError | None = None
) -> Page:
    actor = await in_room(request, *OFFICERS)
    async with context_of(request).transaction(actor) as tx:
        person = await people.get(tx, learner)
    if person is None:
        raise same_for_strangers()
    return room(
        request, "hold.html", status=status, person=person, filled=filled,
        where=(error.where or ("reason" if not filled.get("reason") else "authority")) if error else "",
        message=sentence_of(request, error) if error else None,
    )  # fmt: skip


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Refused("day_invalid", N_("This is no day. Write it like 2027-08-31."), where="review_on") from error


ROUTES: list[Any] = [hold_page, hold, release]
