"""What only the demo serves: the inbox, the clock, sign-in without a mailbox, the components."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, post, route
from litestar.enums import MediaType
from litestar.params import FromPath

from guardian.demo import clock, inbox
from guardian.demo.world import World
from guardian.errors import NotFound, Refused
from guardian.i18n import gettext_noop as N_
from guardian.staff import service as staff
from guardian.staff.domain import home_of
from guardian.staff.session import cookie, current_staff
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect, show

GET = [HttpMethod.GET, HttpMethod.HEAD]
WORLD = "world.json"


@route("/inbox", http_method=GET, include_in_schema=False)
async def inbox_page(request: AnyRequest) -> Page:
    """Every mail that was sent, the newest first; a filter by address."""
    to = request.query_params.get("to", "").strip().casefold()
    mails = [mail for mail in inbox.mails(_home(request)) if not to or to in mail.to.casefold()]
    return show(request, "demo/inbox.html", mails=list(reversed(mails))[:300], count=len(mails), to=to)


@route("/inbox/{number:int}", http_method=GET, include_in_schema=False)
async def one_mail(request: AnyRequest, number: FromPath[int]) -> Page:
    """One mail: its text, its HTML and its links."""
    mails = inbox.mails(_home(request))
    if not 0 < number <= len(mails):
        raise NotFound("unknown_mail", N_("There is no such mail in the inbox."))
    return show(request, "demo/mail.html", mail=mails[number - 1])


@route("/inbox/{number:int}/html", http_method=GET, include_in_schema=False)
async def mail_html(request: AnyRequest, number: FromPath[int]) -> Response[str]:
    """A mail's HTML part as a mail program shows it: its own styles, nothing else."""
    mails = inbox.mails(_home(request))
    if not 0 < number <= len(mails):
        raise NotFound("unknown_mail", N_("There is no such mail in the inbox."))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; sandbox"
    return Response(mails[number - 1].html, media_type=MediaType.HTML, headers={"content-security-policy": policy})


@route("/inbox.json", http_method=GET, include_in_schema=False)
async def inbox_json(request: AnyRequest) -> list[dict[str, Any]]:
    """Every mail as `{to, subject, text, html, links}`, the oldest first."""
    return [inbox.document(mail) for mail in inbox.mails(_home(request))]


@post("/demo/clock", include_in_schema=False, status_code=200)
async def move_clock(request: AnyRequest) -> Response[Any]:
    """Move time by `{advance: "P21D"}` or to `{at}`: as JSON, or from the control in the page's header."""
    context = context_of(request)
    as_json = request.headers.get("content-type", "").startswith("application/json")
    # A page of another site cannot send this content type without asking first, so no token is needed.
    wanted = _moves(await request.body()) if as_json else dict(await form_of(request))
    now = context.clock.now()
    by = clock.until(wanted["at"], now) if wanted.get("at") else clock.duration(wanted.get("advance", ""))
    after = await clock.advance(context, by)
    if as_json:
        return Response({"now": after, "moved_seconds": int(by.total_seconds())})
    actor = await current_staff(request)
    return redirect(home_of(actor) if actor else "/inbox")


def _moves(body: bytes) -> dict[str, str]:
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, str])
    except msgspec.DecodeError as error:
        raise Refused(
            "body_invalid", N_("Send a JSON object with “at”, an instant, or “advance”, a duration."), where="body"
        ) from error


@route("/demo/sign-in/{who:str}", http_method=GET, include_in_schema=False)
async def sign_in_page(request: AnyRequest, who: FromPath[str]) -> Page:
    """One button: a GET signs nobody in."""
    _who(who)
    return show(request, "demo/sign_in.html", who=who)


@post("/demo/sign-in/{who:str}", include_in_schema=False, status_code=303)
async def sign_in(request: AnyRequest, who: FromPath[str]) -> Response[Any]:
    """Sign in as the school's secretary or as the operator's privacy officer."""
    await form_of(request)
    context = context_of(request)
    world = read_world(context.settings.home)
    person = world.secretary if _who(who) == "school" else world.admin
    url = await staff.sign_in_link(context, person, life=timedelta(minutes=5))
    signed_in = await staff.sign_in(context, url.rpartition("/")[2])
    answer = redirect(home_of(signed_in.actor))
    answer.cookies.append(cookie(context.settings, signed_in.token))
    return answer


@route("/demo/components", http_method=GET, include_in_schema=False)
async def components(request: Request[Any, Any, Any]) -> Page:
    """Every component of the design on one page."""
    return show(request, "components.html")


def _who(who: str) -> str:
    if who not in {"school", "admin"}:
        raise NotFound("unknown_person", N_("The demo signs in as `school` or as `admin`."))
    return who


def _home(request: AnyRequest) -> Path:
    return context_of(request).settings.home


def read_world(home: Path) -> World:
    """The world that the demo built at its start."""
    return msgspec.json.decode((home / WORLD).read_bytes(), type=World)


ROUTES = [inbox_page, one_mail, mail_html, inbox_json, move_clock, sign_in_page, sign_in, components]
