"""What a school has on record of its own: read to be corrected, written nowhere here."""

from uuid import UUID

from asyncpg import Record

from guardian.context import Tx


async def contact(tx: Tx, institution: UUID, learner: UUID, guardian: UUID) -> Record | None:
    """A guardian of a learner of an institution, with the key of the learner's own address."""
    return await tx.fetchrow(
        "select g.id, g.name, g.email, g.email_key, g.phone, k.relationship, l.email_key as learner_key "
        "from guardians g join guardianships k on k.guardian = g.id join learners l on l.id = k.learner "
        "join enrolments e on e.learner = l.id and e.institution = g.institution "
        "where g.id = $1 and k.learner = $2 and g.institution = $3 and g.erased_at is null and l.erased_at is null",
        guardian, learner, institution,
    )  # fmt: skip


async def pupil(tx: Tx, institution: UUID, learner: UUID) -> Record | None:
    """What an institution may correct of a learner enrolled there."""
    return await tx.fetchrow(
        "select l.given_name, l.family_name, l.birth_date, e.class_name from learners l join enrolments e "
        "on e.learner = l.id where l.id = $1 and e.institution = $2 and l.erased_at is null",
        learner, institution,
    )  # fmt: skip
