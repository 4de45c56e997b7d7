"""The cookie of a signed-in browser, and the question every desk page asks first: who sits there?"""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from guardian.errors import NotAllowed, NotSignedIn
from guardian.events import Actor, Role
from guardian.i18n import gettext_noop as N_
from guardian.settings import Settings
from guardian.staff.domain import ABSOLUTE, Present
from guardian.staff.service import present
from guardian.web.page import context_of


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse that prefix on plain http."""
    return "__Host-guardian-staff" if settings.https else "guardian-staff"


def cookie(settings: Settings, token: str | None) -> Cookie:
    """The cookie to set after signing in, or (None) the one that takes it away."""
    return Cookie(
        key=cookie_name(settings),
        value=token or "",
        path="/",
        httponly=True,
        secure=settings.https,
        samesite="lax",
        max_age=int(ABSOLUTE.total_seconds()) if token else 0,
    )


async def current_staff(request: Request[Any, Any, Any]) -> Actor | None:
    """Who is signed in with this browser, if anybody; asked once per request. Pages find the name in
    `request.state.staff`.
    """
    if "staff" not in request.state:
        ctx = context_of(request)
        token = request.cookies.get(cookie_name(ctx.settings), "")
        request.state.staff = await present(ctx, token) if 20 < len(token) < 100 else None
    found: Present | None = request.state.staff
    return found.actor if found else None


async def staff_of(request: Request[Any, Any, Any], *roles: Role, institution: bool | None = None) -> Actor:
    """The signed-in person, if the role is one of `roles` (none named: any).

    `institution`: True, only the staff of a school; False, only the operator's; None, both. Raises NotSignedIn (a
    browser is then sent to the sign-in page) and NotAllowed.
    """
    actor = await current_staff(request)
    if actor is None:
        raise NotSignedIn("not_signed_in", N_("Please sign in first: you are not signed in, or no longer."))
    side_fits = institution is None or institution is (actor.institution is not None)
    if not side_fits or (roles and actor.role not in roles):
        raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask an administrator."))
    return actor
