"""Delimited text as rows: strict about quotes, and reading on at the next line where one is not closed."""

import csv
import io
from collections.abc import Iterator
from typing import IO, BinaryIO

from guardian.roster.reading.encoding import Encoding
from guardian.roster.reading.limits import LINE_CHARACTERS, REREAD_CHARACTERS
from guardian.roster.reading.refusal import CHARACTERS, InputRefused

Cells = tuple[int, int, list[str] | None]
"""Row as a spreadsheet counts, physical line, cells; None instead of cells: a quotation mark is not closed."""


class Lines:
    """The physical lines of a file, counted; lines can be given back."""

    def __init__(self, file: BinaryIO, encoding: Encoding, name: str) -> None:
        file.seek(encoding.bom)
        self.number = 0
        """Lines handed out so far."""
        self.taken: list[str] = []
        """The lines of the record being read."""
        self.odd: list[int] = []
        """Lines in another encoding than the rest."""
        self.again = 0
        """Characters given back so far."""
        self._back: list[str] = []
        self._name = name
        self._other = encoding.mixed
        self._text: IO[str]
        codec = "latin-1" if encoding.mixed else encoding.name
        self._main = encoding.name if encoding.mixed else None
        self._text = io.TextIOWrapper(_Unclosed(file), codec, errors="replace", newline=None)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._back:
            line = self._back.pop()
        else:
            line = self._text.readline(LINE_CHARACTERS)
            if not line:
                raise StopIteration
            if len(line) >= LINE_CHARACTERS:
                raise InputRefused("TOO_LARGE", self._name, limit=LINE_CHARACTERS, unit=CHARACTERS)
            if self._main and not line.isascii():
                line = self._mixed(line)
        self.number += 1
        self.taken.append(line)
        return line

    def plain(self) -> Iterator[str]:
        """Line by line without remembering the record, for rows that take one line each."""
        read = self._text.readline
        back = self._back
        mixed = self._main is not None
        while True:
            line = back.pop() if back else read(LINE_CHARACTERS)
            if not line:
                return
            if len(line) >= LINE_CHARACTERS:
                raise InputRefused("TOO_LARGE", self._name, limit=LINE_CHARACTERS, unit=CHARACTERS)
            if mixed and not line.isascii():
                line = self._mixed(line)
            self.number += 1
            yield line

    def push(self, line: str) -> None:
        """Give one line back."""
        self._back.append(line)
        self.number -= 1

    def _mixed(self, line: str) -> str:
        raw = line.encode("latin-1")
        try:
            decoded = raw.decode("utf-8")
            odd = self._main != "utf-8"
        except UnicodeDecodeError:
            decoded = raw.decode(self._other or "cp1252", "replace")
            odd = self._main == "utf-8"
        if odd:
            self.odd.append(self.number + 1)
        return decoded

    def give_back(self) -> None:
        """Give back all lines of the record but its first."""
        lines = self.taken[1:]
        self._back.extend(reversed(lines))
        self.number -= len(lines)
        self.taken = []
        self.again += sum(map(len, lines))


class _Unclosed(io.BufferedReader):
    """A text wrapper closes its file when it is forgotten; this one leaves it open for the next pass."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(_Borrowed(file), 1 << 16)


class _Borrowed(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def rows(lines: Lines, delimiter: str) -> Iterator[Cells]:
    """All rows of a file, blank ones too."""
    row = 0
    while lines.again <= REREAD_CHARACTERS:
        start = lines.number
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        taken = lines.taken = []
        try:
            for cells in reader:
                row += 1
                yield row, start + 1, cells
                start = lines.number
                taken.clear()
        except csv.Error:
            row += 1
            lines.give_back()
            yield row, start + 1, None
        else:
            return
    yield from _line_by_line(lines, delimiter, row)


def _line_by_line(lines: Lines, delimiter: str, row: int) -> Iterator[Cells]:
    """What is left of a file with very many unclosed quotes: every line is a row of its own."""
    for line in lines:
        lines.taken = []
        row += 1
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            yield row, lines.number, None
        else:
            yield row, lines.number, cells
