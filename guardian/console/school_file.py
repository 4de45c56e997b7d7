"""The uploaded file, given back with what there is to say beside each row, as long as it is kept."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import route
from litestar.params import FromPath
from litestar.response import Stream

from guardian.console import roster_words
from guardian.console.frame import CLERKS, READ, at_desk
from guardian.console.school_plan import found_here
from guardian.errors import Conflict
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.roster import planning, workshop
from guardian.roster import store as rosters
from guardian.roster.reading.annotated import annotate
from guardian.web.page import AnyRequest, context_of, language_of

_PIECE = 256 * 1024
_HEADERS = {
    "Content-Disposition": 'attachment; filename="roster-with-remarks.csv"', "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}  # fmt: skip


@route("/school/rosters/{upload:uuid}/file", http_method=READ, include_in_schema=False)
async def with_remarks(request: AnyRequest, upload: FromPath[UUID]) -> Stream:
    """The file with two more columns. Raises Conflict once it is no longer kept, or where it has no single table."""
    actor, school = await at_desk(request, *CLERKS)
    found = await found_here(request, upload)
    if not found.has_file:
        raise Conflict("roster_ended", N_("The file of this upload is no longer kept. Upload it again."))
    ctx, language = context_of(request), language_of(request)
    async with contextlib.AsyncExitStack() as stack:
        target = await stack.enter_async_context(workshop.place(ctx)) / "remarks.csv"
        async with ctx.transaction(actor) as tx:
            rows, findings = await rosters.rows(tx, upload), await rosters.findings(tx, upload)
            remarks = roster_words.remarks(rows, findings, language)
            async with planning.unpacked(ctx, tx, upload) as path:
                columns = found.mapping.mapping if found.mapping else None
                made = await asyncio.to_thread(
                    _made, path, target, locale=planning.locale_of(school), columns=columns, remarks=remarks,
                    rest=text(language, roster_words.ROWS["unchanged"]) if found.state == "planned" else "",
                )  # fmt: skip
        if not made:
            raise Conflict(
                "no_single_table",
                N_("This kind of file cannot be given back with remarks. Look at the rows on its page."),
            )
        return Stream(_pieces(target, stack.pop_all()), media_type="text/csv", headers=_HEADERS)


def _made(path: Path, target: Path, **how: Any) -> bool:
    with workshop.open_private(target) as file:
        return annotate(path, file, **how)


async def _pieces(path: Path, stack: contextlib.AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece


ROUTES: list[Any] = [with_remarks]
