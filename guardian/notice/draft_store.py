"""The one draft of the notice, as rows: version 0 until it is published."""

from uuid import UUID

import msgspec

from guardian.context import Context, Tx
from guardian.notice import store
from guardian.notice.domain import Draft, NoticeText, Purpose, content_sha256


class Stored(msgspec.Struct, frozen=True):
    """The draft with its id."""

    id: UUID
    draft: Draft


async def lock(tx: Tx) -> None:
    """Let one writer of the draft through at a time."""
    await store.lock(tx)


async def find(tx: Tx) -> Stored | None:
    """The draft, if somebody has begun one."""
    row = await tx.fetchrow("select id, terms from notices where version = 0 and state = 'draft'")
    if row is None:
        return None
    texts = await tx.fetch("select language, body from notice_texts where notice = $1", row["id"])
    return Stored(
        row["id"],
        Draft(
            purposes=msgspec.json.decode(row["terms"] or "[]", type=tuple[Purpose, ...]),
            texts={text["language"]: msgspec.json.decode(text["body"], type=NoticeText) for text in texts},
        ),
    )


async def begin(ctx: Context, tx: Tx, draft: Draft) -> UUID:
    """Write the draft; there must be none."""
    return await store.insert(ctx, tx, draft, 0)


async def save_text(ctx: Context, tx: Tx, notice: UUID, language: str, text: NoticeText) -> None:
    """Put a language's text in place of the one before."""
    await tx.execute(
        "insert into notice_texts (id, notice, language, body, sha256) values ($1, $2, $3, $4, $5) "
        "on conflict (notice, language) do update set body = excluded.body, sha256 = excluded.sha256",
        ctx.new_id(), notice, language, msgspec.json.encode(text).decode(), content_sha256(text),
    )  # fmt: skip


async def save_purposes(tx: Tx, notice: UUID, draft: Draft) -> None:
    """Put the purposes in place of those before."""
    await tx.execute(
        "update notices set terms = $2, purposes = $3 where id = $1 and state = 'draft'",
        notice, store.terms_of(draft), [purpose.code for purpose in draft.purposes],
    )  # fmt: skip


async def discard(tx: Tx, notice: UUID) -> None:
    """Throw the draft away."""
    await tx.execute("delete from notice_texts where notice = $1", notice)
    await tx.execute("delete from notices where id = $1 and state = 'draft'", notice)
