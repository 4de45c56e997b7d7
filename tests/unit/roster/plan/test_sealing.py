"""A file at rest: a piece can be read only with its key, at its place, unaltered."""

from io import BytesIO
from uuid import UUID

import pytest

from guardian.errors import Refused
from guardian.keys import parse
from guardian.roster.sealing import PIECE, pieces, seal, unseal

KEYS = parse("a:" + "s" * 48)
UPLOAD = UUID(int=1)


def test_what_was_sealed_comes_back_even_after_a_new_key() -> None:
    sealed = seal(KEYS, UPLOAD, 0, b"Ada Kowal")
    assert b"Ada" not in sealed
    assert unseal(KEYS, UPLOAD, 0, sealed) == b"Ada Kowal"
    assert unseal(parse("b:" + "t" * 48 + "\na:" + "s" * 48), UPLOAD, 0, sealed) == b"Ada Kowal"


def test_the_same_piece_never_looks_the_same() -> None:
    assert seal(KEYS, UPLOAD, 0, b"x") != seal(KEYS, UPLOAD, 0, b"x")


@pytest.mark.parametrize(
    ("keys", "upload", "position"),
    [
        (KEYS, UUID(int=2), 0),
        (KEYS, UPLOAD, 1),
        (parse("a:" + "t" * 48), UPLOAD, 0),
        (parse("b:" + "s" * 48), UPLOAD, 0),
    ],
)
def test_elsewhere_it_cannot_be_read(keys: object, upload: UUID, position: int) -> None:
    sealed = seal(KEYS, UPLOAD, 0, b"Ada Kowal")
    with pytest.raises(Refused) as refused:
        unseal(keys, upload, position, sealed)  # type: ignore[arg-type]
    assert refused.value.code == "upload_unreadable"


def test_an_altered_piece_is_refused() -> None:
    sealed = bytearray(seal(KEYS, UPLOAD, 0, b"Ada Kowal"))
    sealed[-1] ^= 1
    with pytest.raises(Refused):
        unseal(KEYS, UPLOAD, 0, bytes(sealed))


def test_a_file_is_read_in_pieces() -> None:
    assert [len(piece) for piece in pieces(BytesIO(bytes(2 * PIECE + 5)))] == [PIECE, PIECE, 5]
