"""A file of a bundle whose columns are fixed words."""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from guardian.roster.reading.delimited import Delimited, open_delimited
from guardian.roster.reading.draft import Draft, Origin
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.meaning import meaning
from guardian.roster.reading.members import Member
from guardian.roster.reading.refusal import InputRefused


class Row(Struct, gc=False):
    """One row; `get` takes the folded name of a column, written without blanks."""

    number: int
    line: int
    cells: list[str]
    names: dict[str, int]

    def get(self, *names: str) -> str:
        """The cell under the first of these headers that the file has; empty where none is there."""
        for name in names:
            place = self.names.get(name)
            if place is not None and place < len(self.cells):
                return self.cells[place].strip()
        return ""


class Named(Struct):
    """A file with its header."""

    text: Delimited
    headers: list[str]
    names: dict[str, int]
    skipped: int
    rejected: list[tuple[int, int]] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return all(name in self.names for name in names)

    def origin(self, **columns: Sequence[str]) -> Origin:
        """How findings name this file; `columns`: field -> headers it may stand under."""
        found = {
            key: place
            for key, names in columns.items()
            for name in names
            if (place := self.names.get(name)) is not None
        }
        return Origin(self.text.member.name, None, self.headers, found)

    def rows(self, findings: Findings | None, *, short: bool = False) -> Iterator[Row]:
        """All rows that hold something. `short`: fewer cells than headers are how the system writes them."""
        width = len(self.headers)
        origin = self.origin()
        for number, line, cells in self.text.rows():
            if number <= self.skipped:
                continue
            if cells is None:
                if findings is not None:
                    findings.cell("UNCLOSED_QUOTE", Draft(origin, number, line))
                continue
            if not any(map(str.strip, cells)):
                continue
            if findings is not None and len(cells) != width and not (short and len(cells) < width):
                findings.cell("ROW_SHAPE", Draft(origin, number, line), found=len(cells), expected=width)
            yield Row(number, line, cells, self.names)

    def describe(self, findings: Findings) -> None:
        """Findings about its bytes, and about columns that are never stored."""
        self.text.describe(findings)
        for column, name in enumerate(self.headers):
            if meaning(name).group == "sensitive":
                findings.whole("COLUMN_SENSITIVE_DROPPED", self.origin(), row=self.skipped, column=column, value=name)


def open_named(member: Member, language: str | None = None) -> Named | None:
    """A file of a bundle; None where it is no text or empty."""
    try:
        text = open_delimited(member, language)
    except InputRefused as refused:
        if refused.code == "EMPTY":
            return None
        raise
    return named_of(text) if text is not None else None


def named_of(text: Delimited) -> Named | None:
    """A text file by the first row that says anything; None where none does."""
    for place, cells in enumerate(text.first):
        if cells and any(cell.strip() for cell in cells):
            names: dict[str, int] = {}
            for column, name in enumerate(cells):
                names.setdefault(folded(name).replace(" ", ""), column)
            return Named(text, cells, names, place + 1)
    return None
