"""The doors that everybody may open: the first address, and the page for a learner whose account waits."""

from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Response, route

from guardian.access.codes import CODES, PERMITS
from guardian.access.plain import Kind, kind_of
from guardian.console.frame import READ
from guardian.i18n import LANGUAGES
from guardian.staff.domain import home_of
from guardian.staff.session import current_staff
from guardian.web.page import AnyRequest, redirect, show


@route("/", http_method=READ, include_in_schema=False)
async def front(request: AnyRequest) -> Response[Any]:
    """To the desk of whoever is signed in, else to the sign-in page."""
    actor = await current_staff(request)
    return redirect(home_of(actor) if actor else "/sign-in")


@route("/waiting", http_method=READ, include_in_schema=False)
async def waiting(request: AnyRequest) -> Response[Any]:
    """Why an account has to wait, and what to do. It knows nothing about who reads it, so it cannot give anybody away:
    a platform names the kind of reason (`?why=guardian`), or the decision's first code, which is turned into its kind
    before anything is shown, so that no address bar says what a guardian answered.
    """
    why = request.query_params.get("why", "")
    if why in CODES:
        wish = request.query_params.get("lang", "")
        kept = {} if why in PERMITS else {"why": kind_of(why)}
        query = urlencode(kept | ({"lang": wish} if wish in LANGUAGES else {}))
        return redirect(f"/waiting?{query}" if query else "/waiting")
    return show(request, "waiting.html", why=why if why in get_args(Kind) else "", page_query=_kept(why))


def _kept(why: str) -> dict[str, str]:
    return {"why": why} if why in get_args(Kind) else {}


ROUTES: list[Any] = [front, waiting]
