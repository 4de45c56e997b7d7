"""A roster as a stream of records: what the planner needs of the reader."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec

from guardian.roster.domain import Chosen
from guardian.roster.reading import reader
from guardian.roster.reading.records import Finding, Reading, StudentRecord


class Source(Protocol):
    """One reading of one roster."""

    def records(self) -> Iterator[StudentRecord]:
        """Learners in the order of the file, then those who left; nothing of a roster that is refused counts."""

    def reading(self) -> Reading:
        """All else that the roster says; complete once the records are used up."""


class FromFile:
    """A file, a zip or a folder, read in bounded memory. Blocks while it reads: a worker thread's work."""

    def __init__(self, path: Path, *, locale: str, as_of: date, chosen: Chosen | None = None) -> None:
        self._stream = reader.stream(path, locale=locale, as_of=as_of, mapping=chosen.mapping if chosen else None)
        self._chosen = chosen
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
        if not self._people and not told.leavers:
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
