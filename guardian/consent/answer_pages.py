"""The guardian's page: read, answer, see what was recorded, change it. A GET or HEAD never changes anything."""

from typing import Any

import msgspec
from litestar import HttpMethod, MediaType, Response, post, route
from litestar.params import FromPath

from guardian.consent import service, typed
from guardian.consent.receipt import receipt
from guardian.consent.service import Typed
from guardian.consent.showing import shown
from guardian.consent.typed import Filled
from guardian.consent.view import View
from guardian.consent.visit import GuardianRequest, dead_link, read_in, read_ticket, ticket_for
from guardian.errors import Conflict, NotFound
from guardian.mail import links
from guardian.web.page import context_of, fields_of, redirect, show

READ = [HttpMethod.GET, HttpMethod.HEAD]


@route("/g/{handle:str}", http_method=READ, include_in_schema=False)
async def page(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """The question, or, once all is answered, what stands on record."""
    return await _open(request, handle)


@route("/g/{handle:str}/change", http_method=READ, include_in_schema=False)
async def change(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """The question again, with the answers that stand."""
    return await _open(request, handle, change=True)


@route("/g/{handle:str}/done", http_method=READ, include_in_schema=False)
async def done(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """What was recorded, when, for whom; how to take it back."""
    return await _open(request, handle, done=True)


@route("/g/{handle:str}/notice", http_method=READ, include_in_schema=False)
async def notice(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """The whole notice, with its version and date."""
    return await _open(request, handle, template="guardian/notice.html")


@route("/g/{handle:str}/later", http_method=READ, include_in_schema=False)
async def later(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Until when there is time. Nothing is recorded."""
    return await _open(request, handle, template="guardian/later.html")


@route("/g/{handle:str}/receipt.json", http_method=READ, media_type=MediaType.JSON, include_in_schema=False)
async def receipt_json(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """The receipt for programs (ISO/IEC TS 27560)."""
    ctx = context_of(request)
    try:
        found = await service.open_page(ctx, handle)
    except NotFound:
        return dead_link(request, handle)
    language = read_in(request, found.guardian.language)
    canonical = links.canonical(handle) or ""
    url = links.url_of(ctx, "consent", canonical) + "/withdraw"
    return Response(
        msgspec.json.format(msgspec.json.encode(receipt(found, ctx.settings, language=language, withdrawal_url=url))),
        media_type=MediaType.JSON,
        headers={"Content-Disposition": 'attachment; filename="receipt.json"'},
    )


@post("/g/{handle:str}", status_code=200, include_in_schema=False)
async def answer(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Record the answers, or show the page again with what is missing and everything typed."""
    ctx = context_of(request)
    form = await fields_of(request)
    try:
        found = await service.open_page(ctx, handle)
        language = read_in(request, found.guardian.language)
        filled = typed.read(form, found.questions)
        claims, trouble = read_ticket(ctx, form)
        if not found.questions:
            return _state(request, handle, found, language, status=409)
        if claims is None or filled.problems:
            return _form(request, handle, found, language, filled=filled, trouble=trouble, status=422)
        said = Typed(choices=filled.choices, relationship=filled.relationship, name=filled.name, language=language)
        await service.answer(ctx, handle, claims, said)
    except NotFound:
        return dead_link(request, handle)
    except Conflict as conflict:
        now = await service.open_page(ctx, handle)
        return _state(request, handle, now, language, conflict=conflict.message, status=409)
    return redirect(f"/g/{links.canonical(handle)}/done")


async def _open(
    request: GuardianRequest, handle: str, *, template: str = "", change: bool = False, done: bool = False
) -> Response[Any]:
    try:
        found = await service.open_page(context_of(request), handle)
    except NotFound:
        return dead_link(request, handle)
    language = read_in(request, found.guardian.language)
    if template:
        values = shown(found, context_of(request).settings, language)
        return show(request, template, handle=links.canonical(handle), **values)
    if found.questions and (change or (found.waiting and not done)):
        return _form(request, handle, found, language)
    return _state(request, handle, found, language, done=done)


def _form(
    request: GuardianRequest,
    handle: str,
    found: View,
    language: str,
    *,
    filled: Filled | None = None,
    trouble: str | None = None,
    status: int = 200,
) -> Response[Any]:
    ctx = context_of(request)
    return show(
        request, "guardian/answer.html", status=status, handle=links.canonical(handle),
        ticket=ticket_for(ctx, found), trouble=trouble, **shown(found, ctx.settings, language, filled),
    )  # fmt: skip


def _state(
    request: GuardianRequest,
    handle: str,
    found: View,
    language: str,
    *,
    done: bool = False,
    conflict: str | None = None,
    status: int = 200,
) -> Response[Any]:
    values = shown(found, context_of(request).settings, language)
    return show(
        request, "guardian/state.html", status=status, handle=links.canonical(handle), done=done,
        conflict=conflict, **values,
    )  # fmt: skip
