"""The only writer of institutions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.institution.domain import Institution

_COLUMNS = (
    "id, name, jurisdiction, timezone, language, contact_email, pupil_domains, verified_domains, legal_model, state, "
    "created_at, ended_at"
)


async def insert(tx: Tx, made: Institution) -> None:
    """A new institution."""
    await tx.execute(
        f"insert into institutions ({_COLUMNS}, revision) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
        made.id, made.name, made.jurisdiction, made.timezone, made.language, made.contact_email,
        list(made.pupil_domains), list(made.verified_domains), made.legal_model, made.state, made.created_at,
        made.ended_at,
    )  # fmt: skip


async def get(tx: Tx, institution: UUID, *, within: UUID | None = None) -> Institution | None:
    """One institution; with `within`, only if it is that one (the actor's own)."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from institutions where id = $1 and ($2::uuid is null or id = $2)", institution, within
    )
    return msgspec.convert(dict(row), Institution) if row else None


async def page(
    tx: Tx, *, within: UUID | None = None, after: tuple[str, UUID] | None = None, limit: int = 50
) -> list[Institution]:
    """Institutions by name, from behind a name and id on."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from institutions where ($1::uuid is null or id = $1) "
        "and ($2::text is null or (name, id) > ($2, $3)) order by name, id limit $4",
        within, after[0] if after else None, after[1] if after else None, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Institution) for row in rows]


async def lock(tx: Tx, institution: UUID) -> None:
    """Let one command at a time decide about an institution's authorisations. Rows that refer to it may still be
    added meanwhile.
    """
    await tx.execute("select 1 from institutions where id = $1 for no key update", institution)


async def activate(tx: Tx, institution: UUID) -> bool:
    """From invited to active; answers whether it was invited."""
    return (
        await tx.execute(
            "update institutions set state = 'active', revision = revision + 1 where id = $1 and state = 'invited'",
            institution,
        )
        == 1
    )


async def end(tx: Tx, institution: UUID) -> bool:
    """To ended; answers whether it was not so before."""
    return (
        await tx.execute(
            "update institutions set state = 'ended', ended_at = $2, revision = revision + 1 "
            "where id = $1 and state <> 'ended'",
            institution, tx.now,
        )
        == 1
    )  # fmt: skip


async def change(
    tx: Tx, institution: UUID, *, contact_email: str, verified_domains: Sequence[str], pupil_domains: Sequence[str]
) -> bool:
    """Write its contact and domains; answers whether there is such an institution that has not ended."""
    return (
        await tx.execute(
            "update institutions set contact_email = $2, verified_domains = $3, pupil_domains = $4, "
            "revision = revision + 1 where id = $1 and state <> 'ended'",
            institution, contact_email, list(verified_domains), list(pupil_domains),
        )
        == 1
    )  # fmt: skip


async def to_erase(tx: Tx, ended_before: datetime) -> UUID | None:
    """An institution that ended before an instant and still has a contact address, locked; nothing when none has."""
    found: UUID | None = await tx.fetchval(
        "select id from institutions where state = 'ended' and ended_at <= $1 and contact_email is not null "
        "order by ended_at, id limit 1 for no key update skip locked",
        ended_before,
    )
    return found


async def erase_contact(tx: Tx, institution: UUID) -> None:
    """Empty its contact address: the rule `institution_end` of the personal columns."""
    await tx.execute("update institutions set contact_email = null where id = $1", institution)
