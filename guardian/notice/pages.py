"""The online notice (16 CFR 312.4(d)): open to anybody, the version in force, in the reader's language."""

from typing import Any

from litestar import HttpMethod, Response, route

from guardian.events import SYSTEM
from guardian.notice import service
from guardian.web.page import AnyRequest, context_of, language_of, show


@route("/notice", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def notice_page(request: AnyRequest) -> Response[Any]:
    """The whole notice."""
    async with context_of(request).transaction(SYSTEM) as tx:
        notice = await service.current(tx)
    shown = notice.shown(language_of(request))
    return show(request, "sign/notice.html", notice=notice, shown=shown)


ROUTES: list[Any] = [notice_page]
