"""Takes out of a name what could break a header, forge a line or turn a sentence round (MAIL section 1.3, H1-H4)."""

import re

_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_LOST = "\ufeff\ufff9-\ufffb\ud800-\udfff"
_UNSAFE = re.compile(f"[{_CONTROLS}{_DIRECTION}{_LOST}]")
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


def one_line(text: str) -> str:
    """The text on one line: breaks become a space; controls, marks of direction and stray surrogates are left out.

    Letters, accents, emoji and the joiners inside them stay as they came.
    """
    if not _UNSAFE.search(text):
        return text
    return _UNSAFE.sub("", _BREAKS.sub(" ", text)).strip()


def isolated(text: str) -> str:
    """A name for plain text: one line, and set apart (U+2068, U+2069) if it runs from right to left."""
    clean = one_line(text)
    return f"\u2068{clean}\u2069" if _RIGHT_TO_LEFT.search(clean) else clean
