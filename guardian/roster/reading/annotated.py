"""The file as it came, with two more columns: what becomes of each row, and why. Made to be mended and sent again."""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from guardian.roster.reading import markup, workbook
from guardian.roster.reading.delimited import Delimited, open_delimited
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.mapping import Mapping as Columns
from guardian.roster.reading.meaning import OWN_COLUMNS
from guardian.roster.reading.members import Member, members
from guardian.roster.reading.places import language_of
from guardian.roster.reading.refusal import InputRefused
from guardian.roster.reading.separated import Cells
from guardian.roster.reading.table import Table

Remarks = Mapping[int, tuple[str, str]]
"""Row -> status and reason, in the reader's language."""
_DANGEROUS = frozenset("=+-@\t\r\n")
_SEMICOLON = frozenset({"fr", "pl", "de", "es"})


def annotate(
    source: Path, target: BinaryIO, *, locale: str | None, columns: Columns | None, remarks: Remarks, rest: str
) -> bool:
    """Write the file with its remarks: the same delimiter and order, UTF-8 with a mark, no cell a spreadsheet could
    run. `rest`: the status of rows nothing is said about. False where there is no single table to give back.
    """
    language = language_of(locale)
    try:
        with members(source) as (files, bundle):
            if bundle:
                return False
            found = _opened(files[0], language, columns)
            if found is None:
                return False
            rows, place, delimiter, text = found
            _write(target, rows, place, delimiter, text, remarks, rest)
            return True
    except InputRefused:
        return False


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in _DANGEROUS or cell.lstrip()[:1] in _DANGEROUS else cell


def _opened(
    member: Member, language: str | None, columns: Columns | None
) -> tuple[Iterator[Cells], int, str, Delimited | None] | None:
    with member.open() as file:
        head = file.read(4096)
    if workbook.is_workbook(head) or markup.is_markup(head):
        known = workbook.is_workbook(head)
        tables: list[Table] | Intake = (workbook if known else markup).tables(member, Findings(), columns)
        if isinstance(tables, Intake) or len(tables) != 1:
            return None
        return tables[0].rows(), tables[0].header.place, ";" if language in _SEMICOLON else ",", None
    text = open_delimited(member, language)
    if text is None:
        return None
    table = text.table(columns)
    return text.rows(), table.header.place if table else -1, text.delimiter, text


def _write(  # noqa: PLR0917
    target: BinaryIO, rows: Iterator[Cells], place: int, delimiter: str, text: Delimited | None, remarks: Remarks,
    rest: str,
) -> None:  # fmt: skip
    out = io.TextIOWrapper(target, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    own: list[int] = []
    width = 0
    for row, line, read in rows:
        cells = [_raw_line(text, line)] if read is None and text is not None else list(read or ())
        if row == place + 1:
            own = [at for at, cell in enumerate(cells) if cell.strip() in OWN_COLUMNS]
        kept = [neutral(cell) for at, cell in enumerate(cells) if at not in own]
        if row == place + 1:
            width = len(kept)
            writer.writerow([*kept, *sorted(OWN_COLUMNS)])
        elif row <= place or not any(map(str.strip, kept)):
            writer.writerow(kept)
        else:
            width = width or len(kept)
            kept += [""] * (width - len(kept))
            writer.writerow([*kept, *map(neutral, remarks.get(row, (rest, "")))])
    out.detach()


def _raw_line(text: Delimited, line: int) -> str:
    """A line whose quotation mark is not closed, as it stands in the file."""
    with text.member.open() as file:
        raw = next(islice(file, line - 1, line), b"")
    return raw.decode(text.encoding.name, "replace").strip().replace('"', "")
