"""A roster as a stream of records: what the planner needs of the reader."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import msgspec

from guardian.roster.reading.records import Reading, StudentRecord


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How an institution's files are to be read. `as_of` is the day on which ages are judged."""

    as_of: date
    jurisdiction: str | None = None
    language: str | None = None
    pupil_domains: tuple[str, ...] = ()


class Source(Protocol):
    """One reading of one roster."""

    def records(self) -> Iterator[StudentRecord]:
        """Learners in the order of the file, then those who left; nothing when the roster is refused."""

    def reading(self) -> Reading:
        """All else that the roster says; complete once the records are used up."""


class Whole:
    """A reading that is in memory already."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def records(self) -> Iterator[StudentRecord]:
        if not self._reading.refused:
            yield from self._reading.students
            yield from self._reading.leavers

    def reading(self) -> Reading:
        return self._reading


def open_source(path: Path, manner: Manner) -> Source:
    raise NotImplementedError
