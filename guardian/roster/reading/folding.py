"""Folding text for comparison. What people see keeps its own spelling."""

import re
import unicodedata
from functools import lru_cache

ZERO_WIDTH = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼʹ′＇", "'"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"})
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_BREAKS = re.compile(r"[\s_\-./\\,;:*#\"?!|+&=]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_HEADER = 200
"""Characters of a header that are looked at: patterns may look back over them again and again."""


def word_set(text: str) -> frozenset[str]:
    """A set of words written in one string."""
    return frozenset(text.split())


def plain(text: str) -> str:
    """Without accents, case, zero-width characters or typographic apostrophes and dashes."""
    if text.isascii():
        return text.casefold()
    text = text.translate(ZERO_WIDTH).translate(_APOSTROPHES).translate(_DASHES)
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(mark for mark in split if not unicodedata.combining(mark)).translate(_STROKES)


@lru_cache(maxsize=65_536)
def name_tokens(text: str) -> frozenset[str]:
    """The words of a name, in no order: `KOWAL Maria` and `Maria Kowal` are alike."""
    return frozenset(re.split(r"[\s,.\-'*\"]+", plain(text))) - {""}


def header(text: str) -> str:
    """A header as the word lists spell it: folded, brackets dropped, punctuation as single spaces."""
    text = unicodedata.normalize("NFKC", text[:_HEADER].replace("°", "o")).translate(ZERO_WIDTH)
    folded = plain(_CAMEL.sub(" ", _BRACKETS.sub(" ", text)))
    spelt = _BREAKS.sub(" ", folded).strip()
    if not spelt:  # a header that is nothing but a bracket still says something
        spelt = _BREAKS.sub(" ", plain(text)).strip(" []()")
    return spelt
