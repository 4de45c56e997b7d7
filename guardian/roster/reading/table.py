"""One table: rows of cells under a header, as drafts."""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Draft, Origin, columns_of, extractor
from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.folding import plain
from guardian.roster.reading.header import Header
from guardian.roster.reading.profile import GENERIC, Profile
from guardian.roster.reading.quick import Plan, Quick, plan
from guardian.roster.reading.refusal import InputRefused
from guardian.roster.reading.separated import Cells

_INSTRUCTION = re.compile(r"^(?:Required|Optional)(?:[,.:]|$)")
_TOTALS = re.compile(
    r"^(?:total|sum|razem|suma|lacznie|gesamt|summe|anzahl|effectif|nombre d|liczba|count|printed|\*|legend)"
)


class Table(Struct):
    """`rows` can be called again and again; the row of the header is among them."""

    file: str
    header: Header
    rows: Callable[[], Iterator[Cells]]
    sheet: str | None = None
    profile: Profile = GENERIC
    sheet_class: str = ""
    """The name of the sheet, where sheets are classes and no column says so."""
    limit: int = limits.TEXT_ROWS
    quick: Callable[[Plan, int], Iterator[Quick | Cells]] | None = None
    """The rows of delimited text, the clean ones as matches."""
    delimiter: str = ""

    @property
    def origin(self) -> Origin:
        """How findings name this table."""
        return Origin(self.file, self.sheet, self.header.names, columns_of(self.header.layout))

    def describe(self, findings: Findings) -> None:
        """The findings about the header: what is not known, and what is never stored."""
        layout = self.header.layout
        origin = self.origin
        at = self.header.place + 1
        for column in layout.unknown:
            findings.whole("HEADER_UNKNOWN", origin, row=at, column=column, value=layout.headers[column])
        for column in layout.sensitive:
            findings.whole("COLUMN_SENSITIVE_DROPPED", origin, row=at, column=column, value=layout.headers[column])
        for column in layout.student.get("counter", ()):
            findings.whole("COUNTER_COLUMN", origin, row=at, column=column, value=layout.headers[column])

    def drafts(self, findings: Findings | None, *, quickly: bool = True) -> Iterator[Draft | Quick]:
        """Every row that is meant to be a pupil."""
        layout = self.header.layout
        origin = self.origin
        width = len(layout.headers)
        extract = extractor(layout, origin, None, self.sheet_class)
        class_row = self._class_row()
        class_columns = layout.student.get("class", [])
        place = self.header.place
        titles = blanks = counted = 0
        blank_columns = set(layout.blank)
        counters = frozenset(layout.student.get("counter", ()))
        short = plan(layout, self.delimiter, extract) if quickly and self.quick and class_row is None else None
        source = self.quick(short, place + 2) if short is not None and self.quick is not None else self.rows()
        for item in source:
            if type(item) is Quick:
                counted += 1
                if counted > self.limit:
                    raise InputRefused("TOO_LARGE", self.file, limit=f"{self.limit} rows")
                yield item
                continue
            row, line, cells = item
            if row <= place + 1:
                titles += row <= place and cells is not None and any(cell.strip() for cell in cells)
                continue
            if cells is None:
                if findings is not None:
                    findings.cell("UNCLOSED_QUOTE", Draft(origin, row, line))
                continue
            found = len(cells)
            if not any(cells) or not any(map(str.strip, cells)):
                blanks += 1
                continue
            if found != width:
                extra = [cell for cell in cells[width:] if cell.strip()]
                if findings is not None and (found < width or extra) and not self._is_footer(cells, counters):
                    findings.cell("ROW_SHAPE", Draft(origin, row, line), found=found, expected=width)
                cells = cells[:width] + [""] * (width - found)
            if row == place + 2 and _INSTRUCTION.match(value(cells[0])):
                if findings is not None:
                    findings.whole("INSTRUCTION_ROW", origin, row=row, line=line or None)
                continue
            if not cells[-1] and self._is_footer(cells, counters):
                titles += 1
                continue
            if blank_columns:
                blank_columns = {column for column in blank_columns if not cells[column].strip()}
            counted += 1
            if counted > self.limit:
                raise InputRefused("TOO_LARGE", self.file, limit=f"{self.limit} rows")
            if class_row is not None and cells[class_row[0]].strip() != class_row[1]:
                for column in class_columns:
                    cells[column] = ""
            yield extract(row, line, cells)
        if findings is not None:
            for code, count in (("TITLE_ROWS", titles), ("BLANK_ROWS", blanks), ("EMPTY_COLUMNS", len(blank_columns))):
                if count:
                    findings.whole(code, origin, count=count)

    def _class_row(self) -> tuple[int, str] | None:
        if self.profile.class_rows is None:
            return None
        name, wanted = self.profile.class_rows
        return next(((place, wanted) for place, text in enumerate(self.header.names) if folded(text) == name), None)

    @staticmethod
    def _is_footer(cells: Sequence[str], counters: frozenset[int]) -> bool:
        """Totals and legends below a list: one cell alone, in words, or in the column that only counts."""
        filled = [place for place, cell in enumerate(cells) if cell and cell.strip()]
        if len(filled) != 1 or len(cells) < 3:
            return False
        text = plain(cells[filled[0]].strip())
        return bool(_TOTALS.match(text)) or filled[0] in counters
