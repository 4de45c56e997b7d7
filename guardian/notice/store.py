"""The only writer of purposes, notices and their texts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Context, Tx
from guardian.notice.domain import Draft, Notice, NoticeText, Purpose, Shown, content_sha256

_LOCK = 0x6E6F7469
_PURPOSE = "code, core, disclosure, commercial, guardian_always, retention"


async def lock(tx: Tx) -> int:
    """Let one publisher through at a time; answers the highest version so far, 0 when there is none."""
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
    return int(await tx.fetchval("select coalesce(max(version), 0) from notices"))


async def insert(context: Context, tx: Tx, draft: Draft, version: int) -> UUID:
    """Write a version with its texts and publish it; the one before becomes `superseded`."""
    for position, purpose in enumerate(draft.purposes):
        await _save_purpose(tx, position, purpose, draft.texts)
    notice = context.new_id()
    await tx.execute(
        "insert into notices (id, version, state, material, purposes, created_at) values ($1, $2, 'draft', $3, $4, $5)",
        notice, version, draft.material, [purpose.code for purpose in draft.purposes], tx.now,
    )  # fmt: skip
    for language, text in draft.texts.items():
        await tx.execute(
            "insert into notice_texts (id, notice, language, body, sha256) values ($1, $2, $3, $4, $5)",
            context.new_id(), notice, language, msgspec.json.encode(text).decode(), content_sha256(text),
        )  # fmt: skip
    await tx.execute("update notices set state = 'superseded' where state = 'published'")
    await tx.execute(
        "update notices set state = 'published', published_at = $2 where id = $1 and state = 'draft'", notice, tx.now
    )
    return notice


async def _save_purpose(tx: Tx, position: int, purpose: Purpose, texts: dict[str, NoticeText]) -> None:
    words: dict[str, Any] = {
        language: msgspec.to_builtins(text.purposes[purpose.code]) for language, text in texts.items()
    }
    await tx.execute(
        "insert into purposes (code, position, core, disclosure, commercial, guardian_always, retention, texts) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (code) do update set position = excluded.position, "
        "core = excluded.core, disclosure = excluded.disclosure, commercial = excluded.commercial, "
        "guardian_always = excluded.guardian_always, retention = excluded.retention, texts = excluded.texts",
        purpose.code, position, purpose.core, purpose.disclosure, purpose.commercial, purpose.guardian_always,
        purpose.retention, msgspec.json.encode(words).decode(),
    )  # fmt: skip


async def published(tx: Tx) -> Notice | None:
    """The version in force, or nothing before the first."""
    row = await tx.fetchrow("select * from notices where state = 'published' order by version desc limit 1")
    return await _whole(tx, row) if row else None


async def get(tx: Tx, notice: UUID) -> Notice | None:
    """One version, in force or not."""
    row = await tx.fetchrow("select * from notices where id = $1", notice)
    return await _whole(tx, row) if row else None


async def purposes(tx: Tx, codes: Sequence[str] | None = None) -> tuple[Purpose, ...]:
    """The purposes (these, or all) in the order in which they are shown."""
    rows = await tx.fetch(
        f"select {_PURPOSE} from purposes where $1::text[] is null or code = any($1) order by position, code",
        None if codes is None else list(codes),
    )
    return tuple(msgspec.convert(dict(row), Purpose) for row in rows)


async def _whole(tx: Tx, row: Record) -> Notice:
    texts = await tx.fetch("select language, body, sha256 from notice_texts where notice = $1", row["id"])
    shown = {
        text["language"]: Shown(
            language=text["language"],
            text=msgspec.json.decode(text["body"], type=NoticeText),
            sha256=text["sha256"],
        )
        for text in texts
    }
    return Notice(
        id=row["id"],
        version=row["version"],
        material=row["material"],
        published_at=row["published_at"],
        purposes=await purposes(tx, row["purposes"]),
        texts=shown,
    )
