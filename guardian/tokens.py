"""Signed tokens: mint and verify. The only module that imports PyJWT.

Every kind of token has its own key, audience and `typ`, one fixed algorithm, and an expiry that is required. PyJWT
checks signatures only; times are judged against the caller's clock.
"""

from datetime import datetime, timedelta
from typing import Any

import jwt
import msgspec

from guardian.keys import KeyRing

_LONGEST = 4096


class TokenKind(msgspec.Struct, frozen=True):
    """What a token is for. `use` names its key, `audience` and `typ` bind it; `life` is how long it is good."""

    use: str
    audience: str
    typ: str
    life: timedelta
    not_before: timedelta = timedelta()


DECISION_TICKET = TokenKind("ticket", "consent-decision", "ticket+jwt", timedelta(minutes=30), timedelta(seconds=2))
"""Made when a guardian's page is shown, needed to press its button. Two seconds young it is refused: no person reads
a page that fast, and a scanner that submits forms does."""

SIGN_TICKET = TokenKind(
    "sign-ticket", "authorisation-signing", "sign-ticket+jwt", timedelta(hours=2), timedelta(seconds=2)
)
"""The same for the signatory's page."""


class BadToken(Exception):
    """Not a token of this kind, or no longer or not yet good. `reason`: malformed, expired, too_early."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_JWT = jwt.PyJWT(options={"enforce_minimum_key_length": True})


def mint(ring: KeyRing, kind: TokenKind, claims: dict[str, Any], *, now: datetime, issuer: str) -> str:
    """A signed token with `claims` (`sub` and `jti` among them), issued at `now` (aware)."""
    issued = int(now.timestamp())
    body = {
        **claims,
        "iss": issuer,
        "aud": kind.audience,
        "iat": issued,
        "nbf": issued + int(kind.not_before.total_seconds()),
        "exp": issued + int(kind.life.total_seconds()),
    }
    headers = {"kid": ring.current, "typ": kind.typ}
    return _JWT.encode(body, ring.key(kind.use), algorithm="HS256", headers=headers)


def verify(ring: KeyRing, kind: TokenKind, token: str, *, now: datetime, issuer: str) -> dict[str, Any]:
    """The claims of a good token. Raises BadToken; never anything else, whatever the text."""
    if len(token) > _LONGEST or not token.isascii() or token.count(".") != 2 or "=" in token:
        raise BadToken("malformed")
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        if not isinstance(kid, str) or kid not in ring.secrets:
            raise BadToken("malformed")
        decoded = _JWT.decode_complete(
            token,
            ring.key(kind.use, kid),
            algorithms=["HS256"],
            audience=kind.audience,
            issuer=issuer,
            options={
                "require": ["iss", "aud", "sub", "jti", "iat", "nbf", "exp"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise BadToken("malformed") from error
    claims: dict[str, Any] = decoded["payload"]
    if decoded["header"].get("typ") != kind.typ or not all(type(claims[c]) is int for c in ("iat", "nbf", "exp")):
        raise BadToken("malformed")
    moment = now.timestamp()
    if moment >= claims["exp"]:
        raise BadToken("expired")
    if moment < claims["nbf"]:
        raise BadToken("too_early")
    return claims
