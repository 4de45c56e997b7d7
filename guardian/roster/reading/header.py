"""Finding the header among the first rows, with the row above it where that names the guardians."""

from collections.abc import Sequence

from msgspec import Struct

from guardian.roster.reading.layout import Layout, lay_out
from guardian.roster.reading.limits import COLUMNS, HEADER_ROWS
from guardian.roster.reading.meaning import meaning


class Header(Struct):
    """`place`: which of the rows it was, from 0."""

    place: int
    names: list[str]
    layout: Layout


def find(rows: Sequence[Sequence[str] | None], pinned: dict[str, str] | None = None) -> Header | None:
    """The header of a table; None where no row names a pupil's columns."""
    best: tuple[int, int] | None = None
    for place, cells in enumerate(rows[:HEADER_ROWS]):
        if cells is None:
            continue
        matched = _matched(cells, pinned or {})
        if matched >= 2 and (best is None or matched > best[0]):
            best = (matched, place)
    if best is None:
        return None
    place = best[1]
    cells = rows[place] or []
    names = [str(cell) for cell in cells[:COLUMNS]]
    above = rows[place - 1] if place else None
    joined = _joined(above, names) if above else names
    layout = lay_out(joined, pinned)
    if joined is not names and not layout.people:
        layout = lay_out(names, pinned)
    return Header(place, names, layout) if layout.people else None


def _matched(cells: Sequence[str], pinned: dict[str, str]) -> int:
    """How many different things the cells of a row name; 0 where nobody is named."""
    found: set[tuple[str, str, int, str]] = set()
    person = False
    filled = 0
    for cell in cells[:COLUMNS]:
        text = cell.strip()
        if not text:
            continue
        filled += 1
        if len(text) > 80:
            continue
        said = meaning(text)
        if said.words in pinned:
            person = True
            found.add((said.words, "", 0, ""))
        elif said.group in {"student", "guardian", "bare", "sensitive"}:
            found.add((said.group, said.field or said.words, said.slot, said.kind))
            person = person or (said.group == "student" and said.field in _NAMING)
    return len(found) if (person and len(found) * 4 >= filled) or len(found) > 5 else 0


_NAMING = frozenset({"id", "given", "family", "full", "full_family_first", "full_given_first"})


def _joined(above: Sequence[str], names: list[str]) -> list[str]:
    """Headers with the group that a cell in the row above puts over them («Guardian 1» over «Name», «E-mail»)."""
    groups = [meaning(cell.strip()) if cell.strip() and len(cell) < 60 else None for cell in above[: len(names)]]
    if not any(one is not None and one.group == "guardian" and one.explicit for one in groups):
        return names
    joined: list[str] = []
    current = ""
    for place, name in enumerate(names):
        over = groups[place] if place < len(groups) else None
        if over is not None:
            current = above[place].strip() if over.group == "guardian" else ""
        own = meaning(name)
        joined.append(
            f"{current} {name}" if current and name.strip() and not (own.group == "guardian" and own.explicit) else name
        )
    return joined
