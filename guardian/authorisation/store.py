"""The only writer of authorisations. Every move is one guarded update: no row means that another act came first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.authorisation.domain import MOVES, Act, Authorisation, froms
from guardian.context import Tx

_NAMES = Authorisation.__struct_fields__
_COLUMNS = ", ".join(_NAMES)
_ENDING = [state for state, acts in MOVES.items() if "expire" in acts]


def _read(row: Record) -> Authorisation:
    return msgspec.convert(dict(row), Authorisation)


async def insert(tx: Tx, made: Authorisation) -> None:
    """A new authorisation, as it stands."""
    values = [list(v) if isinstance(v := getattr(made, name), tuple) else v for name in _NAMES]
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await tx.execute(f"insert into authorisations ({_COLUMNS}) values ({places})", *values)


async def get(tx: Tx, authorisation: UUID, *, within: UUID | None = None) -> Authorisation | None:
    """One authorisation; with `within`, only if it is that institution's."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from authorisations where id = $1 and ($2::uuid is null or institution = $2)",
        authorisation, within,
    )  # fmt: skip
    return _read(row) if row else None


async def of_institution(tx: Tx, institution: UUID) -> list[Authorisation]:
    """All authorisations of an institution, newest first."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from authorisations where institution = $1 order by created_at desc, id desc", institution
    )
    return [_read(row) for row in rows]


async def awaiting_verification(tx: Tx, *, limit: int = 100) -> list[Authorisation]:
    """What the operator must look at, the longest waiting first."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from authorisations where state = 'awaiting_verification' and valid_until > $1 "
        "order by signed_at, id limit $2",
        tx.now, limit,
    )  # fmt: skip
    return [_read(row) for row in rows]


async def move(
    tx: Tx, authorisation: UUID, act: Act, *, within: UUID | None = None, values: dict[str, Any] | None = None
) -> Authorisation | None:
    """Make one move, with the columns that go with it; nothing when the act is not possible (any more), when the
    authorisation has lapsed by the clock, or when it is another institution's.
    """
    allowed = froms(act)
    new = {"state": MOVES[allowed[0]][act], **(values or {})}
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(new, start=5))
    row = await tx.fetchrow(
        f"update authorisations set {sets} where id = $1 and state = any($2) "
        f"and ($3::uuid is null or institution = $3) and valid_until > $4 returning {_COLUMNS}",
        authorisation, allowed, within, tx.now, *new.values(),
    )  # fmt: skip
    return _read(row) if row else None


async def supersede(tx: Tx, institution: UUID, states: Sequence[str], *, besides: UUID) -> list[UUID]:
    """Let a newer authorisation take the place of the institution's others in these states; answers which."""
    rows = await tx.fetch(
        "update authorisations set state = 'superseded', ended_at = $4 where institution = $1 and state = any($2) "
        "and id <> $3 returning id",
        institution, list(states), besides, tx.now,
    )  # fmt: skip
    return sorted(row["id"] for row in rows)


async def revoke_all(tx: Tx, institution: UUID) -> list[Authorisation]:
    """End everything of an institution that has not ended yet, in the order of ids; answers it as it is now."""
    rows = await tx.fetch(
        "update authorisations set state = 'revoked', ended_at = $3 where institution = $1 and state = any($2) "
        f"returning {_COLUMNS}",
        institution, froms("revoke"), tx.now,
    )  # fmt: skip
    return sorted((_read(row) for row in rows), key=lambda ended: ended.id)


async def expire(tx: Tx, limit: int) -> list[Authorisation]:
    """Mark what has lapsed by the clock; rows that another command holds wait for the next time."""
    rows = await tx.fetch(
        "update authorisations a set state = 'expired', ended_at = a.valid_until from (select id from authorisations "
        "where state = any($1) and valid_until <= $2 order by valid_until, id limit $3 for update skip locked) due "
        f"where a.id = due.id returning {', '.join(f'a.{name}' for name in _NAMES)}",
        _ENDING, tx.now, limit,
    )  # fmt: skip
    return sorted((_read(row) for row in rows), key=lambda lapsed: lapsed.id)


async def insert_document(tx: Tx, document: UUID, signed: Authorisation, content: bytes, digest: str) -> None:
    """Keep what was signed."""
    await tx.execute(
        "insert into authorisation_documents (id, authorisation, institution, pdf, sha256, made_at) "
        "values ($1, $2, $3, $4, $5, $6)",
        document, signed.id, signed.institution, content, digest, tx.now,
    )  # fmt: skip


async def letters_sent(tx: Tx, authorisation: UUID, letter: str) -> tuple[int, Any]:
    """How many letters of a kind there were, and when the last was queued (None: never)."""
    row = await tx.fetchrow(
        "select count(*) as number, max(created_at) as last from mail_messages where subject = $1 and letter = $2",
        authorisation, letter,
    )  # fmt: skip
    return (row["number"], row["last"]) if row else (0, None)


async def erase_signatories(tx: Tx, institution: UUID) -> int:
    """Empty who signed, and the documents that name them: the rule `institution_end` of the personal columns. What was
    signed, when, how and under which words stays as proof; answers how many rows it was.
    """
    await tx.execute(
        "update authorisation_documents set pdf = null where institution = $1 and pdf is not null", institution
    )
    return await tx.execute(
        "update authorisations set signatory_email = null, signatory_name = null, signatory_title = null, "
        "reason = null where institution = $1 and signatory_email is not null",
        institution,
    )
