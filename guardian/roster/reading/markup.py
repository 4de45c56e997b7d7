"""Tables in HTML and in SpreadsheetML 2003, as programs write them under an `.xls` name."""

from html.parser import HTMLParser

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.encoding import detect
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.mapping import Mapping
from guardian.roster.reading.members import Member
from guardian.roster.reading.refusal import MB, InputRefused
from guardian.roster.reading.spreadsheetml import sheets
from guardian.roster.reading.table import Table
from guardian.roster.reading.workbook import table_of


def _start(head: bytes) -> bytes:
    return (
        head.removeprefix(b"\xef\xbb\xbf")
        .replace(b"\x00", b"")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
        .lstrip()[:2048]
        .lower()
    )


def is_markup(head: bytes) -> bool:
    """Whether the file begins like HTML or XML."""
    start = _start(head)
    return start.startswith(
        (
            b"<html",
            b"<!doctype html",
            b"<table",
            b"<?xml",
            b"<?mso",
            b"<meta",
            b"<head",
            b"<style",
            b"<body",
            b"<workbook",
            b"<!--",
            b"<bee_",
            b"<ctfile",
            b"<div",
        )
    )


def tables(member: Member, findings: Findings, mapping: Mapping | None = None) -> list[Table] | Intake:
    """The tables of a markup file, or the pupils of a known XML export.

    :raises InputRefused: it is none of the known kinds, or too large.
    """
    if member.size > limits.MARKUP_BYTES:
        raise InputRefused("TOO_LARGE", member.name, limit=limits.MARKUP_BYTES // limits.MEGABYTE, unit=MB)
    with member.open() as file:
        content = file.read()
    start = _start(content[:4096])
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start or b"excel.sheet" in start:
        return [
            table
            for name, rows in sheets(content, member.name)
            if (table := table_of(rows, member.name, name, mapping))
        ]
    if start.startswith((b"<?xml", b"<bee_", b"<ctfile")) and b"<html" not in start:
        from guardian.roster.reading.bundles import xml_exports  # noqa: PLC0415

        return xml_exports.intake([member], findings)
    with member.open() as file:
        encoding = detect(file)
    text = content.decode(encoding.name if encoding else "cp1252", "replace")
    parser = _Tables()
    parser.feed(text)
    parser.close()
    findings.whole("HTML_TABLE", Origin(member.name))
    return [table for rows in parser.tables if (table := table_of(rows, member.name, None, mapping))]


class _Tables(HTMLParser):
    """Every table of a page; spanned cells stand once, with blanks after them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in {"td", "th"} and self._open:
            self._end_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), limits.COLUMNS) if span.isdecimal() and len(span) < 5 else 1
            self._cell = []
        elif tag in {"br", "p", "div"} and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open or not self._open[-1]:
            self._cell = None
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(self._cell).split("\n")).strip()
        row = self._open[-1][-1]
        if len(row) < limits.COLUMNS:
            row.append(text[: limits.CELL_CHARACTERS])
            row.extend([""] * min(self._span - 1, limits.COLUMNS - len(row)))
        self._cell = None
