"""Which column is what: the columns of an upload with sample values, and what each seems to be, for a person to say."""

from collections.abc import Mapping as Fields
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import roster_words
from guardian.console.frame import CLERKS, READ, at_desk, desk, sentence_of
from guardian.console.school_rosters import address_of, read_soon
from guardian.errors import Conflict, Refused
from guardian.roster import columns, mappings
from guardian.roster.reading.mapping import FIELDS
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect


@route("/school/rosters/{upload:uuid}/columns", http_method=READ, include_in_schema=False)
async def show_columns(request: AnyRequest, upload: FromPath[UUID]) -> Response[Any]:
    """The form; an upload in which nothing can be chosen shows its own page."""
    try:
        return await _page(request, upload)
    except Conflict:
        return redirect(address_of(upload))


@post("/school/rosters/{upload:uuid}/columns", include_in_schema=False)
async def say_columns(request: AnyRequest, upload: FromPath[UUID]) -> Response[Any]:
    """Keep what was said and read the file again."""
    fields = await form_of(request)
    actor, _ = await at_desk(request, *CLERKS)
    width = max((int(name[7:]) for name in fields if name.startswith("column-") and name[7:].isdecimal()), default=-1)
    try:
        said = mappings.checked(
            [fields.get(f"column-{place}", "") for place in range(min(width, 2_000) + 1)],
            header=fields.get("header") != "no", dates=fields.get("dates"),
        )  # fmt: skip
        await columns.map_columns(context_of(request), actor, upload, said)
    except Refused as error:
        return await _page(request, upload, status=422, given=fields, where=error.where, error=error)
    except Conflict:
        return redirect(address_of(upload))
    return await read_soon(request, actor, upload)


async def _page(
    request: AnyRequest, upload: UUID, *, status: int = 200, given: Fields[str, str] | None = None, where: str = "",
    error: Refused | None = None,
) -> Page:  # fmt: skip
    actor, school = await at_desk(request, *CLERKS)
    found, proposal = await columns.proposal_of(context_of(request), actor, upload)
    chosen = found.mapping.mapping if found.mapping else None
    values = {
        f"column-{place}": (chosen.columns[place] if place < len(chosen.columns) else "") if chosen else column.field
        for place, column in enumerate(proposal.columns)
    }
    dates = {"dmy": "day_first", "mdy": "month_first"}.get(chosen.order or "") if chosen else None
    values |= {"header": "yes" if proposal.header else "no", "dates": dates or ""}
    return desk(
        request, "columns.html", status=status, school=school, upload=found, proposal=proposal, words=roster_words,
        values=values | dict(given or {}), fields=FIELDS, where=where,
        message=sentence_of(request, error) if error else None,
    )  # fmt: skip


ROUTES: list[Any] = [show_columns, say_columns]
