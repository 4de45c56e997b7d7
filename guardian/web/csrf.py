"""Proof that a form came from one of our pages: a cookie and a field that belongs to it.

The field is an HMAC of the cookie's random value, so that neither can be made by another site, and no session is
needed: a guardian has none.
"""

import hmac
import secrets
from hashlib import sha256

from guardian.errors import NotAllowed
from guardian.i18n import gettext_noop as N_
from guardian.keys import KeyRing

FIELD = "_csrf"


def cookie_name(*, https: bool) -> str:
    """`__Host-` binds the cookie to this very host, but only https may set it."""
    return "__Host-guardian-form" if https else "guardian-form"


def new_cookie() -> str:
    """A fresh random value."""
    return secrets.token_urlsafe(18)


def field_of(keys: KeyRing, cookie: str, kid: str | None = None) -> str:
    """The form field that belongs to a cookie, made with the current key or the named one."""
    return hmac.new(keys.key("csrf", kid), cookie.encode(), sha256).hexdigest()[:40]


def check(keys: KeyRing, cookie: str | None, field: str | None) -> None:
    """Raises NotAllowed when the form does not belong to the browser that sends it.

    A page that was open while the key was renewed still counts: older keys of the ring are tried, too.
    """
    if cookie and field and len(cookie) < 100:
        # As bytes: comparing texts with letters beyond ASCII raises TypeError.
        sent = field.encode()
        if any(hmac.compare_digest(field_of(keys, cookie, kid).encode(), sent) for kid in keys.secrets):
            return
    raise NotAllowed(
        "csrf_failed",
        N_("This form is too old, or cookies are switched off. Go back, reload the page and press the button again."),
    )
