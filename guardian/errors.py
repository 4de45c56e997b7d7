"""The closed list of ways a command can be refused. Only `web/problems.py` knows their status codes.

Every message says what is wrong, where, and how to mend it, in the reader's language: it is an English
msgid with named places, translated where it is shown. No personal data goes into `params`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class GuardianError(Exception):
    """A broken expectation, told to the caller. `code` is stable: programs may rely on it."""

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, message: str, *, params: Mapping[str, Any] | None = None, where: str = "") -> None:
        super().__init__(message % (params or {}) if params else message)
        self.code = code
        self.message = message
        self.params: dict[str, Any] = dict(params or {})
        self.where = where


class NotFound(GuardianError):
    """There is no such thing, or it belongs to somebody else: the two are answered alike."""

    kind = "not_found"


class Refused(GuardianError):
    """The input breaks a rule; sending it again unchanged will be refused again."""

    kind = "refused"


class Conflict(GuardianError):
    """The facts changed since the caller read them, or another act won the race."""

    kind = "conflict"


class NotAllowed(GuardianError):
    """The caller is known and may not do this."""

    kind = "not_allowed"


class NotSignedIn(GuardianError):
    """The caller is not known: no session, no key, or a wrong one."""

    kind = "not_signed_in"


class TooLarge(GuardianError):
    """The input is over a byte or row budget."""

    kind = "too_large"


class TooMany(GuardianError):
    """A limit of acts per time is reached; `params["retry_after"]` says after how many seconds to try again."""

    kind = "too_many"


class Unavailable(GuardianError):
    """A service that is needed (database, mail server) does not answer."""

    kind = "unavailable"
