"""Who works here, in which role, and for how long a signed-in browser stays so."""

from datetime import datetime, timedelta
from typing import get_args
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from guardian.errors import Refused
from guardian.events import Actor, Role
from guardian.i18n import gettext_noop as N_

SIGN_IN_LINK = timedelta(minutes=20)
"""How long a link that was asked for on the sign-in page is good."""
INVITATION_LINK = timedelta(days=7)
"""How long the link of an invitation is good: it comes unasked, so it must survive a few days in a full inbox."""
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
"""How often at most a session's last use is written down."""
MAILS_PER_HOUR = 5

OPERATOR_ROLES: frozenset[Role] = frozenset({"operator_admin", "privacy_officer", "read_only"})
INSTITUTION_ROLES: frozenset[Role] = frozenset({"institution_admin", "roster_manager", "read_only"})


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """A person who works for an institution, or (institution None) for the operator."""

    id: UUID
    institution: UUID | None
    email: str | None
    email_key: str | None
    name: str | None
    role: Role
    language: str
    state: str

    @property
    def actor(self) -> Actor:
        """The person as the actor of a command."""
        return Actor(kind="staff", id=self.id, institution=self.institution, role=self.role)


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """The person who is signed in, as pages greet them."""

    actor: Actor
    name: str
    institution_name: str | None


class StaffSession(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser. Instants are UTC; `expires_at` is the absolute end."""

    id: UUID
    staff: UUID
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it still signs somebody in: not signed out, not idle for 8 hours, not older than 24."""
        return self.revoked_at is None and now < self.expires_at and now < self.last_seen_at + IDLE


def check_role(role: str, institution: UUID | None) -> Role:
    """The role, if it fits: the operator's for the operator's staff, an institution's for its own. Raises Refused."""
    fitting = OPERATOR_ROLES if institution is None else INSTITUTION_ROLES
    for known in get_args(Role):
        if known == role and known in fitting:
            fits: Role = known
            return fits
    raise Refused(
        "role_unknown",
        N_("This role is not one of: %(roles)s. Choose one of them."),
        params={"roles": ", ".join(sorted(fitting))},
        where="role",
    )


def home_of(actor: Actor) -> str:
    """The page where a signed-in person's work begins."""
    return "/admin" if actor.institution is None else "/school"


def safe_next(text: str | None) -> str | None:
    """A wish where to go after signing in, if it is a path inside the desks; else nothing.

    A browser reads a double slash, a backslash or a control character as another site, so only plain paths pass.
    """
    if not text or len(text) > 500 or not text.isascii() or not text.isprintable() or "\\" in text:
        return None
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or ".." in parts.path.split("/"):
        return None
    inside = any(parts.path == root or parts.path.startswith(root + "/") for root in ("/school", "/admin"))
    return text if inside else None
