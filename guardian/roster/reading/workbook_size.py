"""What a workbook would take in memory, and formulas nobody calculated: seen in its XML before it is loaded."""

import io
import re
import zipfile
from collections.abc import Iterator

from guardian.roster.reading import limits
from guardian.roster.reading.refusal import ROWS, SHEET_CELLS, InputRefused

CELLS = 10_000_000
"""A sheet is held as a full rectangle of cells."""
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*)?>")
_PLACE = re.compile(rb'\sr="([A-Z]{0,3})(\d{1,7})"')
_COLUMN = re.compile(rb'number-columns-repeated="(\d+)"')
_ROW = re.compile(rb'number-rows-repeated="(\d+)"')
_ODS = re.compile(rb"<table:table-row[^>]*>|<table:table-cell[^>]*>|</table:table>")
_UNCALCULATED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
_SHEET = re.compile(rb'<sheet [^>]*?name="([^"]*)"')
_BLOCK = limits.MEGABYTE


def check_size(content: bytes, name: str) -> None:
    """:raises InputRefused: a sheet is over the row budget, or too wide for its height."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.namelist():
                if entry.endswith("workbook.bin"):
                    raise InputRefused("FORMAT_UNKNOWN", name)
                if entry.startswith("xl/") and entry.endswith(".xml") and "styles" not in entry:
                    _check_sheet(archive, entry, name)
                elif entry == "content.xml":
                    _check_document(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError):
        raise InputRefused("FORMAT_UNKNOWN", name) from None


def _blocks(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    with archive.open(entry) as file:
        rest = b""
        while block := file.read(_BLOCK):
            block = rest + block
            cut = block.rfind(b"<c ") if b"<c " in block else block.rfind(b"<")
            rest = block[cut:] if cut > 0 and len(block) - cut < _BLOCK else b""
            yield block[:cut] if rest else block
        yield rest


def _check_sheet(archive: zipfile.ZipFile, entry: str, name: str) -> None:
    """Cells that hold something decide; a cell with nothing but a style takes no memory."""
    tallest = widest = row = column = 0
    for block in _blocks(archive, entry):
        for kind, rest in _TAG.findall(block):
            place = _PLACE.search(rest)
            if kind == b"row":
                row, column = (int(place[2]) if place else row + 1), 0
                continue
            column = _number(place[1]) if place else column + 1
            if not rest.endswith(b"/"):
                tallest, widest = max(tallest, int(place[2]) if place else row), max(widest, column)
    _judge(tallest, widest, name)


def _check_document(archive: zipfile.ZipFile, name: str) -> None:
    rows = wide = widest = pending = 0
    repeat, filled = 1, False
    for block in _blocks(archive, "content.xml"):
        for tag in _ODS.findall(block):
            if tag.startswith(b"<table:table-cell"):
                times = int(found[1]) if (found := _COLUMN.search(tag)) else 1
                wide += times
                if b"value-type" in tag or b"formula" in tag:
                    filled = True
                    widest = max(widest, wide)
                continue
            pending += repeat
            if filled:
                rows += pending
                pending = 0
            repeat = int(found[1]) if (found := _ROW.search(tag)) else 1
            wide, filled = 0, False
            if tag == b"</table:table>":
                _judge(rows, widest, name)
                rows = widest = pending = 0
                repeat = 1
    _judge(rows, widest, name)


def _judge(rows: int, columns: int, name: str) -> None:
    if rows > limits.WORKBOOK_ROWS + limits.HEADER_ROWS:
        raise InputRefused("TOO_LARGE", name, limit=limits.WORKBOOK_ROWS, unit=ROWS)
    if rows * columns > CELLS:
        raise InputRefused("TOO_LARGE", name, limit=CELLS, unit=SHEET_CELLS)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def formulas_without_value(content: bytes) -> list[tuple[str, int, int]]:
    """Sheet number in the file, row and column (from 0) of formulas whose result was never saved; at most 100."""
    found: list[tuple[str, int, int]] = []
    if not content.startswith(b"PK"):
        return found
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = (
            [name.decode("utf-8", "replace") for name in _SHEET.findall(archive.read("xl/workbook.xml"))]
            if ("xl/workbook.xml" in archive.namelist())
            else []
        )
        sheets = sorted(
            (entry for entry in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", entry)),
            key=lambda entry: int(re.sub(r"\D", "", entry)),
        )
        for place, entry in enumerate(sheets):
            for block in _blocks(archive, entry):
                for column, row in _UNCALCULATED.findall(block):
                    found.append((names[place] if place < len(names) else entry, int(row), _number(column) - 1))
                    if len(found) >= 100:
                        return found
    return found
