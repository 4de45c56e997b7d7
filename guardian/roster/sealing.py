"""An uploaded file at rest: in pieces, each encrypted with AES-256-GCM and bound to its upload and its place."""

import os
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.keys import KeyRing

PIECE = 1024 * 1024
"""Bytes of the file per piece: what is held in memory at a time."""
_USE = "roster-upload"
_NONCE = 12


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """The file in pieces, read as they are asked for."""
    while piece := source.read(PIECE):
        yield piece


def sealed(keys: KeyRing, upload: UUID, source: BinaryIO) -> Iterator[bytes]:
    """The file in encrypted pieces. Blocks while it reads: a worker thread's work."""
    for position, piece in enumerate(pieces(source)):
        yield seal(keys, upload, position, piece)


def seal(keys: KeyRing, upload: UUID, position: int, piece: bytes) -> bytes:
    """Encrypt a piece under the current key; the key's id stands in front, so that keys may be rotated."""
    kid, nonce = keys.current.encode(), os.urandom(_NONCE)
    sealed = AESGCM(keys.key(_USE)).encrypt(nonce, piece, _bound(upload, position))
    return bytes([len(kid)]) + kid + nonce + sealed


def unseal(keys: KeyRing, upload: UUID, position: int, sealed: bytes) -> bytes:
    """Decrypt a piece. Raises Refused when it was altered, moved, or its key was taken out of the ring."""
    length = sealed[0]
    kid, rest = sealed[1 : 1 + length].decode(), sealed[1 + length :]
    try:
        return AESGCM(keys.key(_USE, kid)).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(upload, position))
    except (InvalidTag, KeyError) as error:
        raise Refused(
            "upload_unreadable", N_("The stored file can no longer be read. Cancel this upload and send it again.")
        ) from error


def _bound(upload: UUID, position: int) -> bytes:
    return upload.bytes + position.to_bytes(4, "big")
