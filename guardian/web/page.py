"""What a page handler needs: the context, the reader's language, the form that was sent, and the page in return."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect
from markupsafe import Markup

from guardian.context import Context
from guardian.errors import Refused
from guardian.i18n import LANGUAGES, choose, say_instant
from guardian.i18n import gettext_noop as N_
from guardian.web import csrf
from guardian.web.templating import render

LANGUAGE_COOKIE = "guardian-language"
_FORM_LIMIT = 200
_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}", re.IGNORECASE)

Page = Response[str]
AnyRequest = Request[Any, Any, Any]


def context_of(request: AnyRequest) -> Context:
    """The service's context."""
    context: Context = request.app.state.context
    return context


def language_of(request: AnyRequest) -> str:
    """The reader's language: `?lang=`, else what was chosen before, else a default set by the page's own subject
    (`request.state.language`), else what the browser prefers.
    """
    wish = request.query_params.get("lang")
    if wish in LANGUAGES:
        return str(wish)
    kept = request.cookies.get(LANGUAGE_COOKIE)
    if kept in LANGUAGES:
        return str(kept)
    return choose(request.state.get("language"), request.headers.get("accept-language"))


def show(request: AnyRequest, template: str, *, status: int = 200, **values: Any) -> Page:
    """A page in the reader's language, with a form field that belongs to their browser."""
    context = context_of(request)
    language = language_of(request)
    name = csrf.cookie_name(https=context.settings.https)
    cookie = request.cookies.get(name) or csrf.new_cookie()
    cookies = [Cookie(key=name, value=cookie, httponly=True, secure=context.settings.https, samesite="lax", path="/")]
    if request.query_params.get("lang") == language:
        cookies.append(
            Cookie(key=LANGUAGE_COOKIE, value=language, max_age=365 * 86400, httponly=True, samesite="lax", path="/")
        )
    field = Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, csrf.field_of(context.keys, cookie))
    values.setdefault("staff", request.state.get("staff"))
    values.setdefault("page_query", _query_of(request))
    clock = say_instant(language, context.clock.now(), "Europe/Warsaw") if context.settings.demo else None
    body = render(
        template,
        language,
        csrf_field=field,
        page_path=request.url.path,
        operator_name=context.settings.operator_name,
        demo_clock=clock if values["staff"] else None,
        **values,
    )
    return Response(body, status_code=status, media_type=MediaType.HTML, cookies=cookies)


def _query_of(request: AnyRequest) -> dict[str, str]:
    """What the language switch carries on: filter, sort, place in a list; no value that names another site."""
    sent = list(request.query_params.items())[:20]
    return {key: value for key, value in sent if key != "lang" and len(value) <= 200 and not _ELSEWHERE.match(value)}


async def form_of(request: AnyRequest) -> Mapping[str, str]:
    """The fields of a form, after checking that it is ours. A field sent twice counts once, the last time.

    Raises NotAllowed (`csrf_failed`), Refused (`form_unreadable`).
    """
    context = context_of(request)
    fields = await fields_of(request)
    cookie = request.cookies.get(csrf.cookie_name(https=context.settings.https))
    csrf.check(context.keys, cookie, fields.get(csrf.FIELD))
    return fields


async def fields_of(request: AnyRequest) -> dict[str, str]:
    """The fields of a form that carries its own proof (a ticket, a one-click unsubscribe), unchecked."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        data = await request.form()
        return {key: value.replace("\x00", "").strip() for key, value in data.multi_items() if isinstance(value, str)}
    try:
        text = (await request.body()).decode("utf-8")
        parsed = parse_qs(text, keep_blank_values=True, max_num_fields=_FORM_LIMIT)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(
            "form_unreadable", N_("The form could not be read. Reload the page and fill it in again.")
        ) from error
    return {key: values[-1].replace("\x00", "").strip() for key, values in parsed.items()}


def redirect(path: str) -> Redirect:
    """See the other page (303): reloading it sends nothing again."""
    return Redirect(path, status_code=303)
