"""The decision API: may this learner in, for which purposes, until when, and if not, why?"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from guardian.access.decision import Decision
from guardian.access.past import Known
from guardian.access.service import decide_by_platform_id, storable
from guardian.context import Context
from guardian.errors import NotFound, Refused
from guardian.events import SYSTEM
from guardian.i18n import gettext_noop as N_
from guardian.platform import finding
from guardian.platform.answers import Answers
from guardian.platform.auth import client_of
from guardian.platform.domain import etag, matches, max_age

LONGEST_BATCH = 1_000
_NOT_KEPT = {"Cache-Control": "private, max-age=0"}

At = Annotated[str | None, QueryParameter(description="An RFC 3339 instant with a zone; default: now.")]
KnownWhen = Annotated[
    Known,
    QueryParameter(
        description="For an instant of the past: as known `then` (default), or as known `now`, with corrections."
    ),
]
Purpose = Annotated[str | None, QueryParameter(description="Answer for this purpose alone.")]


class DecisionsRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to decide about: 1 to 1,000 platform ids, answered in their order."""

    learners: list[str]
    at: str | None = None
    purpose: str | None = None
    known: Known = "then"


@get("/v1/learners/{platform_id:str}/decision", summary="One decision", tags=["decisions"])
async def one_decision(
    request: Request[Any, Any, Any], platform_id: FromPath[str], at: At = None, purpose: Purpose = None,
    known: KnownWhen = "then",
) -> Response[dict[str, Any] | None]:  # fmt: skip
    """Answers 200 with the decision, 304 when `If-None-Match` names it, 404 `unknown_learner`."""
    await client_of(request, "decide")
    context: Context = request.app.state.context
    decision = (await decide_by_platform_id(context, [platform_id], instant(at), known))[platform_id]
    if decision.reasons == ("unknown_learner",):
        raise NotFound("unknown_learner", N_("No learner with this id is known. Check the id, or add the learner."))
    decision = narrowed(decision, purpose)
    tag = etag(decision)
    age = max_age(decision, context.clock.now(), context.settings.decision_max_age) if at is None else 0
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={age}", "Vary": "Authorization"}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, status_code=304, headers=headers)
    return Response(decision.document(), headers=headers)


@post("/v1/decisions", status_code=200, summary="Up to 1,000 decisions", tags=["decisions"])
async def many_decisions(request: Request[Any, Any, Any], data: JSONBody[DecisionsRequest]) -> Response[Any]:
    """Answers the decisions in the order asked; an unknown learner is an item with that reason."""
    await client_of(request, "decide")
    if not 1 <= len(data.learners) <= LONGEST_BATCH:
        raise Refused(
            "learners_count",
            N_("Name 1 to %(most)d learners; you named %(count)d. Split longer lists."),
            params={"most": LONGEST_BATCH, "count": len(data.learners)},
            where="/learners",
        )
    context: Context = request.app.state.context
    if data.at is None and data.purpose is None:
        return Response(await _present(request, data.learners), headers=_NOT_KEPT, media_type=MediaType.JSON)
    found = await decide_by_platform_id(context, data.learners, instant(data.at, where="/at"), data.known)
    answers = [narrowed(found[name], data.purpose).document() for name in data.learners]
    return Response({"decisions": answers}, headers=_NOT_KEPT)


async def _present(request: Request[Any, Any, Any], names: list[str]) -> bytes:
    """The decisions as they are now, as the document that is sent."""
    context: Context = request.app.state.context
    answers: Answers = request.app.state.answers
    async with context.transaction(SYSTEM) as tx:
        found = await answers.many(tx, {name for name in names if storable(name)})
    bodies = {name: answer.body for name, answer in found.items()}
    if len(bodies) < len(names):
        unknown = await decide_by_platform_id(context, [name for name in names if name not in bodies])
        bodies |= {name: decision.to_json() for name, decision in unknown.items()}
    return b'{"decisions":[%b]}' % b",".join([bodies[name] for name in names])


@get("/v1/learners", summary="Find a learner's platform id", tags=["learners"])
async def find_learners(
    request: Request[Any, Any, Any], institution: FromQuery[UUID],
    student_id: FromQuery[str | None] = None, after: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> dict[str, Any]:  # fmt: skip
    """Lists an institution's learners by their ids, or finds the one with a student id. Names are never sent."""
    actor = await client_of(request, "decide")
    context: Context = request.app.state.context
    return await finding.platform_ids(context, actor, institution, student_id=student_id, after=after, limit=limit)


def instant(text: str | None, *, where: str = "at") -> datetime | None:
    """An instant from a request. Raises Refused for one without a zone, or for something else."""
    if text is None:
        return None
    try:
        # A plus sign of an offset arrives as a space when the caller forgot to encode it.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refused(
            "instant_invalid", N_("Write an instant with its zone, such as 2026-11-25T12:00:00Z."), where=where
        )
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise Refused("instant_invalid", N_("This instant lies outside the calendar."), where=where) from None


def narrowed(decision: Decision, purpose: str | None) -> Decision:
    """The decision with one purpose only. Raises Refused for a purpose that the notice does not name."""
    if purpose is None or decision.reasons in {("unknown_learner",), ("erased",)}:
        return decision
    if purpose not in decision.purposes:
        raise Refused("unknown_purpose", N_("There is no such purpose. Ask without one to see all."), where="purpose")
    return msgspec.structs.replace(decision, purposes={purpose: decision.purposes[purpose]})


ROUTES = [one_decision, many_decisions, find_learners]
