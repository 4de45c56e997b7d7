"""The only writer of learners' own answers and of who was told of a threshold birthday; reads what their page shows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from guardian.access.own import OwnState
from guardian.context import Context, Tx
from guardian.handover.domain import Entry

_LATEST_DAY = (
    "case length(l.birth_date) when 4 then l.birth_date || '-12-31' when 7 then l.birth_date || '-31' "
    "else l.birth_date end"
)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A learner as far as the hand-over needs them, with the school that speaks to them."""

    id: UUID
    given_name: str
    email: str | None
    birth_date: str | None
    jurisdictions: list[str]
    timezone: str
    language: str
    standing: str
    created_at: datetime
    institution: UUID | None
    school: str | None
    school_email: str | None


_PERSON = (
    "select l.id, coalesce(l.given_name, '') as given_name, l.email, l.birth_date, l.jurisdictions, l.timezone, "
    "l.language, l.standing, l.created_at, i.id as institution, i.name as school, i.contact_email as school_email "
    "from learners l left join lateral (select e.institution from enrolments e where e.learner = l.id "
    "order by e.begins_on desc, e.id desc limit 1) e on true left join institutions i on i.id = e.institution "
)


async def person(tx: Tx, learner: UUID, *, lock: bool = False) -> Person | None:
    """One learner who is still kept; `lock`: against every other command until this one ends."""
    if lock:
        await tx.execute("select 1 from learners where id = $1 for update", learner)
    row = await tx.fetchrow(_PERSON + "where l.id = $1 and l.erased_at is null", learner)
    return msgspec.convert(dict(row), Person) if row else None


async def people(tx: Tx, learners: Sequence[UUID]) -> dict[UUID, Person]:
    """Several learners who are still kept."""
    rows = await tx.fetch(_PERSON + "where l.id = any($1) and l.erased_at is null", list(learners))
    return {row["id"]: msgspec.convert(dict(row), Person) for row in rows}


async def untold(tx: Tx, ranges: Sequence[tuple[str, str]], limit: int) -> list[Person]:
    """Learners born on one of these days who have not been told; a date without a day counts as its last."""
    rows = await tx.fetch(
        f"{_PERSON} where l.erased_at is null and l.birth_date is not null and l.standing = 'active' "
        "and not exists (select 1 from age_ups a where a.learner = l.id) "
        f"and exists (select 1 from unnest($1::text[], $2::text[]) r (lo, hi) where {_LATEST_DAY} between lo and hi) "
        "order by l.id limit $3",
        [lo for lo, _ in ranges], [hi for _, hi in ranges], limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Person) for row in rows]


async def note_told(ctx: Context, tx: Tx, learner: UUID, threshold_at: datetime) -> bool:
    """That a learner's guardians and the learner are told; False when somebody else noted it."""
    rows = await tx.execute(
        "insert into age_ups (id, learner, announced_at, threshold_at) values ($1, $2, $3, $4) on conflict do nothing",
        ctx.new_id(), learner, tx.now, threshold_at,
    )  # fmt: skip
    return rows == 1


async def guardians_to_tell(tx: Tx, learner: UUID) -> list[tuple[UUID, UUID]]:
    """Guardians with full authority who can be written to, each with the institution that knows them."""
    rows = await tx.fetch(
        "select g.id, g.institution from guardianships k join guardians g on g.id = k.guardian "
        "where k.learner = $1 and k.ended_at is null and k.authority = 'full' and g.email is not null "
        "and g.unreachable_since is null and g.erased_at is null order by k.position, g.id",
        learner,
    )
    return [(row["id"], row["institution"]) for row in rows]


async def answers(tx: Tx, learner: UUID) -> dict[str, tuple[OwnState, datetime]]:
    """The learner's latest answer by purpose, and when it was given."""
    rows = await tx.fetch(
        "select distinct on (purpose) purpose, state, recorded_at from own_answers where learner = $1 "
        "order by purpose, recorded_at desc, id desc",
        learner,
    )
    return {row["purpose"]: (row["state"], row["recorded_at"]) for row in rows}


async def append(
    ctx: Context, tx: Tx, learner: UUID, found: Sequence[Entry], *, act: UUID, notice_version: int, notice_sha256: str,
    language: str,
) -> None:  # fmt: skip
    """Append an act's rows. The caller has locked the learner, so that the latest is always one."""
    for entry in found:
        await tx.execute(
            "insert into own_answers (id, learner, purpose, state, notice_version, notice_sha256, language, "
            "recorded_at, act) values ($1, $2, $3::varchar, $4, $5, $6, $7, greatest($8::timestamptz, "
            "(select max(recorded_at) + interval '1 microsecond' from own_answers "
            "where learner = $2 and purpose = $3::varchar)), $9)",
            ctx.new_id(), learner, entry.purpose, entry.state, notice_version, notice_sha256, language, tx.now, act,
        )  # fmt: skip
