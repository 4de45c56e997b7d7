"""Questions about an institution's authorisations: what stands, what ends, who did it last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from guardian.authorisation.domain import Authorisation
from guardian.context import Tx

_COLUMNS = ", ".join(f"a.{name}" for name in Authorisation.__struct_fields__)


class KeptDocument(msgspec.Struct, frozen=True):
    """What was signed as it is kept: the bytes (None: erased), their digest, and the one in the audit."""

    pdf: bytes | None
    sha256: str
    audited: str | None


class Done(msgspec.Struct, frozen=True):
    """Who did something, and when (UTC)."""

    by: Literal["signatory", "school", "operator"]
    at: datetime


async def in_force(tx: Tx, institution: UUID) -> set[UUID]:
    """What is in force, or suspended, at an institution."""
    rows = await tx.fetch(
        "select id from authorisations where institution = $1 and state in ('active', 'suspended') "
        "and valid_until > $2",
        institution, tx.now,
    )  # fmt: skip
    return {row["id"] for row in rows}


async def in_force_until(tx: Tx, institution: UUID) -> datetime | None:
    """When what is in force ends; nothing when nothing is."""
    end: datetime | None = await tx.fetchval(
        "select max(valid_until) from authorisations where institution = $1 and state = 'active' and valid_until > $2",
        institution, tx.now,
    )  # fmt: skip
    return end


async def in_doubt(tx: Tx, institution: UUID, *, besides: UUID) -> bool:
    """Whether something that was signed for an institution is suspended, or was revoked or not confirmed, and the
    operator has not put another one in force since.
    """
    return bool(
        await tx.fetchval(
            "select exists (select 1 from authorisations a where a.institution = $1 and a.id <> $2 "
            "and a.signed_at is not null and (a.state = 'suspended' or a.state in ('revoked', 'refused') "
            "and not exists (select 1 from authorisations b where b.institution = $1 and b.verified_by is not null "
            "and b.verified_at > a.ended_at)))",
            institution, besides,
        )
    )  # fmt: skip


async def ending(tx: Tx, letter: str, days: Sequence[int], limit: int) -> list[Authorisation]:
    """What is in force, ends within the time of a reminder (so many `days` before, also the letter's sequence) that was
    not written yet, and that nobody has signed a successor of; locked, the first to end first. Those that another
    command holds wait for the next time.
    """
    rows = await tx.fetch(
        f"select {_COLUMNS} from authorisations a, "
        "lateral (select min(d) as days from unnest($2::int[]) d "
        "where a.valid_until <= $1::timestamptz + make_interval(hours => 24 * d) "
        "and a.valid_from < a.valid_until - make_interval(hours => 24 * d)) due "
        "where a.state = 'active' and a.valid_until > $1 and due.days is not null "
        "and not exists (select 1 from authorisations b where b.institution = a.institution and b.id <> a.id "
        "and b.valid_until > a.valid_until and b.state in ('awaiting_verification', 'active')) "
        "and not exists (select 1 from mail_messages m where m.subject = a.id and m.letter = $3 "
        "and m.sequence = due.days) order by a.valid_until, a.id limit $4 for update of a skip locked",
        tx.now, list(days), letter, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Authorisation) for row in rows]


async def renewed(tx: Tx, old: Authorisation) -> bool:
    """Whether somebody has signed one that lasts longer."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from authorisations where institution = $1 and id <> $2 and valid_until > $3 "
            "and state in ('awaiting_verification', 'active'))",
            old.institution, old.id, old.valid_until,
        )
    )  # fmt: skip


async def places_of_learners(tx: Tx, institution: UUID) -> dict[tuple[str, ...], int]:
    """How many of an institution's learners of today live under which jurisdictions."""
    rows = await tx.fetch(
        "select l.jurisdictions, count(distinct l.id) as number from enrolments e join learners l on l.id = e.learner "
        "where e.institution = $1 and l.erased_at is null and (e.ends_on is null or e.ends_on >= $2::date) "
        "group by l.jurisdictions",
        institution, tx.now,
    )  # fmt: skip
    return {tuple(row["jurisdictions"]): row["number"] for row in rows}


async def last_done(tx: Tx, authorisation: UUID, action: str) -> Done | None:
    """Who did it last, and when; nothing when it stands in no entry."""
    row = await tx.fetchrow(
        "select a.at, a.actor_kind, s.institution from audit a left join staff s on s.id = a.actor "
        "where a.subject = $1 and a.action = $2 order by a.seq desc limit 1",
        authorisation, action,
    )  # fmt: skip
    if row is None:
        return None
    return Done("signatory" if row["actor_kind"] == "signatory" else "school" if row["institution"] else "operator",
                row["at"])  # fmt: skip


async def last_act(tx: Tx, authorisation: UUID) -> str | None:
    """The action of the last entry about an authorisation that moved it into force."""
    action: str | None = await tx.fetchval(
        "select action from audit where subject = $1 and action in ('authorisation.verified', 'authorisation.resumed') "
        "order by seq desc limit 1",
        authorisation,
    )
    return action


async def asked_until(tx: Tx, institution: UUID, after: datetime) -> bool:
    """Whether somebody has been asked to sign for longer than until an instant."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from authorisations where institution = $1 and state = 'awaiting_signature' "
            "and valid_until > $2)",
            institution, after,
        )
    )  # fmt: skip


async def document(tx: Tx, authorisation: UUID) -> KeptDocument | None:
    """What was kept, with the digest that the audit's entry of the signature has."""
    row = await tx.fetchrow(
        "select d.pdf, d.sha256, (select a.payload ->> 'pdf_sha256' from audit a where a.subject = d.authorisation "
        "and a.action = 'authorisation.signed' limit 1) as audited from authorisation_documents d "
        "where d.authorisation = $1",
        authorisation,
    )
    return KeptDocument(row["pdf"], row["sha256"], row["audited"]) if row else None


async def digests(tx: Tx, institution: UUID) -> dict[UUID, str]:
    """The SHA-256 of every kept document of an institution."""
    rows = await tx.fetch(
        "select authorisation, sha256 from authorisation_documents where institution = $1", institution
    )
    return {row["authorisation"]: row["sha256"] for row in rows}
