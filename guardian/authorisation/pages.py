"""The signatory's one page: read, then sign or refuse. A GET or HEAD changes nothing."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Response, post, route
from litestar.params import FromPath

from guardian.authorisation import document, keeping, reading, signature
from guardian.authorisation.domain import SCOPES, Authorisation
from guardian.authorisation.signing import Fault, Signing, faults
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.institution import service as institutions
from guardian.mail import links
from guardian.staff.session import staff_of
from guardian.web.page import AnyRequest, Page, context_of, fields_of, language_of, redirect, show

_READ = [HttpMethod.GET, HttpMethod.HEAD]
_DEAD = "sign/link_dead.html"


@route("/sign/{handle:str}", http_method=_READ, include_in_schema=False)
async def sign_page(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """The page of a link: the form while a signature is awaited, afterwards what was recorded."""
    try:
        opened = await signature.open_page(context_of(request), handle)
    except NotFound:
        return show(request, _DEAD, status=404, handle=links.canonical(handle) or "unknown")
    return _page(request, handle, opened)


@post("/sign/{handle:str}", include_in_schema=False)
async def sign(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """Sign. Pressed twice, it leads to the same page."""
    fields = await fields_of(request)
    filled = _signing(fields)
    try:
        await signature.sign(context_of(request), handle, fields.get("ticket", ""), filled)
    except (Refused, Conflict, NotFound) as error:
        return await _again(request, handle, error, filled, done={"awaiting_verification", "active"})
    return redirect(f"/sign/{links.canonical(handle)}")


@post("/sign/{handle:str}/refuse", include_in_schema=False)
async def refuse(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """Refuse. Pressed twice, it leads to the same page."""
    fields = await fields_of(request)
    try:
        await signature.refuse(context_of(request), handle, fields.get("ticket", ""), fields.get("reason", ""))
    except (Refused, Conflict, NotFound) as error:
        return await _again(
            request, handle, error, Signing(), done={"refused"}, refusal=fields.get("reason", "")[:1000]
        )
    return redirect(f"/sign/{links.canonical(handle)}")


@post("/sign/{handle:str}/renew", include_in_schema=False)
async def renew(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """Send a new link to the stored address, if there is anything to sign; the answer is the same either way."""
    await signature.renew(context_of(request), handle)
    return redirect("/sign/renewed")


@route("/sign/renewed", http_method=_READ, include_in_schema=False)
async def renewed_page(request: AnyRequest) -> Response[Any]:
    """The one answer to every wish for a new link."""
    return show(request, "sign/renewed.html")


@route("/sign/{handle:str}/document.pdf", http_method=_READ, include_in_schema=False)
async def signed_document(request: AnyRequest, handle: FromPath[str]) -> Response[Any]:
    """What was signed, for the one who signed."""
    try:
        opened = await signature.open_page(context_of(request), handle)
    except NotFound:
        return show(request, _DEAD, status=404, handle=links.canonical(handle) or "unknown")
    if opened.authorisation.signed_at is None:
        return redirect(f"/sign/{links.canonical(handle)}")
    kept = await keeping.document_of(context_of(request), opened.authorisation, opened.institution)
    return _file(opened.authorisation, kept)


@route(
    [
        "/school/authorisations/{authorisation:uuid}/document.pdf",
        "/admin/authorisations/{authorisation:uuid}/document.pdf",
    ],
    http_method=_READ,
    include_in_schema=False,
)
async def staff_document(request: AnyRequest, authorisation: FromPath[UUID]) -> Response[Any]:
    """What was signed, for the staff of that school and for the operator."""
    actor = await staff_of(request)
    context = context_of(request)
    signed = await reading.get(context, actor, authorisation)
    school = await institutions.get(context, actor, signed.institution)
    return _file(signed, await keeping.document_of(context, signed, school))


def _file(signed: Authorisation, kept: keeping.Document) -> Response[bytes]:
    """The file, with its digest as RFC 9530 writes it, so that a program can check what it got."""
    digest = b64encode(bytes.fromhex(kept.sha256)).decode()
    return Response(
        kept.content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{document.file_name(signed)}"',
            "Repr-Digest": f"sha-256=:{digest}:",
        },
    )


def _signing(fields: Mapping[str, str]) -> Signing:
    return Signing(
        name=fields.get("name", "")[:300],
        title=fields.get("title", "")[:300],
        statement_confirmed=fields.get("statement") == "yes",
        scopes=tuple(scope for scope in SCOPES if fields.get(scope) == "yes"),
    ).tidied()


def _page(
    request: AnyRequest,
    handle: str,
    opened: signature.Opened,
    *,
    status: int = 200,
    filled: Signing | None = None,
    problems: tuple[Fault, ...] = (),
    message: str | None = None,
    refusal: str = "",
) -> Page:
    signed = opened.authorisation
    request.state.language = signed.language  # the letter's language, unless the reader wishes another
    language = language_of(request)
    words = signature.words(context_of(request), opened, language)
    return show(
        request,
        "sign/page.html" if words.ticket else "sign/recorded.html",
        status=status,
        handle=links.canonical(handle),
        opened=opened,
        signed=signed,
        words=words,
        filled=filled or Signing(),
        problems={fault.field: fault.message for fault in problems},
        message=message,
        refusal=refusal,
        model=document.MODEL_TEXTS[signed.legal_model],
        scopes=document.SCOPE_TEXTS,
        last_day=document.say_last_day(signed, opened.institution, language),
    )


async def _again(
    request: AnyRequest, handle: str, error: GuardianError, filled: Signing, *, done: set[str], refusal: str = ""
) -> Response[Any]:
    """The page once more, with what to mend on top and everything typed still there."""
    try:
        opened = await signature.open_page(context_of(request), handle)
    except NotFound:
        return show(request, _DEAD, status=404, handle=links.canonical(handle) or "unknown")
    if error.code == "authorisation_moved_on" and opened.state in done:
        return redirect(f"/sign/{links.canonical(handle)}")
    if error.code == "signing_incomplete":
        return _page(request, handle, opened, status=422, filled=filled, problems=faults(filled))
    if error.code == "notice_changed":  # what was ticked was ticked under other words
        filled = Signing(name=filled.name, title=filled.title)
    status = 409 if isinstance(error, Conflict) else 422
    return _page(request, handle, opened, status=status, filled=filled, message=error.message, refusal=refusal)


ROUTES: list[Any] = [sign_page, sign, refuse, renew, renewed_page, signed_document, staff_document]
