"""The learner's own page at `/l/{handle}`: no account, no script. A GET or HEAD never changes anything."""

from collections.abc import Mapping
from typing import Any

from litestar import HttpMethod, Request, Response, post, route
from litestar.params import FromPath

from guardian.errors import Conflict, NotFound, Refused
from guardian.handover import service
from guardian.handover.domain import Choice
from guardian.handover.service import View
from guardian.handover.showing import FIELD, TROUBLE, shown
from guardian.mail import links
from guardian.tokens import DECISION_TICKET, BadToken, mint, verify
from guardian.web.page import context_of, fields_of, language_of, redirect, show

READ = [HttpMethod.GET, HttpMethod.HEAD]
LearnerRequest = Request[Any, Any, Any]


@route("/l/{handle:str}", http_method=READ, include_in_schema=False)
async def page(request: LearnerRequest, handle: FromPath[str]) -> Response[Any]:
    """What is on and off, and, from the birthday on, the learner's choice."""
    return await _open(request, handle)


@route("/l/{handle:str}/done", http_method=READ, include_in_schema=False)
async def done(request: LearnerRequest, handle: FromPath[str]) -> Response[Any]:
    """The same page after an act: what was recorded, and how to change it."""
    return await _open(request, handle, done=True)


@route("/l/{handle:str}/notice", http_method=READ, include_in_schema=False)
async def notice(request: LearnerRequest, handle: FromPath[str]) -> Response[Any]:
    """The whole notice, with its version and date."""
    return await _open(request, handle, template="own/notice.html")


@post("/l/{handle:str}", status_code=200, include_in_schema=False)
async def answer(request: LearnerRequest, handle: FromPath[str]) -> Response[Any]:
    """Record each choice; what is missing is shown beside its question."""
    form = await fields_of(request)
    return await _act(request, handle, form, close=False)


@post("/l/{handle:str}/close", status_code=200, include_in_schema=False)
async def close(request: LearnerRequest, handle: FromPath[str]) -> Response[Any]:
    """Take everything back with one button (GDPR art. 7(3))."""
    form = await fields_of(request)
    return await _act(request, handle, form, close=True)


async def _act(request: LearnerRequest, handle: str, form: Mapping[str, str], *, close: bool) -> Response[Any]:
    ctx = context_of(request)
    try:
        found = await service.open_page(ctx, handle)
    except NotFound:
        return _dead(request)
    language = _read_in(request, found)
    choices = _choices(form, found)
    missing = [] if close else [one.code for one in found.purposes if one.code not in choices]
    try:
        ticket = form.get("ticket", "")
        claims = verify(ctx.keys, DECISION_TICKET, ticket, now=ctx.clock.now(), issuer=ctx.settings.base_url)
        if missing:
            return _again(request, handle, found, choices=choices, missing=missing, status=422)
        await service.answer(ctx, handle, claims, None if close else choices, language=language)
    except BadToken as bad:
        return _again(request, handle, found, choices=choices, missing=missing, trouble=TROUBLE[bad.reason], status=422)
    except NotFound:
        return _dead(request)
    except (Conflict, Refused) as refused:
        now = await service.open_page(ctx, handle)
        return _again(request, handle, now, trouble=refused.message, status=409)
    return redirect(f"/l/{links.canonical(handle)}/done")


def _choices(form: Mapping[str, str], found: View) -> dict[str, Choice]:
    words: dict[str, Choice] = {"yes": "yes", "no": "no"}
    said = {one.code: form.get(FIELD + one.code, "") for one in found.purposes}
    return {code: words[word] for code, word in said.items() if word in words}


async def _open(request: LearnerRequest, handle: str, *, template: str = "", done: bool = False) -> Response[Any]:
    try:
        found = await service.open_page(context_of(request), handle)
    except NotFound:
        return _dead(request)
    _read_in(request, found)
    return _again(request, handle, found, template=template or "own/answer.html", done=done, status=200)


def _again(
    request: LearnerRequest, handle: str, found: View, *, template: str = "own/answer.html", done: bool = False,
    choices: Mapping[str, Choice] | None = None, missing: list[str] | None = None, trouble: str | None = None,
    status: int,
) -> Response[Any]:  # fmt: skip
    ctx = context_of(request)
    ticket = mint(
        ctx.keys, DECISION_TICKET, service.claims_of(found, str(ctx.new_id())), now=ctx.clock.now(),
        issuer=ctx.settings.base_url,
    )  # fmt: skip
    values = shown(found, ctx.settings, language_of(request), choices=choices or {}, missing=missing or [])
    return show(
        request, template, status=status, handle=links.canonical(handle), ticket=ticket, trouble=trouble, done=done,
        **values,
    )  # fmt: skip


def _read_in(request: LearnerRequest, found: View) -> str:
    request.state.language = found.person.language
    return language_of(request)


def _dead(request: LearnerRequest) -> Response[Any]:
    return show(request, "own/dead_link.html", status=404)


ROUTES: list[Any] = [page, done, notice, answer, close]
