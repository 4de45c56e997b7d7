"""Rosters over the API: send one, see what it would change, write it."""

import contextlib
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, HeaderParameter

from guardian.context import Context, Tx
from guardian.errors import NotFound, Refused
from guardian.events import Actor
from guardian.i18n import choose
from guardian.i18n import gettext_noop as N_
from guardian.roster import columns, mappings, service, workshop
from guardian.roster.domain import Plan
from guardian.roster.reading.proposal import Proposal

_BODY = 1024 * 1024 * 1024
"""The most that a request may send before it is cut off; the budget of the settings is judged on the file itself."""
_FORM = (
    "multipart form: `file`, `institution` (its id), `mode` (additions, snapshot or delta; default additions), "
    "`mapping` (JSON, optional: which column is what)"
)

AnyRequest = Request[Any, Any, Any]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", description="Sent again with the same key, the same request does nothing twice."
    ),
]


class CommitBody(msgspec.Struct, forbid_unknown_fields=True):
    """`confirm_missing`: a person confirmed that the learners missing from the file left."""

    confirm_missing: bool = False


@post("/v1/rosters", summary="Send a roster", description=_FORM, tags=["rosters"], request_max_body_size=_BODY)
async def send_roster(request: AnyRequest, key: Key = None) -> Response[Plan]:
    """201 with its plan, or 202 when the file is large: then `GET /v1/rosters/{id}` shows how far it is."""
    ctx, actor = await _client(request)
    form = await request.form()
    institution = _institution(form.get("institution"))
    mode = str(form.get("mode") or "additions")
    service.check_mode(mode)
    said = str(form.get("mapping") or "")
    mapping = mappings.parsed(said) if said else None
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        raise Refused("file_missing", N_("Send the roster in the form field “file”."), where="file")
    repeats = _repeats(ctx, actor, key)
    async with _received(ctx, sent) as path:
        upload = await service.receive(ctx, actor, institution, path, mode=mode, mapping=mapping, repeats=repeats)
    language = _language(request)
    if await service.plan_later(ctx, actor, upload):
        return Response(await service.get_plan(ctx, actor, upload, language=language), status_code=202)
    return Response(await service.make_plan(ctx, actor, upload, language=language), status_code=201)


@get("/v1/rosters/{upload:str}", summary="A roster's plan", tags=["rosters"])
async def one_roster(request: AnyRequest, upload: FromPath[str]) -> Plan:
    """The plan, or how far reading has come."""
    ctx, actor = await _client(request)
    return await service.get_plan(ctx, actor, _upload(upload), language=_language(request))


@get("/v1/rosters/{upload:str}/columns", summary="The columns of a roster", tags=["rosters"])
async def roster_columns(request: AnyRequest, upload: FromPath[str]) -> Proposal:
    """What each column seems to be, with sample values: the base of a `mapping`. 409 where nothing can be asked."""
    ctx, actor = await _client(request)
    return (await columns.proposal_of(ctx, actor, _upload(upload)))[1]


@post("/v1/rosters/{upload:str}/commit", status_code=200, summary="Write a roster's plan", tags=["rosters"])
async def commit_roster(request: AnyRequest, upload: FromPath[str], key: Key = None) -> Response[Plan]:
    """200 with what was written (again the same when repeated), or 202 when the roster is large."""
    ctx, actor = await _client(request)
    wanted, language = _upload(upload), _language(request)
    confirmed = await _confirmed(request)
    repeats = _repeats(ctx, actor, key)
    if await service.commit_later(ctx, actor, wanted, confirm_missing=confirmed, repeats=repeats):
        return Response(await service.get_plan(ctx, actor, wanted, language=language), status_code=202)
    done = await service.commit(ctx, actor, wanted, confirm_missing=confirmed, language=language, repeats=repeats)
    return Response(done, status_code=200)


async def _client(request: AnyRequest) -> tuple[Context, Actor]:
    """The API client, as the port `client_of` knows it: who holds which key is a higher room's matter."""
    ctx: Context = request.app.state.context
    actor: Actor = await ctx.ports["client_of"](request, "rosters")
    return ctx, actor


def _repeats(ctx: Context, actor: Actor, key: str | None) -> service.Repeats | None:
    """What knows a request of this client that comes again, as the port `once` remembers them."""
    if key is None:
        return None

    async def repeats(tx: Tx, subject: UUID, *asked: object) -> UUID | None:
        said = sha256("\n".join(str(one) for one in asked).encode()).digest()
        first: UUID | None = await ctx.ports["once"](ctx, tx, actor, key, request=said, subject=subject)
        return first

    return repeats


@contextlib.asynccontextmanager
async def _received(ctx: Context, sent: UploadFile) -> AsyncIterator[Path]:
    try:
        async with workshop.received(ctx, sent.file) as path:
            yield path
    finally:
        await sent.close()


async def _confirmed(request: AnyRequest) -> bool:
    body = await request.body()
    if not body:
        return False
    try:
        return msgspec.json.decode(body, type=CommitBody).confirm_missing
    except msgspec.DecodeError as error:
        raise Refused(
            "body_invalid", N_("Send nothing, or a JSON object with “confirm_missing”: true or false."), where="body"
        ) from error


def _institution(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound(
            "unknown_institution", N_("There is no such institution. Check its id."), where="institution"
        ) from error


def _upload(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("unknown_upload", N_("There is no such upload. Check its id.")) from error


def _language(request: AnyRequest) -> str:
    return choose(request.query_params.get("lang"), request.headers.get("accept-language"))


ROUTES: list[Any] = [send_roster, one_roster, roster_columns, commit_roster]
