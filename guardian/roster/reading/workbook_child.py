"""Loads a workbook in a process of its own: `python -m guardian.roster.reading.workbook_child < book > sheets`.

The library holds a sheet as a full rectangle and aborts the whole process where memory runs out, so a few hundred
bytes could end the server. Here the memory is limited, and only this process ends.
"""

import io
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import python_calamine as calamine

from guardian.roster.reading import limits

MEMORY = 1536 * limits.MEGABYTE
"""Bytes of address space."""
SECONDS = 120
PROTECTED, TOO_LARGE = 3, 4
"""Exit codes."""

Cell = str | tuple[str]
"""A number is a tuple of its text: what was a number in the workbook may have lost leading zeros."""


class Sheet(msgspec.Struct):
    """`state`: visible, hidden, or other (charts and macros)."""

    name: str
    state: str
    rows: list[list[Cell]] = []


def text(cell: Any) -> Cell:  # noqa: PLR0911 guard clauses read best in order
    """A cell as text: a date as ISO, a whole number without its `.0`."""
    if isinstance(cell, str):
        return cell[: limits.CELL_CHARACTERS]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return (str(int(cell)),) if cell == cell // 1 and abs(cell) < 1e15 else (repr(cell).replace("e", "E"),)
    if isinstance(cell, int):
        return (str(cell),)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, time | timedelta) else ""


def sheets(content: bytes) -> list[Sheet]:
    """All sheets; the cells stand where the sheet has them: the library leaves out empty rows and columns at the
    beginning.
    """
    book = calamine.load_workbook(io.BytesIO(content))
    found: list[Sheet] = []
    for meta in book.sheets_metadata:
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible is not calamine.SheetVisibleEnum.Visible:
            found.append(Sheet(meta.name, "hidden"))
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_height > limits.WORKBOOK_ROWS + limits.HEADER_ROWS:
            sys.exit(TOO_LARGE)
        left: list[Cell] = [""] * (sheet.start or (0, 0))[1]
        rows = [left + [text(cell) for cell in cells[: limits.COLUMNS]] for cells in sheet.iter_rows()]
        found.append(Sheet(meta.name, "visible", rows))
    return found


def main() -> None:
    """Read a workbook from standard input, write its sheets as MessagePack."""
    try:
        import resource  # noqa: PLC0415 not on every system
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = sheets(sys.stdin.buffer.read())
    except calamine.PasswordError:
        sys.exit(PROTECTED)
    except MemoryError:
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))


if __name__ == "__main__":
    main()
