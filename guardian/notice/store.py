"""The only writer of purposes, notices and their texts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Context, Tx
from guardian.notice.domain import Coverage, Draft, Notice, NoticeText, Purpose, Shown, content_sha256

_LOCK = 0x6E6F7469
_PURPOSE = "code, core, disclosure, commercial, guardian_always, retention"


async def lock(tx: Tx) -> int:
    """Let one publisher through at a time; answers the highest published version so far, 0 for none."""
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
    return int(await tx.fetchval("select coalesce(max(version), 0) from notices where state <> 'draft'"))


async def insert(context: Context, tx: Tx, draft: Draft, version: int) -> UUID:
    """Write a version with its texts; it stays a draft until `publish`."""
    notice = context.new_id()
    await tx.execute(
        "insert into notices (id, version, state, material, purposes, terms, created_at) "
        "values ($1, $2, 'draft', $3, $4, $5, $6)",
        notice, version, draft.material, [purpose.code for purpose in draft.purposes], terms_of(draft), tx.now,
    )  # fmt: skip
    for language, text in draft.texts.items():
        await tx.execute(
            "insert into notice_texts (id, notice, language, body, sha256) values ($1, $2, $3, $4, $5)",
            context.new_id(), notice, language, msgspec.json.encode(text).decode(), content_sha256(text),
        )  # fmt: skip
    return notice


def terms_of(draft: Draft) -> str:
    """The purposes as the row keeps them."""
    return msgspec.json.encode(draft.purposes).decode()


async def publish(tx: Tx, notice: UUID, draft: Draft, version: int, changed: Iterable[str] | None) -> None:
    """Let a draft hold as a version; the one before becomes `superseded`. From now on it never changes."""
    for position, purpose in enumerate(draft.purposes):
        await _save_purpose(tx, position, purpose, draft.texts)
    await tx.execute("update notices set state = 'superseded' where state = 'published'")
    await tx.execute(
        "update notices set state = 'published', published_at = $2, version = $3, material = $4, changed = $5 "
        "where id = $1 and state = 'draft'",
        notice, tx.now, version, draft.material, None if changed is None else list(changed),
    )  # fmt: skip


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


async def versions(tx: Tx) -> Sequence[Record]:
    """All versions but the draft, newest first: id, version, state, material, changed, published_at."""
    return await tx.fetch(
        "select id, version, state, material, changed, published_at from notices where version > 0 "
        "and state <> 'draft' order by version desc"
    )


async def coverage(tx: Tx, at: datetime) -> Coverage:
    """Which answers the material versions up to an instant leave standing."""
    rows = await tx.fetch(
        "select version, changed from notices where material and state <> 'draft' and published_at <= $1", at
    )
    return coverage_of((row["version"], row["changed"]) for row in rows)


def coverage_of(material: Iterable[tuple[int, Iterable[str] | None]]) -> Coverage:
    """The same from the material versions with what each changed."""
    found = Coverage()
    for version, changed in material:
        found = found.then(version, changed)
    return found


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
        purposes=msgspec.json.decode(row["terms"], type=tuple[Purpose, ...])
        if row["terms"]
        else await purposes(tx, row["purposes"]),
        texts=shown,
    )
