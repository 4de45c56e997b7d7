"""Names of people: kept as written, split only where the file shows how."""

import re
import unicodedata

from guardian.roster.reading.fields.cell import NOTHING_IN_NAME, clean
from guardian.roster.reading.folding import name_tokens, word_set

_MARKS = re.compile(r"^[*†]+\s*|\s*[*†]+$|\s+\([^()]{0,12}\d[^()]{0,12}\)$")
_WRAPPED = re.compile(r"^[“„«”\"‹](.*)[”“»\"›]$")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ¡-¿]|Å[‚›º¼¡„]|Ä[™‡…]|�|â€™")
_PARTICLES = word_set("van von der den de da di del della dos das du la le el ter ten bin ibn al zu zur af av san")
_PLAIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ '\-]*[A-Za-zÀ-ɏ]")
_TITLE = re.compile(
    r"^(?:mr|mrs|ms|miss|dr|m|mme|mlle|mx|pan|pani|herr|frau|sr|sra|d|dña)\.?\s+(?=\S+\s+\S)", re.IGNORECASE
)
LONGEST = 200


def name(text: str) -> tuple[str, str]:
    """A name part and the code of what was done to it (NAME_CLEANED, VALUE_TOO_LONG or '')."""
    if _PLAIN.fullmatch(text):
        return text if text.isascii() else unicodedata.normalize("NFC", text), ""
    text = unicodedata.normalize("NFC", clean(text))
    if text in NOTHING_IN_NAME:
        return "", ""
    if (wrapped := _WRAPPED.match(text)) and '"' not in wrapped[1]:
        text = wrapped[1].strip()
    bare = _MARKS.sub("", text)
    if len(bare) > LONGEST:
        return bare[:LONGEST], "VALUE_TOO_LONG"
    return bare, "NAME_CLEANED" if bare != text else ""


def is_broken(text: str) -> bool:
    """Whether the text was decoded wrongly before it came here (`Ã©`, U+FFFD)."""
    return not text.isascii() and bool(_MOJIBAKE.search(text))


def split(full: str, *, family_first: bool | None = None) -> tuple[str, str]:
    """Given and family name of a full name. With a comma, or capitals, the writing itself says which is which;
    else `family_first` as the header says, and by default the last word with its particles is the family name.
    """
    if "," in full:
        family, _, given = full.partition(",")
        return given.strip(), family.strip()
    words = full.split()
    if len(words) < 2:
        return ("", full) if family_first else (full, "")
    capital = [word.isupper() and len(word) > 1 for word in words]
    if any(capital) and not all(capital):
        return (
            " ".join(word for word, upper in zip(words, capital, strict=True) if not upper),
            " ".join(word for word, upper in zip(words, capital, strict=True) if upper),
        )
    if family_first:
        return " ".join(words[1:]), words[0]
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].casefold() in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def person(full: str) -> str:
    """A full name in reading order, without its title: `Abara, Ngozi` is Ngozi Abara."""
    full = _TITLE.sub("", full)
    if full.count(",") == 1:
        given, family = split(full)
        return f"{given} {family}".strip()
    return full


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two names can be the same person's: order, case and accents do not count, nor a missing middle name."""
    if not one or not other or one == other:
        return True
    first, second = name_tokens(one), name_tokens(other)
    if first == second or not first or not second:
        return True
    smaller, larger = (first, second) if len(first) < len(second) else (second, first)
    return len(smaller) > 1 and smaller <= larger
