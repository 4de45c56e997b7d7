"""How much sense a decoding makes: known header words, letters of the language, no symbols inside words."""

import re
from functools import cache

from guardian.roster.reading.meaning import meaning

_LETTERS = {
    "fr": "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ",
    "pl": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "es": "áéíóúüñçÁÉÍÓÚÜÑÇºª¿¡",
    "de": "äöüßÄÖÜéẞ",
}
_WESTERN = frozenset("àâäáåãæçéèêëîïíìñôöòóõøœùûüúßÿÀÂÄÁÅÃÆÇÉÈÊËÎÏÍÑÔÖÓÕØŒÙÛÜÚ")
_POLISH = frozenset(_LETTERS["pl"])
_TURKISH = frozenset("ğşıİĞŞ")
_CENTRAL = frozenset("čďěňřšťůžőűăâțșŕĺľČĎĚŇŘŠŤŮŽŐŰĂȚȘ")
_WORD = re.compile(r"[^\s,;\t|\"<>()/]+")
_CAPITAL_INSIDE = re.compile(r"[a-zà-öø-ÿąćęłńśźż][A-ZÀ-ÖØ-ÞĄĆĘŁŃŚŹŻ]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_RUN = re.compile(r"[^\W\d_\x00-\x7f]{5,}")


def score(first: list[bytes], odd: list[bytes], name: str, language: str | None) -> float:
    """The score of one candidate on the first lines of a file and on its lines beyond ASCII."""
    try:
        header = [line.decode(name, "replace") for line in first]
    except LookupError:  # pragma: no cover - all candidates are known
        return float("-inf")
    matched, said = _header(header)
    wanted = _LETTERS.get(said or language or "", "")
    total = matched * 10.0
    for line in odd:
        total += _line(line.decode(name, "replace"), wanted)
    if any(b"\r" in line for line in first) or name != "mac_roman":
        return total
    return total


def _header(lines: list[str]) -> tuple[int, str | None]:
    """Words matched in the best of the first lines, and the language they are in."""
    best, language = 0, None
    for line in lines:
        cells = [cell.strip().strip('"') for cell in re.split(r"[,;\t|]", line[:20_000])]
        matched = 0
        counts: dict[str, int] = {}
        for cell in cells[:300]:
            if not cell or len(cell) > 60:
                continue
            said = meaning(cell)
            matched += said.group not in {"unknown", "blank"}
            for one in said.languages if len(said.languages) == 1 else ():
                counts[one] = counts.get(one, 0) + 1
        if matched > best:
            best = matched
            counts.pop("en", None)
            language = max(counts, key=lambda one: counts[one]) if counts else None
    return best, language


def _line(text: str, wanted: str) -> float:
    return sum(_word(word, wanted) for word in _WORD.findall(text) if not word.isascii())


@cache
def _word(word: str, wanted: str) -> float:
    total = 0.0
    cyrillic = bool(_CYRILLIC.search(word))
    if cyrillic and _LATIN.search(word):
        total -= 4
    for place, mark in enumerate(word):
        if mark < "\x80":
            continue
        total += _mark(mark, wanted, cyrillic=cyrillic, inside=0 < place < len(word) - 1, word=word)
    if not cyrillic:
        total -= 2.0 * sum(len(run) for run in _RUN.findall(word))
    return total - 1.5 * len(_CAPITAL_INSIDE.findall(word))


def _mark(mark: str, wanted: str, *, cyrillic: bool, inside: bool, word: str) -> float:  # noqa: PLR0911 guard clauses read best in order
    if mark == "\ufffd" or "\x80" <= mark < "\xa0":
        return -5
    if wanted and mark in wanted:
        return 1.2
    if mark in _WESTERN or mark in _POLISH:
        return 0.5 if wanted else 1.0
    if mark in _TURKISH:
        return 0.45 if wanted else 0.9
    if cyrillic:
        return 1.0 if _CYRILLIC.match(mark) else -1
    if mark in _CENTRAL:
        return 0.3 if wanted else 0.6
    if mark.isalpha():
        return -0.5
    if mark in "’‘“”–—\xa0…«»„°ºª№€":
        return 0.3 if mark == "’" or not inside else -0.7
    letters = sum(other.isalpha() for other in word)
    return -2.0 if letters else -0.5
