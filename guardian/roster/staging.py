"""From records to rows of a staging table: streamed in blocks, so that memory stays flat however long the roster is.

The staging tables are temporary: the database drops them when the command ends, whatever happens.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import msgspec

from guardian.context import Tx
from guardian.i18n import LANGUAGES
from guardian.people.domain import email_key
from guardian.roster.erased import Erased
from guardian.roster.reading.records import GuardianRecord, StudentRecord

BLOCK = 5_000
"""Learners per block: about 1 MB."""
PLACES = 64
"""Guardians of one learner that can be told apart; more than a file ever names."""

TABLES = """
create temp table incoming (n int, row int, leaver boolean, erased boolean, student_id text, platform_id text,
    given text, family text, birth text, class_name text, language text, email text, email_key text,
    mark uuid) on commit drop;
create temp table incoming_guardians (n int, turn bigint, first bigint, key text collate "C", name text,
    email text, email_key text, phone text, relationship text, eligible text, language text) on commit drop;
create temp table incoming_codes (row int, codes text[]) on commit drop;
create temp table refused_rows (row int, codes text[]) on commit drop;
create temp table noted (turn int, mark uuid) on commit drop;
create temp table standing (turn int, learner uuid) on commit drop;
"""
"""`n` counts the learners of the file, `turn` their guardians: `n * 64 + place`; `first`: the turn that names the
person first, where that was looked for and several rows may. `noted` holds the marks of the file's clean rows,
`standing` the learners who stand as these say and were not given.
"""

_NULL = "\x01"
"""Stands for nothing: a mark that no text holds, so that a name spelt `\\N` stays a name."""
_LONG = 255
_LONG_EMAIL = 320
_LONG_PHONE = 64
_FLAG = {False: "f", True: "t"}


class Block(msgspec.Struct, kw_only=True):
    """Some learners and their guardians as COPY text, and what had to be said about their rows."""

    learners: bytes
    guardians: bytes
    count: int
    codes: list[tuple[int, str]]
    refused: list[tuple[int, str]]
    names_platform_ids: bool


def blocks(
    records: Iterable[StudentRecord], erased: Erased | None, *, size: int = BLOCK, firsts: dict[str, int] | None = None
) -> Iterator[Block]:
    """Cut records into blocks of COPY text. Pure and lazy; runs in a worker thread. `firsts`: remembers where a person
    came first, over all blocks.
    """
    writer = _Writer(erased, firsts)
    for record in records:
        writer.add(record)
        if len(writer.learners) >= size:
            yield writer.cut()
    yield writer.cut()


class _Writer:
    def __init__(self, erased: Erased | None, firsts: dict[str, int] | None) -> None:
        self.erased = erased
        self.firsts = firsts
        self.n = 0
        self._begin()

    def _begin(self) -> None:
        self.learners: list[tuple[str, ...]] = []
        self.guardians: list[tuple[str, ...]] = []
        self.codes: list[tuple[int, str]] = []
        self.refused: list[tuple[int, str]] = []
        self.platform_ids = False

    def cut(self) -> Block:
        block = Block(
            learners=_text(self.learners), guardians=_text(self.guardians), count=len(self.learners),
            codes=self.codes, refused=self.refused, names_platform_ids=self.platform_ids,
        )  # fmt: skip
        self._begin()
        return block

    def add(self, record: StudentRecord) -> None:
        student_id, platform_id = record.student_id or _NULL, record.platform_id or _NULL
        given, family = record.given_name or _NULL, record.family_name or _NULL
        if len(student_id) > _LONG or len(platform_id) > _LONG or len(given) > _LONG or len(family) > _LONG:
            self.refused.append((record.row, "VALUE_TOO_LONG"))
            return
        self.n += 1
        self.platform_ids = self.platform_ids or platform_id is not _NULL
        said = len(self.codes)
        email = self._fitting(record.row, record.email, _LONG_EMAIL)
        class_name = self._fitting(record.row, record.class_name or record.grade, _LONG)
        erased = self.erased is not None and self.erased.knows(record)
        if len(record.guardians) == 1:
            self._guardian(record.row, 0, record.guardians[0])
        else:
            named: dict[str, GuardianRecord] = {}
            for guardian in record.guardians:
                named.setdefault(guardian.key, guardian)
            for place, guardian in enumerate(list(named.values())[:PLACES]):
                self._guardian(record.row, place, guardian)
        self.learners.append((
            str(self.n), str(record.row), _FLAG[record.leaver], _FLAG[erased], student_id, platform_id, given, family,
            record.birth_date or _NULL, class_name,
            record.language if record.language in LANGUAGES else _NULL, email, _key(email),
            record.mark.hex() if record.mark and said == len(self.codes) else _NULL,
        ))  # fmt: skip

    def _guardian(self, row: int, place: int, guardian: GuardianRecord) -> None:
        name = guardian.name or " ".join(part for part in (guardian.given_name, guardian.family_name) if part)
        email = self._fitting(row, guardian.email, _LONG_EMAIL)
        turn, first = self.n * PLACES + place, _NULL
        if guardian.shared and self.firsts is not None:
            first = str(self.firsts.setdefault(guardian.key, turn))
        self.guardians.append((
            str(self.n), str(turn), first, guardian.key, self._fitting(row, name, _LONG), email,
            _key(email),
            self._fitting(row, guardian.phone, _LONG_PHONE), guardian.relationship, guardian.eligible,
            guardian.language if guardian.language in LANGUAGES else _NULL,
        ))  # fmt: skip

    def _fitting(self, row: int, value: str | None, most: int) -> str:
        if not value:
            return _NULL
        if len(value) <= most:
            return value
        self.codes.append((row, "VALUE_TOO_LONG"))
        return _NULL


def _key(email: str) -> str:
    return _NULL if email is _NULL else email_key(email) or _NULL


def _text(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Rows in COPY's text format. Marks that must be escaped are rare: they are looked for in the whole block first."""
    if not rows:
        return b""
    text = "\n".join(["\t".join(row) for row in rows]) + "\n"
    plain = text.count("\t") == (len(rows[0]) - 1) * len(rows) and text.count("\n") == len(rows)
    if not plain or "\\" in text or "\r" in text or "\0" in text:
        text = "".join(["\t".join([_escaped(field) for field in row]) + "\n" for row in rows])
    return text.encode()


def _escaped(field: str) -> str:
    field = field.replace("\0", "").replace("\\", "\\\\").replace("\t", "\\t")
    return field.replace("\n", "\\n").replace("\r", "\\r")


async def make_tables(tx: Tx) -> None:
    """Make the empty staging tables of this command."""
    await tx.execute(TABLES)


async def drop_tables(tx: Tx) -> None:
    """Drop all temporary tables of a plan, so that it can be made again."""
    names = await tx.fetch("select relname from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'")
    await tx.execute("drop table " + ", ".join(row["relname"] for row in names))


async def load(tx: Tx, block: Block) -> None:
    """Put a block into the staging tables."""
    for table, content in (("incoming", block.learners), ("incoming_guardians", block.guardians)):
        if content:
            await tx.connection.copy_to_table(table, source=_once(content), schema_name="pg_temp", null=_NULL)


async def load_codes(tx: Tx, codes: dict[int, list[str]], refused: dict[int, list[str]]) -> None:
    """Put what the reader said about rows, and the rows it refused, beside them."""
    for table, found in (("incoming_codes", codes), ("refused_rows", refused)):
        await tx.connection.copy_records_to_table(table, records=list(found.items()), schema_name="pg_temp")


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
