"""Uploading a roster: the file comes in, is kept encrypted, and its plan is made."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.datastructures import UploadFile

from guardian.console import roster_words
from guardian.console.frame import CLERKS, READ, at_desk, desk, sentence_of
from guardian.context import Context
from guardian.errors import Conflict, GuardianError, Refused, TooLarge
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_
from guardian.roster import columns, service, workshop
from guardian.roster import store as rosters
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_BODY = 1024 * 1024 * 1024
"""The most that a form may send before it is cut off; the budget of the settings is judged on the file itself."""


@route("/school/rosters", http_method=READ, include_in_schema=False)
async def uploads(request: AnyRequest) -> Page:
    """The form, and what was uploaded before."""
    return await _page(request)


@post("/school/rosters", include_in_schema=False, request_max_body_size=_BODY)
async def upload(request: AnyRequest) -> Response[Any]:
    """Take a file in and plan it: at once, or by the worker when it is large."""
    actor, school = await at_desk(request, *CLERKS)
    fields = await form_of(request)
    ctx, mode = context_of(request), fields.get("mode", "")
    try:
        service.check_mode(mode)
        async with _received(ctx, (await request.form()).get("file")) as path:
            made = await service.receive(ctx, actor, school.id, path, mode=mode)
    except (Refused, TooLarge) as error:
        return await _page(request, status=422, mode=mode, error=error)
    return await read_soon(request, actor, made)


async def read_soon(request: AnyRequest, actor: Actor, upload: UUID) -> Response[Any]:
    """Read an upload, at once or (a large one) by the worker, and go to the page that comes next."""
    ctx = context_of(request)
    if await service.plan_later(ctx, actor, upload):
        return redirect(address_of(upload))
    plan = await service.make_plan(ctx, actor, upload, language=language_of(request))
    try:
        found, proposal = await columns.proposal_of(ctx, actor, upload)
    except Conflict:
        return redirect(address_of(upload))
    asks = columns.should_ask(plan, found, proposal)
    return redirect(f"{address_of(upload)}/columns" if asks else address_of(upload))


@contextlib.asynccontextmanager
async def _received(ctx: Context, sent: Any) -> AsyncIterator[Path]:
    """The uploaded file as a file that only this account can read, gone again at the end. Raises Refused."""
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise Refused("file_missing", N_("Choose a file first."), where="file")
    try:
        async with workshop.received(ctx, sent.file) as path:
            yield path
    finally:
        await sent.close()


async def _page(request: AnyRequest, *, status: int = 200, mode: str = "", error: GuardianError | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        kept = await rosters.page(tx, school.id, limit=50)
    return desk(
        request, "rosters.html", status=status, school=school, uploads=kept, words=roster_words, mode=mode,
        megabytes=ctx.settings.roster_max_bytes // (1024 * 1024), may=actor.role in CLERKS,
        where=error.where if error else "", message=sentence_of(request, error) if error else None,
    )  # fmt: skip


def address_of(upload: UUID) -> str:
    """Where an upload's page is."""
    return f"/school/rosters/{upload}"


ROUTES: list[Any] = [uploads, upload]
