"""A roster as a stream of records: what the planner needs of the reader."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec

from guardian.roster.reading import reader
from guardian.roster.reading.records import Reading, StudentRecord


class Source(Protocol):
    """One reading of one roster."""

    def records(self) -> Iterator[StudentRecord]:
        """Learners in the order of the file, then those who left; nothing of a roster that is refused counts."""

    def reading(self) -> Reading:
        """All else that the roster says; complete once the records are used up."""


class FromFile:
    """A file, a zip or a folder, read in bounded memory. Blocks while it reads: a worker thread's work."""

    def __init__(self, path: Path, *, locale: str, as_of: date) -> None:
        self._stream = reader.stream(path, locale=locale, as_of=as_of)
        self._people = 0

    def records(self) -> Iterator[StudentRecord]:
        for record in self._stream:
            self._people += 1
            yield record
        for record in self.reading().leavers:
            self._people += 1
            yield record

    def reading(self) -> Reading:
        """A roster in which nobody could be read is refused: planned, it would say that everybody is missing."""
        told = self._stream.summary()
        nobody = not self._people and not told.leavers
        return msgspec.structs.replace(told, refused=True) if nobody else told
