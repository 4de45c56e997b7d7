"""The text of a cell: invisible characters, text guards, placeholders, formulas."""

import re

from guardian.roster.reading.folding import ZERO_WIDTH

NOTHING = frozenset(
    {
        "-",
        "--",
        "—",
        "–",
        "−",
        "\\N",
        "NULL",
        "null",
        "(null)",
        "N/A",
        "n/a",
        "#N/A",
        "NaN",
        "nan",
        "None",
        "none",
        "nil",
        "brak",
        "néant",
        "neant",
        "?",
        ".",
        "/",
        "nie dotyczy",
        "keine",
        "ninguno",
        "n.a.",
    }
)
NOTHING_IN_NAME = frozenset({"-", "--", "—", "–", "−", "\\N", "?", ".", "/"})
NULL_IN_NAME = frozenset({"NULL", "N/A", "#N/A", "n/a", "(null)", "nan", "NaN"})
_UNUSUAL = re.compile(r"[^ -~À-ɏ]|^[ '=\"]|  | $")
_GUARD = re.compile(r'^="(.*)"$', re.DOTALL)
_FORMULA = re.compile(r"^[=@+\t\r]|^-\s*[\w.$]*[(|!]|^-\d+[+*/-]")


class Numeric(str):
    """Text of a cell that a workbook held as a number: leading zeros are lost already."""

    __slots__ = ()


def clean(text: str) -> str:
    """Without invisible characters, text guards (`="00123"`, a leading `'`) and white space at the ends."""
    if not _UNUSUAL.search(text):
        return text
    text = " ".join(text.translate(ZERO_WIDTH).replace("\x00", "").split())
    if guarded := _GUARD.match(text):
        text = guarded[1].replace('""', '"').strip()
    if text.startswith("'") and not text.endswith("'"):
        text = text[1:].lstrip()
    return text


def value(text: str) -> str:
    """A cleaned cell, empty where it holds a placeholder such as `NULL`, `N/A` or a dash."""
    text = clean(text)
    return "" if text in NOTHING else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text. Phones (`+44 …`) are not asked; `-see office` is innocent."""
    return bool(_FORMULA.match(text))


def shown(text: str) -> str:
    """A value for a report: at most 80 characters, printable, and harmless in a spreadsheet."""
    text = " ".join("".join(mark if mark.isprintable() or mark.isspace() else "�" for mark in text[:200]).split())
    if len(text) > 80:
        text = text[:79] + "…"
    return "'" + text if text[:1] in {"=", "+", "-", "@"} else text
