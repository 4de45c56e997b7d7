"""A roster as a stream of records: what the planner needs of the reader."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

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

    def records(self) -> Iterator[StudentRecord]:
        yield from self._stream
        yield from self.reading().leavers

    def reading(self) -> Reading:
        return self._stream.summary()
