"""The ways out: withdraw, «not my child», no more reminders, a new link for a dead one."""

from typing import Any

from litestar import HttpMethod, Response, post, route
from litestar.params import FromPath

from guardian.consent import chasing, objecting, renewing, service
from guardian.consent.showing import shown
from guardian.consent.typed import any_tick, ticked
from guardian.consent.view import View
from guardian.consent.visit import (
    GuardianRequest,
    dead_link,
    read_in,
    read_ticket,
    ticket_for,
)
from guardian.errors import NotFound
from guardian.i18n import gettext_noop as N_
from guardian.mail import links
from guardian.web.page import context_of, fields_of, redirect, show

READ = [HttpMethod.GET, HttpMethod.HEAD]
CHOOSE = N_("Tick at least one name.")


@route("/g/{handle:str}/withdraw", http_method=READ, include_in_schema=False)
async def withdraw_page(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """For whom to withdraw. As easy as agreeing: no name to type, one button (GDPR art. 7(3))."""
    return await _choose(request, handle, "guardian/withdraw.html")


@post("/g/{handle:str}/withdraw", status_code=200, include_in_schema=False)
async def withdraw(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Take back the agreement for the ticked children, at once."""
    ctx = context_of(request)
    form = await fields_of(request)
    claims, trouble = read_ticket(ctx, form)
    try:
        page = await service.open_page(ctx, handle)
        learners = ticked(form, [child.id for child in page.children if not child.alone])
        if claims is None or not learners:
            return _again(request, handle, "guardian/withdraw.html", page, trouble=trouble or CHOOSE)
        await service.withdraw(ctx, handle, claims, learners)
    except NotFound:
        return dead_link(request, handle)
    return redirect(f"/g/{links.canonical(handle)}/done")


@route("/g/{handle:str}/not-mine", http_method=READ, include_in_schema=False)
async def not_mine_page(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Which of these children is not the reader's."""
    return await _choose(request, handle, "guardian/not_mine.html")


@post("/g/{handle:str}/not-mine", status_code=200, include_in_schema=False)
async def not_mine(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """End the say over the ticked children and tell the school."""
    ctx = context_of(request)
    form = await fields_of(request)
    claims, trouble = read_ticket(ctx, form)
    try:
        page = await service.open_page(ctx, handle)
        learners = ticked(form, [child.id for child in page.children])
        if claims is None or not any_tick(form):
            return _again(request, handle, "guardian/not_mine.html", page, trouble=trouble or CHOOSE)
        if learners:  # a second press finds them gone already
            await objecting.not_my_child(ctx, handle, claims, learners)
    except NotFound:
        if claims is None:
            return dead_link(request, handle)
    return redirect("/g/thanks")


@route("/g/thanks", http_method=READ, include_in_schema=False)
async def thanks(request: GuardianRequest) -> Response[Any]:
    """What happens after «not my child». It says the same to everybody."""
    return show(request, "guardian/thanks.html")


@route("/u/{handle:str}", http_method=READ, include_in_schema=False)
async def reminders_page(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Whether to stop reminders."""
    try:
        question = await chasing.question_of(context_of(request), handle)
    except NotFound:
        return dead_link(request, handle)
    read_in(request, question.language)
    return show(
        request, "guardian/reminders.html", handle=links.canonical(handle), school=question.school,
        stopped=question.stopped,
    )  # fmt: skip


@post("/u/{handle:str}", status_code=200, include_in_schema=False)
async def stop_reminders(request: GuardianRequest, handle: FromPath[str]) -> Response[Any]:
    """Stop reminders: the button, or a mail program's one click (RFC 8058), which has no cookie and sends no ticket."""
    ctx = context_of(request)
    try:
        await chasing.stop_reminders(ctx, handle)
        question = await chasing.question_of(ctx, handle)
    except NotFound:
        return dead_link(request, handle)
    read_in(request, question.language)
    return show(
        request, "guardian/reminders.html", handle=links.canonical(handle), school=question.school, stopped=True,
    )  # fmt: skip


@post("/g/fresh", status_code=200, include_in_schema=False)
async def fresh(request: GuardianRequest) -> Response[Any]:
    """Mail a new link if the old one was ours; says the same either way."""
    form = await fields_of(request)
    await renewing.fresh_link(context_of(request), form.get("handle", ""))
    return show(request, "guardian/fresh.html")


async def _choose(request: GuardianRequest, handle: str, template: str) -> Response[Any]:
    try:
        page = await service.open_page(context_of(request), handle)
    except NotFound:
        return dead_link(request, handle)
    return _again(request, handle, template, page, status=200)


def _again(
    request: GuardianRequest, handle: str, template: str, page: View, *, trouble: str | None = None, status: int = 422
) -> Response[Any]:
    ctx = context_of(request)
    language = read_in(request, page.guardian.language)
    return show(
        request, template, status=status, handle=links.canonical(handle),
        ticket=ticket_for(ctx, page), trouble=trouble, **shown(page, ctx.settings, language),
    )  # fmt: skip
