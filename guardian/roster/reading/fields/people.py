"""Several people in one cell, with the words that say what each is to the pupil."""

import re

from guardian.roster.reading.fields.relationships import relationship

BETWEEN = re.compile(r"[;|\n]+|\s+/\s+|\s+(?:and|et|i|y|und|oraz|&)\s+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[]\s*([^\W\d_][^()\[\]]{1,40}?)\s*[)\]]")
_BEFORE_COLON = re.compile(r"^\W*([^\W\d_][^:@]{1,40}?)\s*(?::|=|\s[-–]\s)")
_COMMA_LABEL = re.compile(r",\s*(?=[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?\s*(?::|\s[-–]\s))")
NO_LABEL = frozenset({"unknown", "self"})


def label_of(text: str) -> str:
    """The word that says what a person is to the pupil: in brackets, before a colon or dash, or a mother's or father's
    plain word at the beginning. Anywhere else it may be a name: Sam, Ward and Cousin are.
    """
    for pattern in (_IN_BRACKETS, _BEFORE_COLON):
        for found in pattern.findall(text):
            if relationship(found) not in NO_LABEL:
                return str(found)
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return first if len(first) > 2 and relationship(first) in {"mother", "father"} else ""


def several(named: str, wanted: int) -> list[tuple[str, str]]:
    """The people of a name cell with their labels. A comma divides them only before a label, or where the pieces are
    whole names and as many as the addresses: «Abara, Ngozi» is one person.
    """
    pieces = [piece.strip() for piece in BETWEEN.split(named) if piece.strip()]
    if len(pieces) < 2:
        pieces = [piece.strip() for piece in _COMMA_LABEL.split(named) if piece.strip()]
    if len(pieces) < 2 and named.count(",") + 1 == wanted:
        whole = [piece.strip() for piece in named.split(",")]
        pieces = whole if all(" " in piece for piece in whole) else pieces
    found: list[tuple[str, str]] = []
    for piece in pieces or [named]:
        label = label_of(piece)
        rest = (
            " ".join(re.sub(r"[()\[\]:]", " ", piece.replace(label, " ", 1)).split()).strip(" ,-–") if label else piece
        )
        found.append((label, rest))
    return found
