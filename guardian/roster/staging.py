"""From records to rows of a staging table: streamed in blocks, so that memory stays flat however long the roster is.

The staging tables are temporary: the database drops them when the command ends, whatever happens.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.i18n import LANGUAGES
from guardian.people.domain import email_key, folded, person_key
from guardian.people.marks import Marker
from guardian.roster.reading.records import GuardianRecord, StudentRecord

BLOCK = 5_000
"""Learners per block: about 1 MB."""

TABLES = """
create temp table incoming (n int, row int, leaver boolean, erased boolean, student_id text, platform_id text,
    given text, family text, given_key text, family_key text, birth text, class_name text, language text, email text,
    email_key text) on commit drop;
create temp table incoming_guardians (n int, position int, key text collate "C", name text, name_key text, email text,
    email_key text, phone text, relationship text, eligible text, language text) on commit drop;
create temp table incoming_codes (row int, codes text[]) on commit drop;
create temp table refused_rows (row int, codes text[]) on commit drop;
"""
_LONG = 255
_LONG_EMAIL = 320
_LONG_PHONE = 64


class Erased(msgspec.Struct, frozen=True):
    """Marks of learners whose data was purged, to recognise them when a roster brings them back."""

    marker: Marker
    institution: UUID
    students: frozenset[bytes]
    persons: frozenset[bytes]

    def knows(self, record: StudentRecord) -> bool:
        """Whether this record's number, or its name with its birth date, was erased at this institution."""
        if record.student_id and self.marker.student(self.institution, record.student_id) in self.students:
            return True
        if record.birth_date is None or not self.persons:
            return False
        mark = self.marker.person(
            self.institution, record.given_name or "", record.family_name or "", record.birth_date
        )
        return mark in self.persons


class Block(msgspec.Struct):
    """Some learners and their guardians as COPY text, and what had to be said about their rows."""

    learners: bytes
    guardians: bytes
    count: int
    row: int
    codes: list[tuple[int, str]]
    refused: list[tuple[int, str]]
    names_platform_ids: bool


def blocks(records: Iterable[StudentRecord], erased: Erased | None, *, size: int = BLOCK) -> Iterator[Block]:
    """Cut records into blocks of COPY text. Pure and lazy; runs in a worker thread."""
    writer = _Writer(erased)
    for record in records:
        writer.add(record)
        if len(writer.learners) >= size:
            yield writer.cut()
    yield writer.cut()


class _Writer:
    def __init__(self, erased: Erased | None) -> None:
        self.erased = erased
        self.n = 0
        self.row = 0
        self._begin()

    def _begin(self) -> None:
        self.learners: list[str] = []
        self.guardians: list[str] = []
        self.codes: list[tuple[int, str]] = []
        self.refused: list[tuple[int, str]] = []
        self.platform_ids = False

    def cut(self) -> Block:
        block = Block(
            "".join(self.learners).encode(), "".join(self.guardians).encode(), len(self.learners), self.row,
            self.codes, self.refused, self.platform_ids,
        )  # fmt: skip
        self._begin()
        return block

    def add(self, record: StudentRecord) -> None:
        self.row = record.row
        vital = (record.student_id, record.platform_id, record.given_name, record.family_name)
        if any(value is not None and len(value) > _LONG for value in vital):
            self.refused.append((record.row, "VALUE_TOO_LONG"))
            return
        self.n += 1
        self.platform_ids = self.platform_ids or record.platform_id is not None
        class_name = self._fitting(record.row, record.class_name or record.grade, _LONG)
        email = self._fitting(record.row, record.email, _LONG_EMAIL)
        erased = self.erased is not None and self.erased.knows(record)
        self.learners.append(
            _line((
                str(self.n), str(record.row), "t" if record.leaver else "f", "t" if erased else "f",
                record.student_id, record.platform_id, record.given_name, record.family_name,
                folded(record.given_name), folded(record.family_name), record.birth_date, class_name,
                record.language if record.language in LANGUAGES else None, email, email_key(email),
            ))
        )  # fmt: skip
        seen: set[str] = set()
        for position, guardian in enumerate(record.guardians):
            if guardian.key not in seen:
                seen.add(guardian.key)
                self.guardians.append(self._guardian(record.row, position, guardian))

    def _guardian(self, row: int, position: int, guardian: GuardianRecord) -> str:
        name = guardian.name or " ".join(part for part in (guardian.given_name, guardian.family_name) if part) or None
        name = self._fitting(row, name, _LONG)
        email = self._fitting(row, guardian.email, _LONG_EMAIL)
        return _line((
            str(self.n), str(position), guardian.key, name, person_key(name), email, email_key(email),
            self._fitting(row, guardian.phone, _LONG_PHONE), guardian.relationship, guardian.eligible,
            guardian.language if guardian.language in LANGUAGES else None,
        ))  # fmt: skip

    def _fitting(self, row: int, value: str | None, most: int) -> str | None:
        if value is None or len(value) <= most:
            return value or None
        self.codes.append((row, "VALUE_TOO_LONG"))
        return None


def _line(fields: Sequence[str | None]) -> str:
    line = "\t".join(["\\N" if field is None else field for field in fields])
    clean = "\n" not in line and "\r" not in line and "\0" not in line
    if not clean or line.count("\t") != len(fields) - 1 or line.count("\\") != fields.count(None):
        line = "\t".join(["\\N" if field is None else _escaped(field) for field in fields])
    return line + "\n"


def _escaped(field: str) -> str:
    field = field.replace("\0", "").replace("\\", "\\\\").replace("\t", "\\t")
    return field.replace("\n", "\\n").replace("\r", "\\r")


async def make_tables(tx: Tx) -> None:
    """Make the empty staging tables of this command."""
    await tx.execute(TABLES)


async def load(tx: Tx, block: Block) -> None:
    """Put a block into the staging tables."""
    for table, content in (("incoming", block.learners), ("incoming_guardians", block.guardians)):
        if content:
            await tx.connection.copy_to_table(table, source=_once(content), schema_name="pg_temp")


async def load_codes(tx: Tx, codes: dict[int, list[str]], refused: dict[int, list[str]]) -> None:
    """Put what the reader said about rows, and the rows it refused, beside them."""
    for table, found in (("incoming_codes", codes), ("refused_rows", refused)):
        await tx.connection.copy_records_to_table(table, records=found.items(), schema_name="pg_temp")
    for table in ("incoming", "incoming_guardians", "incoming_codes", "refused_rows"):
        await tx.execute(f"analyze {table}")


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
