"""A token is good for one use, under one key, for its time; whatever else is sent is a BadToken and nothing worse."""

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guardian.keys import parse
from guardian.tokens import DECISION_TICKET, SIGN_TICKET, BadToken, mint, verify

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
ISSUER = "https://guardian.example.org"
OLD, NEW = "a:" + "o" * 40, "b:" + "n" * 40
RING = parse(OLD)
KEY = RING.key(DECISION_TICKET.use)
HEADERS = {"kid": "a", "typ": DECISION_TICKET.typ}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER, "aud": DECISION_TICKET.audience, "sub": "s", "jti": "j", "iat": int(NOW.timestamp()),
    "nbf": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 1800,
}  # fmt: skip


def forged(key: Any = KEY, algorithm: str = "HS256", headers: Any = None, **claims: Any) -> str:
    """A token signed as asked; a claim of None is left out."""
    body = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    headers = HEADERS if headers is None else headers
    return jwt.PyJWS().encode(json.dumps(body).encode(), key, algorithm=algorithm, headers=headers)


def raw(header: Any, payload: Any, signature: bytes = b"x" * 32) -> str:
    """A token of any bytes."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def checked(token: str, **more: Any) -> dict[str, Any]:
    return verify(RING, DECISION_TICKET, token, now=more.get("now", LATER), issuer=more.get("issuer", ISSUER))


PUBLIC = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
GOOD = forged()

FORGED = {
    "no signature": raw({"alg": "none", **HEADERS}, CLAIMS, b""),
    "algorithm none": jwt.encode(CLAIMS, None, algorithm="none", headers=HEADERS),  # type: ignore[arg-type]
    "algorithm None": raw({"alg": "None", **HEADERS}, CLAIMS),
    "another hash": forged(algorithm="HS512", key=KEY * 2),
    "a public key as secret": forged(PUBLIC),
    "a foreign secret": forged(b"f" * 32),
    "the key of another use": forged(RING.key(SIGN_TICKET.use)),
    "unknown key": forged(headers={**HEADERS, "kid": "z"}),
    "no key id": forged(headers={"typ": DECISION_TICKET.typ}),
    "a list as key id": raw({"alg": "HS256", "typ": "ticket+jwt", "kid": ["a"]}, CLAIMS),
    "an object as key id": raw({"alg": "HS256", "typ": "ticket+jwt", "kid": {}}, CLAIMS),
    "an audience list": forged(aud=[DECISION_TICKET.audience]),
    "another audience": forged(aud=SIGN_TICKET.audience),
    "an issuer's beginning": forged(iss=ISSUER[:-1]),
    "an issuer with more": forged(iss=ISSUER + ".evil.example.com"),
    "an issuer list": forged(iss=[ISSUER]),
    "a critical extension": forged(headers={**HEADERS, "crit": ["b64"], "b64": False}),
    "an unknown critical extension": forged(headers={**HEADERS, "crit": ["x"], "x": 1}),
    "another type": forged(headers={**HEADERS, "typ": SIGN_TICKET.typ}),
    "the common type": forged(headers={**HEADERS, "typ": "JWT"}),
    **{f"no {name}": forged(KEY, "HS256", None, **{name: None}) for name in CLAIMS},
    **{f"{name} as text": forged(KEY, "HS256", None, **{name: str(CLAIMS[name])}) for name in ("iat", "nbf", "exp")},
    **{f"{name} with a fraction": forged(**{name: CLAIMS[name] + 0.5}) for name in ("iat", "nbf", "exp")},
    "exp true": forged(exp=True),
    "exp not a number": forged(exp=float("nan")),
    "exp infinite": forged(exp=float("inf")),
    "sub a number": forged(sub=7),
    "jti a number": forged(jti=7),
    "padding at the end": GOOD + "==",
    "padding of a part": GOOD.replace(".", "=.", 1),
    "a megabyte": "a" * 1_000_000,
    "a megabyte of dots": "." * 1_000_000,
    "a megabyte in a part": raw({"alg": "HS256", **HEADERS}, {**CLAIMS, "x": "y" * 750_000}),
    "a lone surrogate": "\ud800.x.y",
    "other letters": "é.x.y",
    "a null byte": "\x00.x.y",
    "nothing": "",
    "two dots": "..",
    "one part": GOOD.split(".")[0],
    "five parts": "a.b.c.d.e",
    "spaces": " " + GOOD,
    "a line end": GOOD + "\n",
    "not base64": "!!!.???.###",
    "not JSON": raw(b"{", b"}"),
    "a list as header": raw([], CLAIMS),
    "a list as claims": raw({"alg": "HS256", **HEADERS}, []),
    "null as claims": raw({"alg": "HS256", **HEADERS}, None),
    "deep nesting": raw(b"[" * 1_400, CLAIMS),
    "no such encoding": raw(b"\xff\xfe", CLAIMS),
    "a changed claim": GOOD.replace(GOOD.split(".")[1], raw({}, {**CLAIMS, "sub": "t"}).split(".")[1]),
}  # fmt: skip


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    with pytest.raises(BadToken) as refused:
        checked(token)
    assert refused.value.reason == "malformed"


def test_a_good_token_gives_its_claims_back() -> None:
    token = mint(RING, DECISION_TICKET, {"sub": "s", "jti": "j", "links": ["l"]}, now=NOW, issuer=ISSUER)
    assert checked(token)["links"] == ["l"]


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(0, "too_early"), (1.999, "too_early"), (2, None), (1799.999, None), (1800, "expired"), (10**9, "expired")],
)
def test_a_ticket_is_good_from_two_seconds_on_until_its_end(seconds: float, reason: str | None) -> None:
    token = mint(RING, DECISION_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    with contextlib.nullcontext() if reason is None else pytest.raises(BadToken, match=reason):
        checked(token, now=NOW + timedelta(seconds=seconds))


def test_a_moment_is_the_same_in_every_zone() -> None:
    from zoneinfo import ZoneInfo

    token = mint(RING, DECISION_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    assert checked(token, now=LATER.astimezone(ZoneInfo("Pacific/Kiritimati")))["sub"] == "s"


def test_claims_of_the_caller_cannot_stretch_a_token() -> None:
    mine = {"sub": "s", "jti": "j", "exp": 9_999_999_999, "aud": "other", "nbf": 0}
    token = mint(RING, DECISION_TICKET, mine, now=NOW, issuer=ISSUER)
    with pytest.raises(BadToken, match="expired"):
        checked(token, now=NOW + timedelta(hours=1))


def test_a_token_of_one_kind_is_never_taken_for_another() -> None:
    ticket = mint(RING, DECISION_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    signing = mint(RING, SIGN_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    for kind, token in ((SIGN_TICKET, ticket), (DECISION_TICKET, signing)):
        with pytest.raises(BadToken):
            verify(RING, kind, token, now=LATER, issuer=ISSUER)


def test_an_old_key_verifies_until_it_is_taken_out_of_the_ring() -> None:
    old = mint(RING, DECISION_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    both = parse(f"{NEW}\n{OLD}")
    assert verify(both, DECISION_TICKET, old, now=LATER, issuer=ISSUER)["sub"] == "s"
    new = mint(both, DECISION_TICKET, {"sub": "s", "jti": "j"}, now=NOW, issuer=ISSUER)
    assert jwt.get_unverified_header(new)["kid"] == "b"
    with pytest.raises(BadToken):
        verify(RING, DECISION_TICKET, new, now=LATER, issuer=ISSUER)
    with pytest.raises(BadToken):
        verify(parse(NEW), DECISION_TICKET, old, now=LATER, issuer=ISSUER)


def test_a_long_life_is_whole_seconds_and_a_token_stays_short() -> None:
    token = mint(RING, DECISION_TICKET, {"sub": "s" * 36, "jti": "j" * 22}, now=NOW, issuer=ISSUER)
    assert len(token) < 500
    claims = msgspec.json.decode(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 1800
