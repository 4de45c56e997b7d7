"""The doors that everybody may open: the first address, and the page for a learner whose account waits."""

from typing import Any

from litestar import Response, route

from guardian.console.frame import READ
from guardian.staff.domain import home_of
from guardian.staff.session import current_staff
from guardian.web.page import AnyRequest, Page, redirect, show


@route("/", http_method=READ, include_in_schema=False)
async def front(request: AnyRequest) -> Response[Any]:
    """To the desk of whoever is signed in, else to the sign-in page."""
    actor = await current_staff(request)
    return redirect(home_of(actor) if actor else "/sign-in")


@route("/waiting", http_method=READ, include_in_schema=False)
async def waiting(request: AnyRequest) -> Page:
    """Why an account may have to wait. It knows nothing about who reads it, so it cannot give anybody away."""
    return show(request, "waiting.html")


ROUTES: list[Any] = [front, waiting]
