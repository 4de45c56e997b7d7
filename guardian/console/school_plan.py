"""What a roster would change, row by row, before anything is written; and the decision about it."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import roster_words, school_store
from guardian.console.frame import CLERKS, READ, at_desk, desk, same_for_strangers, sentence_of
from guardian.console.school_rosters import address_of
from guardian.errors import Conflict
from guardian.i18n import text
from guardian.roster import service
from guardian.roster import store as rosters
from guardian.roster.domain import Upload
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_ROWS = 50
_FINDINGS = 100


@route("/school/rosters/{upload:uuid}", http_method=READ, include_in_schema=False)
async def plan(request: AnyRequest, upload: FromPath[UUID]) -> Page:
    """An upload as it stands: being read, planned, committed, refused."""
    return await _page(request, upload)


@route("/school/rosters/{upload:uuid}/progress", http_method=READ, include_in_schema=False)
async def progress(request: AnyRequest, upload: FromPath[UUID]) -> dict[str, Any]:
    """How far the work is, for the page's own script. `planned`: a number that changes with every new plan."""
    found = await found_here(request, upload)
    return {"state": found.state, "done": found.progress, "total": found.total, "planned": roster_words.version(found)}


@post("/school/rosters/{upload:uuid}/commit", include_in_schema=False)
async def commit(request: AnyRequest, upload: FromPath[UUID]) -> Response[Any]:
    """Write the plan; pressed twice, the same result is shown."""
    fields = await form_of(request)
    actor, _ = await at_desk(request, *CLERKS)
    found = await found_here(request, upload)
    ctx, missing = context_of(request), fields.get("confirm_missing") == "yes"
    try:
        if await service.commit_later(ctx, actor, upload, confirm_missing=missing):
            return redirect(f"{address_of(upload)}?writing={roster_words.version(found)}")
        await service.commit(ctx, actor, upload, confirm_missing=missing, language=language_of(request))
    except Conflict as error:
        return await _page(request, upload, status=409, message=sentence_of(request, error))
    return redirect(address_of(upload))


@post("/school/rosters/{upload:uuid}/cancel", include_in_schema=False)
async def cancel(request: AnyRequest, upload: FromPath[UUID]) -> Response[Any]:
    """Drop the upload and erase its file."""
    await form_of(request)
    actor, _ = await at_desk(request, *CLERKS)
    await found_here(request, upload)
    try:
        await service.cancel(context_of(request), actor, upload)
    except Conflict as error:
        return await _page(request, upload, status=409, message=sentence_of(request, error))
    return redirect(address_of(upload))


async def found_here(request: AnyRequest, upload: UUID) -> Upload:
    """The upload, if it is this school's. Raises NotFound."""
    actor, school = await at_desk(request)
    async with context_of(request).transaction(actor) as tx:
        found = await rosters.get(tx, upload, within=school.id)
    if found is None:
        raise same_for_strangers()
    return found


async def _page(request: AnyRequest, upload: UUID, *, status: int = 200, message: str | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    found = await found_here(request, upload)
    state = query.get("state") if query.get("state") in roster_words.ROWS else None
    start = int(query["start"]) if query.get("start", "").isdecimal() and len(query["start"]) < 7 else 0
    async with ctx.transaction(actor) as tx:
        codes = await school_store.plan_codes(tx, upload, state=state)
        code = query.get("code") if query.get("code") in {code for code, _ in codes} else None
        kept = await school_store.plan_rows(tx, upload, state=state, code=code, start=start, limit=_ROWS + 1)
        findings = await rosters.findings(tx, upload)
        mass = any(one == "MASS_REMOVAL" for one, _ in await school_store.plan_codes(tx, upload, state="missing"))
    rows = [
        {
            "row": row.row, "state": row.state, "codes": row.codes, "record": row.record,
            "changes": roster_words.changes(row.changes, language),
            "said": roster_words.row_said(row.codes, row.row, findings, language),
        }
        for row in kept[:_ROWS]
    ]  # fmt: skip
    reading = found.state in {"received", "read"}
    writing = found.state == "planned" and message is None and query.get("writing") == roster_words.version(found)
    # What was found in a cell stands beside its row; here stands what is about the whole file, or about no listed row.
    whole = [one for one in findings if one.row is None or found.state == "failed"]
    return desk(
        request, "progress.html" if reading or writing else "plan.html", status=status, school=school, upload=found,
        rows=rows, state=state, code=code, codes=roster_words.code_names(codes, language), start=start, size=_ROWS,
        more=len(kept) > _ROWS, writing=roster_words.version(found) if writing else None, message=message,
        mass=text(language, roster_words.PLAN_CODES["MASS_REMOVAL"]) if mass else None,
        findings=[(one, roster_words.whole(one, language)) for one in whole[:_FINDINGS]],
        findings_left=max(0, len(whole) - _FINDINGS), words=roster_words, may=actor.role in CLERKS,
        unknown=[one.column for one in findings if one.code == "HEADER_UNKNOWN" and one.column],
    )  # fmt: skip


ROUTES: list[Any] = [plan, progress, commit, cancel]
