"""Workbooks (xlsx, xls, xlsb, ods) as rows of text."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.fields.cell import Numeric
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.header import find
from guardian.roster.reading.members import Member
from guardian.roster.reading.profile import choose
from guardian.roster.reading.profiles import PROFILES
from guardian.roster.reading.refusal import MB, ROWS, InputRefused
from guardian.roster.reading.separated import Cells
from guardian.roster.reading.table import Table
from guardian.roster.reading.workbook_size import check_size, formulas_without_value

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(head: bytes) -> bool:
    """A zip here can only be a workbook: other archives were opened before."""
    return head.startswith((b"PK\x03\x04", _OLE)) or head[:2] == b"\x09\x08"


def tables(member: Member, findings: Findings) -> list[Table]:
    """The rosters in a workbook: its visible sheets that have a header.

    :raises InputRefused: it is protected, too large, or broken.
    """
    if member.size > limits.WORKBOOK_BYTES:
        raise InputRefused("TOO_LARGE", member.name, limit=limits.WORKBOOK_BYTES // limits.MEGABYTE, unit=MB)
    with member.open() as file:
        content = file.read()
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise InputRefused("PASSWORD_PROTECTED", member.name)
    check_size(content, member.name)
    try:
        return _read(content, member, findings)
    except calamine.PasswordError:
        raise InputRefused("PASSWORD_PROTECTED", member.name) from None
    except InputRefused:
        raise
    except Exception as broken:  # the library raises errors of many kinds, and its native part panics, on damaged files
        raise InputRefused("FORMAT_UNKNOWN", member.name) from broken
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise InputRefused("FORMAT_UNKNOWN", member.name) from panic


def _read(content: bytes, member: Member, findings: Findings) -> list[Table]:
    book = calamine.load_workbook(io.BytesIO(content))
    found: list[Table] = []
    filled = 0
    for sheet in book.sheets_metadata:
        origin = Origin(member.name, sheet.name)
        if sheet.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible is not calamine.SheetVisibleEnum.Visible:
            findings.whole("HIDDEN_SHEET", origin, name=sheet.name)
            continue
        rows = _rows(book.get_sheet_by_name(sheet.name), member.name)
        if not any(map(any, rows)):
            continue
        filled += 1
        table = table_of(rows, member.name, sheet.name)
        if table is None:
            findings.whole("SHEET_IGNORED", origin, name=sheet.name)
        else:
            found.append(table)
    if not filled:
        raise InputRefused("EMPTY", member.name)
    _name_classes(found)
    for sheet_name, row, column in formulas_without_value(content):
        findings.whole("FORMULA_WITHOUT_VALUE", Origin(member.name, sheet_name), row=row, column=column)
    return found


def _name_classes(tables: list[Table]) -> None:
    """Several sheets of pupils are several classes, where no column says so."""
    for table in tables if len(tables) > 1 else ():
        if "class" not in table.header.layout.student and table.sheet:
            table.sheet_class = table.sheet


def _rows(sheet: calamine.CalamineSheet, name: str) -> list[list[str]]:
    """The cells where the sheet has them: the library leaves out empty rows and columns at the beginning."""
    if sheet.height > limits.WORKBOOK_ROWS + limits.HEADER_ROWS:
        raise InputRefused("TOO_LARGE", name, limit=limits.WORKBOOK_ROWS, unit=ROWS)
    above, left = sheet.start or (0, 0)
    indent = [""] * left
    rows: list[list[str]] = [[] for _ in range(above)]
    rows.extend(indent + [text(cell) for cell in row[: limits.COLUMNS]] for row in sheet.iter_rows())
    return rows


def table_of(rows: list[list[str]], file: str, sheet: str | None) -> Table | None:
    """A table of cells held in memory; None where it has no header."""
    header = find(rows)
    if header is None:
        return None
    profile = choose(PROFILES, header.names)
    if profile.pinned:
        header = find(rows, profile.pinned) or header

    def numbered() -> Iterator[Cells]:
        for number, cells in enumerate(rows, 1):
            yield number, 0, list(cells)

    return Table(file, header, numbered, sheet=sheet, profile=profile, limit=limits.WORKBOOK_ROWS)


def text(cell: Any) -> str:  # noqa: PLR0911 guard clauses read best in order
    """A cell as text: a date as ISO, a whole number without its `.0`."""
    if isinstance(cell, str):
        return cell[: limits.CELL_CHARACTERS] if cell else ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return Numeric(int(cell)) if cell == cell // 1 and abs(cell) < 1e15 else Numeric(repr(cell).replace("e", "E"))
    if isinstance(cell, int):
        return Numeric(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return ""
