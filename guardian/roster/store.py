"""The only writer of uploads, their pieces and the rows of their plans."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record
from asyncpg.transaction import Transaction

from guardian.context import Tx
from guardian.roster.domain import OPEN, SMALL_PIECES, Chosen, Counts, Effect, Mode, PlanRow, Upload
from guardian.roster.reading.records import Finding

_COLUMNS = (
    "id, institution, state, mode, sha256, format, counts, effect, error, progress, total, created_at, planned_at, "
    "committed_at, mapping, exists (select 1 from roster_chunks c where c.upload = roster_uploads.id) as has_file"
)
_LOCK = 0x726F7374


def _upload(row: Record) -> Upload:
    values: dict[str, Any] = dict(row)
    values["counts"] = msgspec.json.decode(row["counts"], type=Counts)
    values["effect"] = msgspec.json.decode(row["effect"], type=Effect)
    values["mapping"] = msgspec.json.decode(row["mapping"], type=Chosen) if row["mapping"] else None
    return msgspec.convert(values, Upload)


async def lock(tx: Tx, institution: UUID) -> None:
    """Let one command at a time plan or commit for an institution; held until the transaction ends."""
    await tx.execute("select pg_advisory_xact_lock($1, hashtext($2))", _LOCK, str(institution))


async def insert(
    tx: Tx, upload: UUID, institution: UUID, mode: Mode, *, sha256: str, by: UUID | None, chosen: Chosen | None = None
) -> None:
    """Keep a new upload, without its bytes yet."""
    await tx.execute(
        "insert into roster_uploads (id, institution, state, mode, sha256, counts, effect, progress, total, "
        "started_by, mapping, created_at) values ($1, $2, 'received', $3, $4, '{}', '{}', 0, 0, $5, $6, $7)",
        upload, institution, mode, sha256, by, packed(chosen), tx.now,
    )  # fmt: skip


def packed(chosen: Chosen | None) -> str | None:
    """Which column is what, as it is kept."""
    return msgspec.json.encode(chosen).decode() if chosen else None


async def get(tx: Tx, upload: UUID, *, within: UUID | None = None) -> Upload | None:
    """One upload, if this transaction may see it; `within` bounds it to an institution."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from roster_uploads where id = $1 and ($2::uuid is null or institution = $2)",
        upload,
        within,
    )
    return _upload(row) if row else None


async def choose(tx: Tx, upload: UUID, chosen: Chosen | None) -> None:
    """Keep with an upload which column is what."""
    await tx.execute("update roster_uploads set mapping = $2 where id = $1", upload, packed(chosen))


async def open_twin(tx: Tx, institution: UUID, sha256: str, mode: Mode, chosen: Chosen | None = None) -> UUID | None:
    """An upload of the same bytes in the same mode that nobody committed yet, with the same mapping if one is given."""
    found: UUID | None = await tx.fetchval(
        "select id from roster_uploads where institution = $1 and sha256 = $2 and mode = $3 and state = any($4) "
        "and ($5::jsonb is null or mapping = $5) order by created_at desc limit 1",
        institution, sha256, mode, list(OPEN), packed(chosen),
    )  # fmt: skip
    return found


