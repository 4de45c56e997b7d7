"""Which encoding a text file is in. Decided by proof where there is one, else by which reading makes sense."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from guardian.roster.reading.encoding_score import score
from guardian.roster.reading.limits import MEGABYTE

CANDIDATES = (
    "cp1252",
    "cp1250",
    "iso-8859-2",
    "mac_roman",
    "cp1251",
    "cp1254",
    "cp850",
    "cp852",
    "iso-8859-15",
    "mac_latin2",
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the next one
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINES = re.compile(rb"\r\n|\r|\n")
_SAMPLE_LINES = 2_000


class Encoding(Struct, frozen=True):
    """`bom`: bytes to skip. `mixed`: lines that are not UTF-8 are read with this other encoding."""

    name: str
    bom: int = 0
    assumed: bool = False
    mixed: str | None = None


def detect(file: BinaryIO, language: str | None = None) -> Encoding | None:  # noqa: PLR0911 guard clauses read best in order
    """The encoding of a whole file, which is left at its beginning; None where it is not text.

    `language`: what the caller knows about the school, the last resort between alike readings.
    """
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Encoding(name, len(bom))
    if b"\x00" in head:
        return _by_parity(head)
    if _is_binary(head):
        return None
    if _is_utf8(file):
        return Encoding("utf-8")
    first, odd, total, proper = _sample(file)
    best = max(CANDIDATES, key=lambda name: (score(first, odd, name, language), -CANDIDATES.index(name)))
    if proper and proper * 2 >= total:
        return Encoding("utf-8", mixed=best)
    if proper:
        return Encoding(best, assumed=True, mixed=best)
    return Encoding(best, assumed=True)


def _by_parity(head: bytes) -> Encoding | None:
    """UTF-16 without a mark shows by its zeros: in Western text every second byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    pairs = max(len(head) // 2, 1)
    if odd > pairs * 0.2 and even < odd / 8:
        return Encoding("utf-16-le")
    if even > pairs * 0.2 and odd < even / 8:
        return Encoding("utf-16-be")
    return None if (even + odd) > len(head) * 0.02 or _is_binary(head.replace(b"\x00", b"")) else Encoding("utf-8")


def _is_binary(head: bytes) -> bool:
    controls = sum(head.count(code) for code in (*range(1, 9), *range(14, 27), 28, 29, 30, 31))
    return controls > len(head) * 0.02 or head.startswith(
        (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"7z\xbc")
    )


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(MEGABYTE):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _sample(file: BinaryIO) -> tuple[list[bytes], list[bytes], int, int]:
    """The first lines, lines that are not UTF-8, how many lines are beyond ASCII, and how many of them are UTF-8."""
    first: list[bytes] = []
    odd: list[bytes] = []
    total = proper = 0
    for line in _lines(file):
        if len(first) < 15:
            first.append(line)
        if line.isascii():
            continue
        total += 1
        try:
            line.decode("utf-8")
            proper += 1
        except UnicodeDecodeError:
            odd.append(line)
            if len(odd) >= _SAMPLE_LINES:
                break
    file.seek(0)
    return first, odd, total, proper


def _lines(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    for _ in range(64):
        block = file.read(MEGABYTE)
        if not block:
            break
        lines = _LINES.split(rest + block)
        rest = lines.pop()
        yield from lines
    yield rest
