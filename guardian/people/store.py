"""The writer of learners, enrolments, guardians and guardianships, one at a time (rosters: `people.merge`).

Revision and sweep of a learner follow by themselves: triggers touch whoever a change concerns.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from asyncpg import Record

from guardian.context import Tx
from guardian.people import corrections
from guardian.people.domain import Authority, Eligible, Enrolment, Guardian, Learner, Standing, email_key

_LEARNER = (
    "l.id, l.platform_id, l.given_name, l.family_name, l.birth_date, l.email, l.jurisdictions, l.timezone, l.language, "
    "l.standing, l.assent, l.revision, l.created_at, l.erased_at"
)
_GUARDIAN = (
    "g.id, k.learner, g.institution, g.name, g.email, g.phone, g.language, g.unreachable_since, k.relationship, "
    "k.authority, k.eligible, k.position, k.ended_at, g.erased_at"
)


def learner_of(row: Record) -> Learner:
    """A row as `columns` asked for it."""
    return msgspec.convert({name: row[name] for name in Learner.__struct_fields__}, Learner)


async def get(tx: Tx, learner: UUID) -> Learner | None:
    """A learner, if this transaction may see it; an erased one is an empty husk."""
    row = await tx.fetchrow(f"select {_LEARNER} from learners l where l.id = $1", learner)
    return learner_of(row) if row else None


async def find_by_platform_id(tx: Tx, platform_id: str) -> Learner | None:
    """A learner by the platform's id."""
    row = await tx.fetchrow(f"select {_LEARNER} from learners l where l.platform_id = $1", platform_id)
    return learner_of(row) if row else None


async def find_by_student_id(tx: Tx, institution: UUID, student_id: str) -> Learner | None:
    """A learner by the number that an institution gave."""
    row = await tx.fetchrow(
        f"select {_LEARNER} from learners l join enrolments e on e.learner = l.id "
        "where e.institution = $1 and e.student_id = $2",
        institution,
        student_id,
    )
    return learner_of(row) if row else None


async def enrolments_of(tx: Tx, learner: UUID) -> list[Enrolment]:
    """Where a learner is or was enrolled, oldest first."""
    rows = await tx.fetch(
        "select learner, institution, student_id, class_name, begins_on, ends_on, missing_since from enrolments "
        "where learner = $1 order by begins_on, id",
        learner,
    )
    return [msgspec.convert(dict(row), Enrolment) for row in rows]


async def guardians_of(tx: Tx, learners: Sequence[UUID]) -> dict[UUID, list[Guardian]]:
    """Who answers for these learners, in the order of the roster; ended relations stand in the list too."""
    found: dict[UUID, list[Guardian]] = {learner: [] for learner in learners}
    rows = await tx.fetch(
        f"select {_GUARDIAN} from guardianships k join guardians g on g.id = k.guardian where k.learner = any($1) "
        "order by k.learner, k.position, k.created_at, k.id",
        list(learners),
    )
    for row in rows:
        found[row["learner"]].append(msgspec.convert(dict(row), Guardian))
    return found


async def add_learner(tx: Tx, learner: Learner) -> bool:
    """Keep a new learner; False when the platform id is taken."""
    return bool(
        await tx.execute(
            "insert into learners (id, platform_id, given_name, family_name, birth_date, email, email_key, "
            "jurisdictions, timezone, language, standing, assent, revision, check_at, created_at) values "
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, '-infinity', $13) on conflict do nothing",
            learner.id, learner.platform_id, learner.given_name, learner.family_name, learner.birth_date,
            learner.email, email_key(learner.email), learner.jurisdictions, learner.timezone, learner.language,
            learner.standing, learner.assent, tx.now,
        )
    )  # fmt: skip


async def enrol(
    tx: Tx, enrolment: UUID, learner: UUID, institution: UUID, *, begins_on: date,
    student_id: str | None = None, class_name: str | None = None,
) -> bool:  # fmt: skip
    """Enrol a learner from a local day on; False when enrolled there already, or when the number is taken."""
    return bool(
        await tx.execute(
            "insert into enrolments (id, learner, institution, student_id, class_name, begins_on, created_at) "
            "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            enrolment, learner, institution, student_id, class_name, begins_on, tx.now,
        )
    )  # fmt: skip


async def end_enrolment(tx: Tx, learner: UUID, institution: UUID, ends_on: date) -> bool:
    """Say which local day is the last; False when there is no open enrolment."""
    return bool(
        await tx.execute(
            "update enrolments set ends_on = $3 where learner = $1 and institution = $2 and ends_on is null",
            learner, institution, ends_on,
        )
    )  # fmt: skip


async def add_guardian(
    tx: Tx, guardian: UUID, institution: UUID, *, name: str | None, email: str | None, phone: str | None, language: str
) -> None:
    """Keep a new guardian of an institution."""
    await tx.execute(
        "insert into guardians (id, institution, name, email, email_key, phone, language, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8)",
        guardian, institution, name, email, email_key(email), phone, language, tx.now,
    )  # fmt: skip


async def link(
    tx: Tx, guardianship: UUID, *, learner: UUID, guardian: UUID, relationship: str, authority: Authority,
    eligible: Eligible, position: int = 0,
) -> bool:  # fmt: skip
    """Say that a guardian answers for a learner; False when that is known already."""
    return bool(
        await tx.execute(
            "insert into guardianships (id, learner, guardian, relationship, authority, eligible, position, "
            "created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            guardianship, learner, guardian, relationship, authority, eligible, position, tx.now,
        )
    )  # fmt: skip