async def page(tx: Tx, institution: UUID, *, limit: int = 50) -> list[Upload]:
    """The newest uploads of an institution."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from roster_uploads where institution = $1 order by created_at desc, id desc limit $2",
        institution, limit,
    )  # fmt: skip
    return [_upload(row) for row in rows]


async def move(tx: Tx, upload: UUID, *, before: Sequence[str], after: str, **change: Any) -> bool:
    """Move an upload that still stands as the caller read it; False when it does not."""
    sets = "".join(f", {name} = ${n}" for n, name in enumerate(change, start=4))
    row = await tx.fetchrow(
        f"update roster_uploads set state = $3{sets} where id = $1 and state = any($2) returning id",
        upload, list(before), after, *change.values(),
    )  # fmt: skip
    return row is not None


async def show_progress(connection: Connection, upload: UUID, progress: int, *, read: bool) -> None:
    """Say how far reading has come: on a connection of its own, so that others see it meanwhile."""
    async with connection.transaction():
        await connection.execute("select set_config('app.scope', 'operator', true)")
        await connection.execute(
            "update roster_uploads set progress = $2, total = case when $3 then $2 else total end, "
            "state = case when $3 and state = 'received' then 'read' else state end where id = $1",
            upload, progress, read,
        )  # fmt: skip


async def keep_piece(tx: Tx, piece: UUID, upload: UUID, position: int, content: bytes) -> None:
    """Keep an encrypted piece of the file."""
    await tx.execute(
        "insert into roster_chunks (id, upload, position, content) values ($1, $2, $3, $4)",
        piece, upload, position, content,
    )  # fmt: skip


async def is_large(tx: Tx, upload: UUID) -> bool:
    """Whether nobody should wait while this file is read."""
    return bool(await tx.fetchval("select count(*) > $2 from roster_chunks where upload = $1", upload, SMALL_PIECES))


async def pieces(tx: Tx, upload: UUID) -> AsyncIterator[bytes]:
    """The encrypted pieces in order, one in memory at a time."""
    position = 0
    while (
        content := await tx.fetchval(
            "select content from roster_chunks where upload = $1 and position = $2", upload, position
        )
    ) is not None:
        yield content
        position += 1


async def drop_rows(tx: Tx, upload: UUID) -> None:
    """Forget the rows of an earlier plan."""
    await tx.execute("delete from roster_rows where upload = $1", upload)


async def keep_rows(tx: Tx, statements: Sequence[tuple[str, list[object]]], room: int) -> int:
    """Keep the rows of a plan that are shown one by one, up to `room` of them; answers how much room is left. The
    statements read the plan's temporary tables; their `$1` is the room.
    """
    for statement, values in statements:
        if room > 0:
            room -= await tx.execute(statement, room, *values)
    return room


def undoable(tx: Tx) -> Transaction:
    """A part of the command that can be taken back alone, by an exception."""
    return tx.connection.transaction()


async def rows(tx: Tx, upload: UUID) -> list[PlanRow]:
    """The kept rows, in the order of the file, learners missing from it last."""
    found = await tx.fetch(
        "select nullif(row, 0) as row, state, codes, coalesce((select array_agg(distinct one->>'field') "
        "from jsonb_array_elements(changes) as one), '{}') as changed "
        "from roster_rows where upload = $1 order by nullif(row, 0), id",
        upload,
    )
    return [msgspec.convert(dict(row), PlanRow) for row in found]


async def findings(tx: Tx, upload: UUID) -> list[Finding]:
    """What the reader said; nothing once the upload has ended."""
    kept = await tx.fetchval("select findings from roster_uploads where id = $1", upload)
    return msgspec.json.decode(kept, type=list[Finding]) if kept else []


async def erase(tx: Tx, uploads: Sequence[UUID]) -> None:
    """Erase what uploads hold about people: the file, what was found in it, and whom its rows are about."""
    await tx.execute("delete from roster_chunks where upload = any($1)", list(uploads))
    await tx.execute(
        "update roster_rows set record = null, changes = null where upload = any($1) "
        "and (record is not null or changes is not null)",
        list(uploads),
    )
    await tx.execute(
        "update roster_uploads set findings = null, erased_at = $2 where id = any($1) and erased_at is null",
        list(uploads), tx.now,
    )  # fmt: skip


async def erase_file(tx: Tx, upload: UUID) -> None:
    """Erase the file of a refused upload; why it was refused stays until the upload's time is over."""
    await tx.execute("delete from roster_chunks where upload = $1", upload)


async def outdated(tx: Tx, before: datetime, limit: int) -> list[UUID]:
    """Uploads that came before an instant and still hold people's data, held against other sweeps."""
    rows = await tx.fetch(
        "select id from roster_uploads where created_at <= $1 and erased_at is null order by created_at limit $2 "
        "for update skip locked",
        before, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]
