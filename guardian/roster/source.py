"""A roster as a stream of records: what the planner needs of the reader."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec

from guardian.roster.domain import Chosen
from guardian.roster.reading import reader
from guardian.roster.reading.recall import Kept
from guardian.roster.reading.records import Finding, Reading, StudentRecord


class Source(Protocol):
    """One reading of one roster."""

    def records(self, kept: Kept | None = None) -> Iterator[StudentRecord]:
        """Learners in the order of the file, then those who left; nothing of a roster that is refused counts. Begins
        again each time. With `kept`, those who stand as an earlier import left them are counted and not given.
        """

    def passed(self) -> tuple[int, list[int]]:
        """How many learners were not given, and the turns of marks whose learners were given all the same."""

    def reading(self) -> Reading:
        """All else that the roster says; complete once the records are used up."""


class FromFile:
    """A file, a zip or a folder, read in bounded memory. Blocks while it reads: a worker thread's work."""

    def __init__(self, path: Path, *, locale: str, as_of: date, chosen: Chosen | None = None) -> None:
        self._path, self._locale, self._as_of, self._chosen = path, locale, as_of, chosen
        self._stream = self._begun(None)
        self._people = 0

    def records(self, kept: Kept | None = None) -> Iterator[StudentRecord]:
        self._stream = self._begun(kept)
        self._people = 0
        for record in self._stream:
            self._people += 1
            yield record
        for record in self.reading().leavers:
            self._people += 1
            yield record

    def _begun(self, kept: Kept | None) -> reader.RosterStream:
        """With columns that a person named, every row is opened: marks do not know what was said about a column."""
        mapping = self._chosen.mapping if self._chosen else None
        return reader.stream(
            self._path, locale=self._locale, as_of=self._as_of, mapping=mapping, kept=None if mapping else kept
        )

    def passed(self) -> tuple[int, list[int]]:
        return self._stream.passed, self._stream.reopened

    def reading(self) -> Reading:
        """A roster in which nobody could be read is refused: planned, it would say that everybody is missing."""
        told = self._stream.summary()
        if not self._people and not self._stream.passed and not told.leavers:
            told = _refused(told)
        elif self._chosen is not None:
            code = "MAPPING_REMEMBERED" if self._chosen.remembered else "MAPPING_CONFIRMED"
            said = Finding(severity="I", code=code)
            told = msgspec.structs.replace(told, findings=(said, *told.findings))
        return told


def _refused(told: Reading) -> Reading:
    """A reading that gave nobody, with the finding that says so unless the reason is told already."""
    if told.refused or any(finding.code == "HEADER_MISSING" for finding in told.findings):
        return msgspec.structs.replace(told, refused=True)
    places = {"rows": told.row_count, "rejected": len(told.rejected)}
    said = Finding(severity="F", code="NOBODY_READ", places=places)
    return msgspec.structs.replace(told, refused=True, findings=(said, *told.findings))
