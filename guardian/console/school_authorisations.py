"""The school's authorisations: how they stand, send the letter again, stop one, end one."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.authorisation import looking, reading, service
from guardian.authorisation.domain import MOVES, Act
from guardian.console import words
from guardian.console.domain import last_day
from guardian.console.frame import READ, at_desk, desk, same_for_strangers, sentence_of
from guardian.console.school_overview import main_one
from guardian.console.school_store import purpose_titles
from guardian.errors import Conflict, Refused, TooMany
from guardian.i18n import gettext_noop as N_
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_DONE = ("asked", "resent", "revoke", "suspend")
_ACTS: dict[str, tuple[Act, Callable[..., Awaitable[Any]], str, str, str]] = {
    "revoke": (
        "revoke", service.revoke, N_("Revoke this authorisation for good?"), N_("Revoke for good"),
        N_("All learners who are admitted by it are blocked at once. It cannot be taken back: a new signature is "
           "needed."),
    ),
    "suspend": (
        "suspend", service.suspend, N_("Suspend this authorisation?"), N_("Suspend"),
        N_("All learners who are admitted by it are blocked at once. Only the operator can lift the suspension."),
    ),
}  # fmt: skip


@route("/school/authorisations", http_method=READ, include_in_schema=False)
async def authorisations(request: AnyRequest) -> Page:
    """All of them, newest first, with what may be done about the one that counts."""
    return await _list(request)


@post("/school/authorisations/{authorisation:uuid}/resend", include_in_schema=False)
async def resend(request: AnyRequest, authorisation: FromPath[UUID]) -> Response[Any]:
    """Send the letter to the signatory again."""
    await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    try:
        await service.resend(context_of(request), actor, authorisation)
    except (Conflict, TooMany) as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    return redirect("/school/authorisations?done=resent")


@route("/school/authorisations/{authorisation:uuid}/{act:str}", http_method=READ, include_in_schema=False)
async def act_page(request: AnyRequest, authorisation: FromPath[UUID], act: FromPath[str]) -> Page:
    """What ending or stopping it would do."""
    return await _confirm(request, authorisation, act)


@post("/school/authorisations/{authorisation:uuid}/{act:str}", include_in_schema=False)
async def do(request: AnyRequest, authorisation: FromPath[UUID], act: FromPath[str]) -> Response[Any]:
    """End or stop it."""
    fields = await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    if act not in _ACTS:
        raise same_for_strangers()
    reason = fields.get("reason", "")
    try:
        await _ACTS[act][1](context_of(request), actor, authorisation, reason)
    except Conflict as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    except Refused as error:
        return await _confirm(request, authorisation, act, status=422, reason=reason, error=sentence_of(request, error))
    return redirect(f"/school/authorisations?done={act}")


async def _confirm(
    request: AnyRequest, authorisation: UUID, act: str, *, status: int = 200, reason: str = "", error: str | None = None
) -> Page:
    actor, school = await at_desk(request, "institution_admin")
    if act not in _ACTS:
        raise same_for_strangers()
    ctx = context_of(request)
    found = await reading.get(ctx, actor, authorisation)
    verb, _, title, label, told = _ACTS[act]
    return desk(
        request, "authorisation_act.html", status=status, school=school, found=found, act=act, title=title,
        label=label, told=told, reason=reason[:1000], error=error, words=words,
        possible=verb in MOVES[found.state_at(ctx.clock.now())],
    )  # fmt: skip


async def _list(request: AnyRequest, *, status: int = 200, message: str | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx, language = context_of(request), language_of(request)
    held = await reading.of_institution(ctx, actor, school.id)
    async with ctx.transaction(actor) as tx:
        titles = await purpose_titles(tx, language)
        digests = await looking.digests(tx, school.id)
    now = ctx.clock.now()
    done = request.query_params.get("done")
    return desk(
        request, "authorisations.html", status=status, school=school, held=held, main=main_one(held, now), now=now,
        words=words, titles=titles, message=message, done=done if done in _DONE else None, may=actor.role ==
        "institution_admin", until={one.id: last_day(language, now, one.valid_until, school.timezone) for one in held},
        digests=digests, acts={one.id: MOVES[one.state_at(now)] for one in held},
    )  # fmt: skip


ROUTES: list[Any] = [authorisations, resend, act_page, do]