async def set_authority(tx: Tx, *, learner: UUID, guardian: UUID, authority: Authority) -> bool:
    """Give or take a guardian's say over a learner; False when the two are not (or no longer) related."""
    return bool(
        await tx.execute(
            "update guardianships set authority = $3 where learner = $1 and guardian = $2 and ended_at is null",
            learner, guardian, authority,
        )
    )  # fmt: skip


async def end_guardianship(tx: Tx, *, learner: UUID, guardian: UUID) -> bool:
    """End a relation («not my child»). It stays ended when a later roster names the guardian again."""
    return bool(
        await tx.execute(
            "update guardianships set ended_at = $3, authority = 'none' where learner = $1 and guardian = $2 "
            "and ended_at is null",
            learner, guardian, tx.now,
        )
    )  # fmt: skip


async def set_standing(tx: Tx, learner: UUID, standing: Standing, *, before: Sequence[Standing] = ()) -> bool:
    """Change where a learner stands; with `before`, only from one of these. False when nothing fits. An erased
    learner never changes again.
    """
    return bool(
        await tx.execute(
            "update learners set standing = $2 where id = $1 and standing <> 'erased' "
            "and (cardinality($3::text[]) = 0 or standing = any($3))",
            learner, standing, list(before),
        )
    )  # fmt: skip


async def correct_name(tx: Tx, learner: UUID, *, given_name: str | None, family_name: str | None) -> bool:
    """Correct how a learner is called; False for an unknown or erased one."""
    return bool(
        await tx.execute(
            "update learners set given_name = $2, family_name = $3 where id = $1 and erased_at is null",
            learner, given_name, family_name,
        )
    )  # fmt: skip


async def correct_class(tx: Tx, learner: UUID, institution: UUID, class_name: str | None) -> bool:
    """Correct the class of a learner at an institution; False where there is no enrolment."""
    return bool(
        await tx.execute(
            "update enrolments set class_name = $3 where learner = $1 and institution = $2",
            learner, institution, class_name,
        )
    )  # fmt: skip


async def correct_relationship(tx: Tx, learner: UUID, guardian: UUID, relationship: str) -> bool:
    """Correct how a guardian and a learner are related; what the guardian may decide stays."""
    return bool(
        await tx.execute(
            "update guardianships set relationship = $3 where learner = $1 and guardian = $2 and ended_at is null",
            learner, guardian, relationship,
        )
    )  # fmt: skip


async def set_birth_date(tx: Tx, learner: UUID, birth_date: str | None) -> bool:
    """Correct a birth date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`); False when there is nothing to correct."""
    return bool(
        await tx.execute(
            "update learners set birth_date = $2 where id = $1 and erased_at is null "
            "and birth_date is distinct from $2",
            learner, birth_date,
        )
    )  # fmt: skip


async def correct_contact(tx: Tx, guardian: UUID, *, name: str | None, email: str | None, phone: str | None) -> bool:
    """Replace how a guardian is named and reached; a new address is reachable until it proves otherwise.
    False for an unknown or erased guardian. The caller enqueues `AddressCorrected` when the address changed.
    """
    return bool(
        await tx.execute(
            "update guardians set name = $2, email = $3, email_key = $4::varchar, phone = $5, "
            "unreachable_since = case when email_key is distinct from $4::varchar then null else unreachable_since end "
            "where id = $1 and erased_at is null",
            guardian, name, email, email_key(email), phone,
        )
    )  # fmt: skip


async def mark_unreachable(tx: Tx, guardian: UUID) -> bool:
    """Record that mail to a guardian bounced for good or was complained about; False when known already."""
    return bool(
        await tx.execute(
            "update guardians set unreachable_since = $2 where id = $1 and unreachable_since is null "
            "and erased_at is null",
            guardian, tx.now,
        )
    )  # fmt: skip


async def mark_reachable(tx: Tx, guardian: UUID) -> bool:
    """Staff vouch that mail to a guardian arrives; False when nothing said otherwise."""
    return bool(
        await tx.execute(
            "update guardians set unreachable_since = null where id = $1 and unreachable_since is not null "
            "and erased_at is null",
            guardian,
        )
    )


async def erase_learner(tx: Tx, learner: UUID) -> int:
    """Empty a learner for good; answers how many personal fields were emptied. The husk and its ids stay, so that
    history keeps its meaning.
    """
    emptied = await tx.fetchval(
        "select num_nonnulls(l.platform_id, l.given_name, l.family_name, l.birth_date, l.email, l.email_key) "
        "+ coalesce((select sum(num_nonnulls(e.student_id, e.class_name)) from enrolments e "
        "where e.learner = l.id), 0) "
        "from learners l where l.id = $1",
        learner,
    )
    await corrections.forget(tx, learner)
    await tx.execute(
        "update enrolments set student_id = null, class_name = null, mark = null where learner = $1", learner
    )
    await tx.execute("delete from fact_versions where learner = $1", learner)
    await tx.execute(
        "update learners set platform_id = null, given_name = null, family_name = null, birth_date = null, "
        "email = null, email_key = null, standing = 'erased', erased_at = coalesce(erased_at, $2), check_at = null "
        "where id = $1",
        learner, tx.now,
    )  # fmt: skip
    return int(emptied or 0)


async def erase_guardians_of(tx: Tx, learner: UUID) -> int:
    """Empty the guardians of a learner who answer for nobody else that is still kept; answers how many."""
    rows = await tx.fetch(
        "update guardians g set name = null, email = null, email_key = null, phone = null, erased_at = $2 "
        "where g.erased_at is null and g.id in (select k.guardian from guardianships k where k.learner = $1) "
        "and not exists (select 1 from guardianships k join learners l on l.id = k.learner "
        "where k.guardian = g.id and l.erased_at is null) returning g.id",
        learner, tx.now,
    )  # fmt: skip
    await corrections.forget(tx, learner, [row["id"] for row in rows])
    return len(rows)
