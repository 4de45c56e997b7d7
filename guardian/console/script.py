"""The one script of these pages, served beside them."""

from functools import cache
from pathlib import Path
from typing import Any

from litestar import Response, route

from guardian.console.frame import READ


@cache
def _source() -> str:
    return Path(__file__).with_name("progress.js").read_text(encoding="utf-8")


@route("/school/rosters/progress.js", http_method=READ, include_in_schema=False, sync_to_thread=False)
def progress_script() -> Response[str]:
    """Watches a large roster; the page is complete without it."""
    return Response(_source(), media_type="text/javascript", headers={"Cache-Control": "private, max-age=3600"})


ROUTES: list[Any] = [progress_script]
