"""Errors as answers: the one place that knows status codes (RFC 9457).

A program gets `application/problem+json` with a stable `code`; a person gets a page that says what is wrong, where, and
how to mend it. Neither ever repeats what was sent: no URL query, no value, no address.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
import msgspec
import structlog
from litestar import Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Redirect

from guardian.errors import GuardianError
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.web.field_errors import FieldProblem, explain, missing_parameter
from guardian.web.logging import places
from guardian.web.page import AnyRequest, language_of, show
from guardian.web.request_log import request_id_of

log = structlog.get_logger()

STATUS: dict[str, int] = {
    "not_found": 404, "refused": 422, "conflict": 409, "not_allowed": 403, "not_signed_in": 401, "too_large": 413,
    "too_many": 429, "unavailable": 503, "error": 500,
}  # fmt: skip

TITLES: dict[int, str] = {
    400: N_("The request could not be read"),
    401: N_("Please sign in"),
    403: N_("This is not allowed"),
    404: N_("This page does not exist"),
    405: N_("This cannot be done here"),
    409: N_("Something changed meanwhile"),
    413: N_("Too much was sent at once"),
    415: N_("This kind of content is not understood"),
    422: N_("Something needs to be mended"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong on our side"),
    503: N_("The service is not available just now"),
}

_PROGRAM_TITLES: dict[int, str] = {404: N_("Not found")}
"""What a program is told instead: it did not ask for a page."""

_DETAILS: dict[int, tuple[str, str]] = {
    400: ("request_malformed", N_("The request could not be read. Check its form against the documentation.")),
    404: ("not_found", N_("There is nothing at this address. Check the link, or start from the first page.")),
    405: ("method_not_allowed", N_("This address does not take that method. The header `Allow` names those it takes.")),
    413: ("body_too_large", N_("The body is larger than this address takes. Send less at a time.")),
    415: ("media_type_unsupported", N_("Send JSON with `Content-Type: application/json`.")),
    500: ("internal_error", N_("The error was noted. Nothing you entered has been stored half-way. Try again later.")),
    503: ("database_unavailable", N_("The database does not answer just now. Nothing is lost. Try again in a minute.")),
}

_NO_ENDPOINT = (
    "not_found", N_("The API has no such address. Compare it, letter by letter, with those in `/schema/openapi.json`.")
)  # fmt: skip

_DATABASE_GONE = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError,
                  asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)  # fmt: skip
# A NUL or half a character: JSON and addresses can carry them, no text in the database can.
_UNUSABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
_UNUSABLE_TEXT = N_("A text holds a character that cannot be stored. Take it out, then send it again.")
_BODY_KINDS = ("json", "x-www-form-urlencoded", "multipart/form-data")


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A problem document (RFC 9457) with our stable `code`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    where: str = ""
    errors: list[FieldProblem] = []
    request_id: str = ""


def wants_json(request: AnyRequest) -> bool:
    """Whether to answer a program: anything under /v1, and whoever asks for JSON rather than HTML, or sends it."""
    path = request.url.path
    if path.startswith(("/v1", "/schema", "/health", "/metrics", "/.well-known")) or path.endswith(".json"):
        return True
    accept = request.headers.get("accept", "")
    sends = request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json")
    return ("json" in accept or sends) and "html" not in accept


def on_guardian_error(request: AnyRequest, error: GuardianError) -> Response[Any]:
    """One of our closed kinds of refusal."""
    status = STATUS.get(error.kind, 500)
    if status == 401 and not wants_json(request):
        back = quote(request.url.path) if request.method == "GET" else ""
        return Redirect(f"/sign-in?next={back}" if back else "/sign-in", status_code=303)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        headers["Retry-After"] = str(error.params.get("retry_after", 60))
    detail = (error.message, error.params)
    return _answer(request, status, error.code, detail, where=error.where, headers=headers)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Something the framework refused before a handler ran."""
    status = error.status_code
    headers = dict(error.headers or {})
    errors: list[FieldProblem] = []
    if status == 400 and _wrong_kind(request):
        status = 415
    if isinstance(error, ValidationException):
        status = 422
        language = language_of(request)
        errors = [explain(language, one) for one in error.extra or [] if isinstance(one, dict)]
        errors = errors or missing_parameter(language, error.detail)
        code, message = "request_invalid", N_("Some fields are missing or wrong. See `errors` for each.")
    elif isinstance(error, NotFoundException):
        code, message = _NO_ENDPOINT if wants_json(request) else _DETAILS[404]
    elif isinstance(error, MethodNotAllowedException):
        code, message = _DETAILS[405]
    elif isinstance(error, ClientException) and status == 400:
        code, message = _DETAILS[400]
    else:
        code, message = _DETAILS.get(status, ("request_refused", HTTPStatus(status).phrase))
    return _answer(request, status, code, (message, {}), headers=headers, errors=errors)


def on_unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    """A defect, or the database going away. The log gets the kind and the place, never a value."""
    if isinstance(error, _UNUSABLE) or (isinstance(error.__cause__, UnicodeEncodeError) and _from_driver(error)):
        return _answer(request, 422, "text_unusable", (_UNUSABLE_TEXT, {}))
    trace = places(error.__traceback__)
    if isinstance(error, RecursionError) and trace and trace[-1].startswith("litestar.serialization."):
        return _answer(request, 400, _DETAILS[400][0], (_DETAILS[400][1], {}))  # a body nested beyond all reason
    # A refused or broken connection is an OSError, and so is a missing template: only the driver's is the database's.
    gone = isinstance(error, _DATABASE_GONE) or (isinstance(error, OSError) and _from_driver(error))
    status = 503 if gone else 500
    log.error("request.failed", error=type(error).__name__, trace=trace, status=status)
    code, message = _DETAILS[status]
    return _answer(request, status, code, (message, {}), headers={"Retry-After": "30"} if gone else {})


def _answer(
    request: AnyRequest,
    status: int,
    code: str,
    detail: tuple[str, dict[str, Any]],
    *,
    where: str = "",
    headers: dict[str, str] | None = None,
    errors: list[FieldProblem] | None = None,
) -> Response[Any]:
    language = language_of(request)
    message = text(language, detail[0], **detail[1])
    title = text(language, TITLES.get(status, TITLES[500]))
    number = request_id_of(request.scope)
    if wants_json(request):
        title = text(language, _PROGRAM_TITLES[status]) if status in _PROGRAM_TITLES else title
        problem = Problem(
            type=f"urn:guardian:problem:{code}", title=title, status=status, code=code, detail=message, where=where,
            errors=errors or [], request_id=number,
        )  # fmt: skip
        return Response(problem, status_code=status, media_type="application/problem+json", headers=headers or {})
    values = {"title": title, "message": message, "code": code, "reference": number}
    # No query in the language switch here: an error page repeats nothing that was sent.
    page = show(request, "error.html", status=status, page_query={}, **values)
    page.headers.update(headers or {})
    return page


def _wrong_kind(request: AnyRequest) -> bool:
    """Whether a program sent a body of a kind that nothing here reads."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sends = request.method in {"POST", "PUT", "PATCH"} and wants_json(request)
    return sends and bool(kind) and not kind.endswith(_BODY_KINDS)


def _from_driver(error: Exception) -> bool:
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).startswith("asyncpg"):
            return True
        trace = trace.tb_next
    return False


HANDLERS: dict[Any, Any] = {
    GuardianError: on_guardian_error,
    HTTPException: on_http_error,
    Exception: on_unexpected,
}
