"""The pages that sign staff in and out. A GET or HEAD signs nobody in: mail scanners follow links."""

from typing import Any

from litestar import HttpMethod, Response, post, route
from litestar.datastructures import Cookie
from litestar.params import FromPath

from guardian.errors import Conflict, NotFound, Refused
from guardian.staff import service
from guardian.staff.domain import home_of, safe_next
from guardian.staff.session import cookie, cookie_name, current_staff
from guardian.web.page import AnyRequest, context_of, form_of, redirect, show

_READ = [HttpMethod.GET, HttpMethod.HEAD]
_NEXT = "guardian-next"
_NEXT_SECONDS = 3600


@route("/sign-in", http_method=_READ, include_in_schema=False)
async def ask_page(request: AnyRequest) -> Response[Any]:
    """The form that asks for the address; whoever is signed in goes on to their desk."""
    wish = safe_next(request.query_params.get("next"))
    actor = await current_staff(request)
    if actor is not None:
        return redirect(wish or home_of(actor))
    return show(request, "staff/sign_in.html", email="", next=wish or "", error=None)


@post("/sign-in", include_in_schema=False)
async def ask(request: AnyRequest) -> Response[Any]:
    """Send the link, if the address is known; the answer is the same either way."""
    fields = await form_of(request)
    email, wish = fields.get("email", ""), safe_next(fields.get("next"))
    try:
        await service.request_sign_in(context_of(request), email)
    except Refused as error:
        return show(request, "staff/sign_in.html", status=422, email=email[:320], next=wish or "", error=error.message)
    answer = redirect("/sign-in/sent")
    answer.cookies.append(_next_cookie(request, wish))
    return answer


@route("/sign-in/sent", http_method=_READ, include_in_schema=False)
async def sent_page(request: AnyRequest) -> Response[Any]:
    """The one answer to every address."""
    return show(request, "staff/sent.html")


@route("/sign-in/{handle:str}", http_method=_READ, include_in_schema=False)
async def link_page(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """One button; pressing it signs in."""
    try:
        await service.look(context_of(request), handle)
    except Conflict:
        return show(request, "staff/link_dead.html", used=True)
    except NotFound:
        return show(request, "staff/link_dead.html", status=404, used=False)
    return show(request, "staff/enter.html")


@post("/sign-in/{handle:str}", include_in_schema=False)
async def enter(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """Sign this browser in and go to the desk."""
    await form_of(request)
    context = context_of(request)
    try:
        signed_in = await service.sign_in(context, handle)
    except Conflict:
        actor = await current_staff(request)
        if actor is not None:  # the button was pressed twice: this browser is in already
            return redirect(home_of(actor))
        return show(request, "staff/link_dead.html", status=409, used=True)
    except NotFound:
        return show(request, "staff/link_dead.html", status=404, used=False)
    answer = redirect(safe_next(request.cookies.get(_NEXT)) or home_of(signed_in.actor))
    answer.cookies += [cookie(context.settings, signed_in.token), _next_cookie(request, None)]
    return answer


@post("/sign-out", include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """Sign this browser out."""
    await form_of(request)
    context = context_of(request)
    await service.sign_out(context, request.cookies.get(cookie_name(context.settings), ""))
    answer = redirect("/sign-in")
    answer.cookies.append(cookie(context.settings, None))
    return answer


def _next_cookie(request: AnyRequest, wish: str | None) -> Cookie:
    """Keeps the wish where to go while the reader looks for the letter: a mailed link carries nothing but itself."""
    return Cookie(
        key=_NEXT, value=wish or "", path="/sign-in", httponly=True, secure=context_of(request).settings.https,
        samesite="lax", max_age=_NEXT_SECONDS if wish else 0,
    )  # fmt: skip


ROUTES: list[Any] = [ask_page, ask, sent_page, link_page, enter, sign_out]
