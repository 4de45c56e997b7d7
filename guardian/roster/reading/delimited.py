"""A delimited text file: its encoding, its separator, its header."""

from collections.abc import Iterator

from msgspec import Struct

from guardian.roster.reading import delimiter as separators
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.encoding import Encoding, detect
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.headed import recognised
from guardian.roster.reading.limits import HEADER_ROWS
from guardian.roster.reading.mapping import Mapping, header_of
from guardian.roster.reading.members import Member
from guardian.roster.reading.profile import GENERIC
from guardian.roster.reading.quick import Plan, Quick, quick_rows
from guardian.roster.reading.refusal import InputRefused
from guardian.roster.reading.separated import Cells, Lines, rows
from guardian.roster.reading.table import Table

_LOOK = 40
"""Lines looked at to choose the separator."""


class Delimited(Struct):
    """What is known about a text file before its rows are read."""

    member: Member
    encoding: Encoding
    delimiter: str
    first: list[list[str] | None]
    skip: int = 0
    """Lines before the first row that count as no row: `sep=;`."""

    def rows(self) -> Iterator[Cells]:
        """All rows, from the beginning."""
        with self.member.open() as file:
            lines = Lines(file, self.encoding, self.member.name)
            for _ in range(self.skip):
                next(lines)
            lines.taken = []
            yield from rows(lines, self.delimiter)

    def quick_rows(self, plan: Plan, skip: int) -> Iterator[Quick | Cells]:
        """All rows, the clean ones as matches."""
        with self.member.open() as file:
            lines = Lines(file, self.encoding, self.member.name)
            for _ in range(self.skip):
                next(lines)
            yield from quick_rows(lines, plan, skip)

    def table(self, mapping: Mapping | None = None) -> Table | None:
        """The table in the file; None where it has no header, and no mapping says which column is what."""
        header, profile = (header_of(self.first, mapping), GENERIC) if mapping else recognised(self.first)
        if header is None:
            return None
        return Table(
            self.member.name, header, self.rows, profile=profile, quick=self.quick_rows, delimiter=self.delimiter
        )

    def describe(self, findings: Findings) -> None:
        """The findings about the bytes: a mark removed, an encoding assumed, lines in another one."""
        origin = Origin(self.member.name)
        if self.encoding.bom and self.encoding.name == "utf-8":
            findings.whole("BOM_REMOVED", origin)
        if self.encoding.assumed:
            findings.whole("ENCODING_ASSUMED", origin, encoding=self.encoding.name, names=", ".join(self._samples()))
        if self.encoding.mixed:
            with self.member.open() as file:
                lines = Lines(file, self.encoding, self.member.name)
                for _ in lines:
                    lines.taken = []
            other = self.encoding.mixed if self.encoding.name == "utf-8" else "utf-8"
            for line in lines.odd:
                findings.whole("ENCODING_MIXED", origin, row=None, line=line, encoding=other)

    def _samples(self) -> list[str]:
        """Three words that the encoding decided about."""
        found: list[str] = []
        header: list[str] = []
        with self.member.open() as file:
            lines = Lines(file, self.encoding, self.member.name)
            for line in lines:
                lines.taken = []
                if line.isascii():
                    continue
                if lines.number == 1:
                    header = [cell.strip().strip('"') for cell in line.split(self.delimiter) if not cell.isascii()]
                    continue
                for cell in line.rstrip("\n").split(self.delimiter):
                    if not cell.isascii() and len(cell) < 60 and cell.strip() not in found:
                        found.append(cell.strip().strip('"'))
                        break
                if len(found) == 3:
                    break
        return found or header[:3]


def open_delimited(member: Member, language: str | None) -> Delimited | None:
    """A member as delimited text; None where it is no text.

    :raises InputRefused: one of its lines is over the budget.
    """
    with member.open() as file:
        encoding = detect(file, language)
        if encoding is None:
            return None
        lines = Lines(file, encoding, member.name)
        first: list[str] = []
        for line in lines:
            lines.taken = []
            first.append(line)
            if len(first) >= _LOOK:
                break
    if not any(line.strip() for line in first) and len(first) < _LOOK:
        raise InputRefused("EMPTY", member.name)
    stated = separators.stated(first[0])
    if stated:
        first = first[1:]
    mark = stated or separators.choose(first)
    found = Delimited(member, encoding, mark, [], 1 if stated else 0)
    stream = found.rows()
    for _, _, cells in stream:
        found.first.append(cells)
        if len(found.first) >= HEADER_ROWS:
            break
    stream.close()  # type: ignore[attr-defined]
    return found
