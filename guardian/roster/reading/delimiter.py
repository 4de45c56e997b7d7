"""Which character separates the cells: the one under which columns are stable and headers make sense."""

import csv
import io
from collections import Counter

from guardian.roster.reading.meaning import meaning

CANDIDATES = (",", ";", "\t", "|")


def stated(first_line: str) -> str | None:
    """The separator of a `sep=;` line, which spreadsheets write and hide."""
    text = first_line.strip().strip('"')
    if text[:4].casefold() == "sep=":
        return text[4:5] or ("\t" if first_line.rstrip("\r\n").endswith("\t") else None)
    return None


def choose(lines: list[str]) -> str:
    """The separator of the first lines of a file."""
    return max(CANDIDATES, key=lambda mark: (_score(lines, mark), -CANDIDATES.index(mark)))


def _score(lines: list[str], mark: str) -> float:
    rows = split(lines, mark)
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    if not widths or max(widths) < 2:
        return 0.0
    common, count = Counter(widths).most_common(1)[0]
    stable = count / len(widths) if common > 1 else 0.0
    matched = max(sum(_known(cell) for cell in row[:300]) for row in rows[:15])
    return matched * 3 + stable * 2 + min(common, 20) * 0.05


def _known(cell: str) -> bool:
    return len(cell) < 80 and meaning(cell).group not in {"unknown", "blank", "ignored"}


def split(lines: list[str], mark: str) -> list[list[str]]:
    """The cells of some lines, leniently: for looking, not for reading."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO("".join(lines)), delimiter=mark))
    except csv.Error:
        return [line.rstrip("\r\n").split(mark) for line in lines]
    return rows
