"""The short way for clean rows of delimited text: one pattern splits and checks a line.

A line that the pattern does not know in every cell goes the long way, where anything may be found. Both ways give
the same pupil; a test compares them on every sample.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from guardian.roster.reading.draft import Draft, Extract
from guardian.roster.reading.fields.cell import NOTHING, NULL_IN_NAME
from guardian.roster.reading.layout import Layout
from guardian.roster.reading.separated import Cells, Lines, rows

_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_NAME = rf"([{_LETTER}](?:[{_LETTER}0-9' -]*[{_LETTER}0-9])?)"
_MAIL = r"((?:[A-Za-z0-9_%+'-]+\.)*[A-Za-z0-9_%+'-]+@(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*\.)+[A-Za-z]{2,24})"
_PATTERNS = {
    "id": r"([A-Za-z0-9][A-Za-z0-9_-]{0,99})",
    "given": _NAME,
    "family": _NAME,
    "birth": r"(\d{4}-\d\d-\d\d)",
    "email": f"{_MAIL}?",
    "g.email": f"{_MAIL}?",
    "g.name": f"{_NAME}?",
    "g.phone": r"(\+?[0-9][0-9 ]{5,17}[0-9])?",
}
_STUDENT = frozenset({"id", "given", "family", "birth", "class", "grade", "school", "language", "email"})
_EMPTY = frozenset({"role", "ends", "status", "platform_id", "usage", "family2"})
"""Where one of these says something, the long way decides."""
_SLOT = frozenset({"name", "email", "phone", "relation", "language"})
_GROUPS = ("name", "email", "phone", "relation", "language")
NOT_AN_ID = NOTHING | NULL_IN_NAME


class Slot(NamedTuple):
    """Groups of one guardian's cells in the match; -1 where there is no column."""

    place: int
    kind: str
    name: int
    email: int
    phone: int
    relation: int
    language: int


class Quick(Struct, gc=False):
    """A row that matched."""

    row: int
    line: int
    cells: tuple[str, ...]
    """The groups of the match, empty where a cell is empty."""
    text: str
    plan: "Plan"


class Plan(NamedTuple):
    """How to match a layout, and which group holds what; `at` maps student fields to groups."""

    match: Callable[[str], "re.Match[str] | None"]
    at: dict[str, int]
    slots: tuple[Slot, ...]
    delimiter: str
    widen: Callable[["Quick"], Draft]
    """The long way for a row that matched."""
    context: str
    """All that decides, beside the file as a whole, what a line means."""


def plan(layout: Layout, delimiter: str, extract: Extract) -> Plan | None:
    """The short way for a layout; None where its columns are of another kind."""
    student = layout.student
    if (
        layout.path
        or layout.symbol
        or not {"id", "given", "family"} <= student.keys()
        or delimiter not in {",", ";", "\t", "|"}
    ):
        return None
    columns: dict[int, str] = dict.fromkeys(layout.blank, "empty")
    for name, places in student.items():
        if name in _STUDENT:
            if len(places) > 1 and name != "id":
                return None
            columns[places[0]] = name
        elif name in _EMPTY:
            columns |= dict.fromkeys(places, "empty")
        elif name not in {"counter", "middle", "nickname", "full", "full_family_first", "full_given_first"}:
            return None
    for number, slot in enumerate(layout.guardians):
        if not slot.columns.keys() <= _SLOT or any(len(places) > 1 for places in slot.columns.values()):
            return None
        if "email" not in slot.columns:
            return None
        columns |= {places[0]: f"{number}.{name}" for name, places in slot.columns.items()}
    return _compiled(layout, columns, delimiter, extract)


def _compiled(layout: Layout, columns: dict[int, str], delimiter: str, extract: Extract) -> Plan:
    cell = rf"[^{re.escape(delimiter)}\"\n]*"
    parts: list[str] = []
    groups: dict[str, int] = {}
    for column in range(len(layout.headers)):
        name = columns.get(column)
        if name is None:
            parts.append(cell)
            continue
        if name == "empty":
            parts.append("")
            continue
        groups[name] = len(groups)
        known = _PATTERNS.get(name) or _PATTERNS.get("g." + name.partition(".")[2] if "." in name else "")
        parts.append(known or f"({cell})")
    slots = tuple(
        Slot(number, slot.kind, *(groups.get(f"{number}.{name}", -1) for name in _GROUPS))
        for number, slot in enumerate(layout.guardians)
    )
    pattern = re.compile(re.escape(delimiter).join(parts) + r"\n?")

    def widen(item: Quick) -> Draft:
        return extract(item.row, item.line, item.text.rstrip("\n").split(delimiter))

    at = {name: group for name, group in groups.items() if "." not in name}
    return Plan(pattern.fullmatch, at, slots, delimiter, widen, f"{layout!r} {columns!r} {delimiter!r}")


def quick_rows(lines: Lines, plan: Plan, skip: int) -> Iterator[Quick | Cells]:
    """All rows of a file: the clean ones as matches, the others as cells. `skip`: rows before the first pupil's."""
    match = plan.match
    delimiter = plan.delimiter
    groups = re.Match.groups
    row = 0
    source = iter(lines.plain())
    while True:
        for text in source:
            row += 1
            found = match(text) if row > skip else None
            if found is None:
                break
            yield Quick(row, lines.number, groups(found, ""), text, plan)
        else:
            return
        lines.push(text)
        long = next(rows(lines, delimiter), None)
        if long is None:
            return
        yield row, long[1], long[2]
