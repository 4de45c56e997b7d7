"""The key ring: one secret per `kid`, and a key of its own for every use, so that no key serves two."""

import hmac
import re
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardian.errors import Refused

_KID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class KeyRing(msgspec.Struct, frozen=True):
    """Secrets by key id, the current one first. Old ones verify until they are taken out."""

    secrets: dict[str, bytes]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.secrets)})"  # a trace shows locals; it must never show a secret

    @property
    def current(self) -> str:
        """The key id that new things are made with."""
        return next(iter(self.secrets))

    def key(self, use: str, kid: str | None = None) -> bytes:
        """The 32-byte key for one use (HKDF-SHA256 over the secret). Raises KeyError for an unknown `kid`."""
        secret = self.secrets[self.current if kid is None else kid]
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"guardian/1/" + use.encode()).derive(secret)

    def keyed_hash(self, use: str, text: str) -> bytes:
        """An HMAC-SHA256 that lets a value be recognised without being kept. Made with the oldest key, so that it
        stays comparable when a newer one is added in front.
        """
        oldest = list(self.secrets)[-1]
        return hmac.new(self.key(use, oldest), text.encode(), sha256).digest()


def parse(text: str) -> KeyRing:
    """A ring from lines `kid:secret`, newest first; a bare secret counts as `a:`.

    Raises Refused for a secret under 32 bytes, and for a key id that is no word or stands twice.
    """
    secrets: dict[str, bytes] = {}
    for line in text.split():
        kid, separator, secret = line.partition(":")
        if not separator:
            kid, secret = "a", line
        if not _KID.fullmatch(kid) or kid in secrets:
            raise Refused(
                "secret_key_id",
                "Each line of the key ring needs a key id of its own before the colon: 1 to 16 letters or digits.",
            )
        if len(secret.encode()) < 32:
            raise Refused("secret_too_short", "A secret of the key ring must be at least 32 bytes long.")
        secrets[kid] = secret.encode()
    if not secrets:
        raise Refused("secret_missing", "No secret is set: give GUARDIAN_SECRET or GUARDIAN_SECRET_FILE.")
    return KeyRing(secrets)
