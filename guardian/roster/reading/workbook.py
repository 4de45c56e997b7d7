"""Workbooks (xlsx, xls, xlsb, ods) as rows of text."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.fields.cell import Numeric
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.headed import recognised
from guardian.roster.reading.header import find
from guardian.roster.reading.limits import HEADER_ROWS
from guardian.roster.reading.mapping import Mapping, header_of
from guardian.roster.reading.members import Member
from guardian.roster.reading.profile import GENERIC
from guardian.roster.reading.refusal import MB, ROWS, SECONDS_OF_READING, InputRefused
from guardian.roster.reading.separated import Cells
from guardian.roster.reading.table import Table
from guardian.roster.reading.workbook_child import PROTECTED, SECONDS, TOO_LARGE, Sheet
from guardian.roster.reading.workbook_size import check_size, formulas_without_value

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(head: bytes) -> bool:
    """A zip here can only be a workbook: other archives were opened before."""
    return head.startswith((b"PK\x03\x04", _OLE)) or head[:2] == b"\x09\x08"


def tables(member: Member, findings: Findings, mapping: Mapping | None = None) -> list[Table]:
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
    return _read(content, member, findings, mapping)


def first_rows(member: Member, most: int) -> list[list[str] | None]:
    """The first rows of the first visible sheet that has a header; without any header, of the first that is filled.

    :raises InputRefused: as `tables`.
    """
    with member.open() as file:
        content = file.read()
    check_size(content, member.name)
    filled: list[list[list[str]]] = []
    for sheet in _load(content, member.name):
        rows = [[cell if isinstance(cell, str) else Numeric(cell[0]) for cell in row] for row in sheet.rows[:most]]
        if sheet.state != "hidden" and any(map(any, rows)):
            filled.append(rows)
    chosen = next((rows for rows in filled if find(rows)), filled[0] if filled else [])
    return list(chosen)


def _load(content: bytes, name: str) -> list[Sheet]:
    """The sheets, loaded in a process of its own.

    :raises InputRefused: the workbook is protected, too large, or broken.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "guardian.roster.reading.workbook_child"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    except subprocess.TimeoutExpired:
        raise InputRefused("TOO_LARGE", name, limit=SECONDS, unit=SECONDS_OF_READING) from None
    if done.returncode == PROTECTED:
        raise InputRefused("PASSWORD_PROTECTED", name)
    if done.returncode == TOO_LARGE or done.returncode < 0:  # a signal: memory ran out in the native part
        raise InputRefused("TOO_LARGE", name, limit=limits.WORKBOOK_ROWS, unit=ROWS)
    if done.returncode:
        raise InputRefused("FORMAT_UNKNOWN", name)
    return msgspec.msgpack.decode(done.stdout, type=list[Sheet])


def _read(content: bytes, member: Member, findings: Findings, mapping: Mapping | None) -> list[Table]:
    found: list[Table] = []
    filled = 0
    for sheet in _load(content, member.name):
        origin = Origin(member.name, sheet.name)
        if sheet.state == "hidden":
            findings.whole("HIDDEN_SHEET", origin, name=sheet.name)
            continue
        rows = [[cell if isinstance(cell, str) else Numeric(cell[0]) for cell in row] for row in sheet.rows]
        if not any(map(any, rows)):
            continue
        filled += 1
        table = table_of(rows, member.name, sheet.name, mapping)
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


def table_of(rows: list[list[str]], file: str, sheet: str | None, mapping: Mapping | None = None) -> Table | None:
    """A table of cells held in memory; None where it has no header, and no mapping says which column is what."""
    header, profile = (header_of(rows[:HEADER_ROWS], mapping), GENERIC) if mapping else recognised(rows)
    if header is None:
        return None

    def numbered() -> Iterator[Cells]:
        for number, cells in enumerate(rows, 1):
            yield number, 0, list(cells)

    return Table(file, header, numbered, sheet=sheet, profile=profile, limit=limits.WORKBOOK_ROWS)
