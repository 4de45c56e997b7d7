"""The rows of a table, one after the other: which are pupils, which are titles, blanks, totals or instructions."""

import re
from collections.abc import Sequence

from guardian.roster.reading.draft import Draft, Origin
from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import plain
from guardian.roster.reading.layout import Layout

_INSTRUCTION = re.compile(r"^(?:Required|Optional)(?:[,.:]|$)")
_TOTALS = re.compile(
    r"^(?:(?:totals?|sum|razem|suma|lacznie|gesamt|summe|anzahl|effectifs?|liczba|count|zusammen|en tout)\b|nombre d"
    r"|printed|\*|legend)"
)
_COUNTED = re.compile(r"^[^\W\d][^\d:]{1,30}:\s*\d{1,5}$")
"""«Boys: 12» alone in a row."""


class Walk:
    """Sorts the rows of one table. `place`: where the header stands among them, from 0."""

    def __init__(self, layout: Layout, place: int, origin: Origin, findings: Findings | None) -> None:
        self._place = place
        self._origin = origin
        self._findings = findings
        self._width = len(layout.headers)
        self._counters = frozenset(layout.student.get("counter", ()))
        self._ids = frozenset(layout.student.get("id", ()))
        self._unfilled = set(layout.blank)
        self._titles = 0
        self._blanks = 0

    def pupil(self, row: int, line: int, cells: list[str] | None) -> list[str] | None:
        """The cells of a pupil's row, as many as there are headers; None where the row is something else."""
        if row <= self._place + 1:
            self._titles += row <= self._place and cells is not None and any(map(str.strip, cells))
            return None
        if cells is None:
            if self._findings is not None:
                self._findings.cell("UNCLOSED_QUOTE", Draft(self._origin, row, line))
            return None
        if not any(cells) or not any(map(str.strip, cells)):
            self._blanks += 1
            return None
        footer = self._is_footer(cells)
        if len(cells) != self._width:
            cells = self._fitted(row, line, cells, footer=footer)
        if row == self._place + 2 and _INSTRUCTION.match(value(cells[0])):
            if self._findings is not None:
                self._findings.whole("INSTRUCTION_ROW", self._origin, row=row, line=line or None)
            return None
        if footer:
            self._titles += 1
            return None
        if self._unfilled:
            self._unfilled = {column for column in self._unfilled if not cells[column].strip()}
        return cells

    def _fitted(self, row: int, line: int, cells: list[str], *, footer: bool) -> list[str]:
        found = len(cells)
        extra = any(map(str.strip, cells[self._width :]))
        if self._findings is not None and (found < self._width or extra) and not footer:
            self._findings.cell("ROW_SHAPE", Draft(self._origin, row, line), found=found, expected=self._width)
        return cells[: self._width] + [""] * (self._width - found)

    def _is_footer(self, cells: Sequence[str]) -> bool:
        """Totals and legends below a list: one cell alone, in words, or in the column that only counts."""
        if self._width < 3 or (cells[-1] and len(cells) > 1):
            return False
        filled = [place for place, cell in enumerate(cells) if cell and cell.strip()]
        if not 0 < len(filled) < 4:
            return False
        first = plain(cells[filled[0]].strip())
        if len(filled) == 1:
            return bool(_TOTALS.match(first) or _COUNTED.match(first)) or filled[0] in self._counters
        return bool(_TOTALS.match(first)) and all(
            cells[place].strip().isdigit() and place not in self._ids for place in filled[1:]
        )

    def conclude(self) -> None:
        """The findings about what was skipped."""
        skipped = (("TITLE_ROWS", self._titles), ("BLANK_ROWS", self._blanks), ("EMPTY_COLUMNS", len(self._unfilled)))
        for code, count in skipped:
            if count and self._findings is not None:
                self._findings.whole(code, self._origin, count=count)
