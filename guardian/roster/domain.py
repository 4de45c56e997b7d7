"""What an upload is, what its plan says, and the few rules that no query can hold."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from guardian.roster.reading.mapping import Mapping

Mode = Literal["additions", "snapshot", "delta"]
"""What absence from the file means: nothing; «left, perhaps»; nothing, but the file names who left."""
UploadState = Literal["received", "read", "planned", "committed", "cancelled", "failed"]
RowState = Literal["new", "changed", "unchanged", "held", "missing", "rejected"]

OPEN: tuple[UploadState, ...] = ("received", "read", "planned")
"""States in which the bytes are kept and a plan may be made or committed."""
UNMAPPED = frozenset({"HEADER_MISSING", "NOBODY_READ"})
"""Why a file is refused that may only need to be told which column is what; its bytes are kept for that."""
LIFE_HOURS = 72
"""An upload that nobody commits is erased so long after it came (FORMATS section 4, point 11)."""
SMALL_PIECES = 2
"""Pieces of 1 MB: up to here a plan is made while the caller waits; above, a job makes it."""
ROWS_SHOWN = 20_000
"""The rows that a plan lists one by one; of a larger roster those that a person must look at come first."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many learners (rejected: rows) the plan finds in each state."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    missing: int = 0
    rejected: int = 0


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What committing would do to access: learners admitted at once, learners that wait for a basis, and known
    learners about whom a guardian will be asked who was not asked before.
    """

    admitted: int = 0
    blocked: int = 0
    asked_again: int = 0


class PlanRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a plan. `row` is the number that a spreadsheet shows; None for a learner missing from the file.
    `changed`: names of the fields that would change, without their values.
    """

    row: int | None
    state: RowState
    codes: list[str]
    changed: list[str] = []


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding about the file, a row or a cell, in the reader's language."""

    severity: str
    code: str
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    message: str = ""
    suggestion: str = ""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which column of an upload is what, where a person said so: now, or (`remembered`) of an earlier file."""

    mapping: Mapping
    remembered: bool = False


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded roster as it is kept. `progress`: records read so far; `total`: how many there are,
    0 until that is known; `has_file`: whether its bytes are still kept.
    """

    id: UUID
    institution: UUID
    state: UploadState
    mode: Mode
    sha256: str
    format: str | None
    counts: Counts
    effect: Effect
    error: str | None
    progress: int
    total: int
    created_at: datetime
    planned_at: datetime | None
    committed_at: datetime | None
    mapping: Chosen | None = None
    has_file: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person can mend the upload by saying which column is what."""
        return self.state == "failed" and self.has_file and self.error in UNMAPPED


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An upload with what it would change, as the API and the command line show it."""

    id: UUID
    state: UploadState
    counts: Counts
    rows: list[PlanRow]
    effect: Effect
    rows_left_out: int = 0
    """Unremarkable rows of a large roster that are counted and not listed."""
    findings: list[Said] = []
    error: str | None = None
    progress: int = 0
    total: int = 0


class Newcomers(msgspec.Struct, frozen=True, kw_only=True):
    """New learners who are alike in all that decides about access; `birth_date` None is under every threshold."""

    count: int
    birth_date: str | None
    may_answer: bool
    """Whether a guardian with full authority is known."""
    reachable: bool
    """Whether one of these has an address."""


def mass_removal(missing: int, enrolled: int) -> bool:
    """Whether so many learners are missing that the file is more likely wrong than the school emptied: more than 10 %
    and at least 3 (LAW requirements 47 and 47a).
    """
    return missing >= 3 and missing * 10 > enrolled


def simple_effect(newcomers: list[Newcomers], *, admits_alone: bool, asked_again: int) -> Effect:
    """The effect without a decision engine: new learners are admitted at once where an authorisation in force asks no
    guardian, and wait otherwise. It knows nothing of age: a learner over the threshold is counted as waiting.
    """
    total = sum(group.count for group in newcomers)
    return Effect(admitted=total if admits_alone else 0, blocked=0 if admits_alone else total, asked_again=asked_again)
