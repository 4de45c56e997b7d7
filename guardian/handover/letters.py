"""The letters of the hand-over: to the guardian, whose control ends, and to the learner, who decides from then on."""

from collections.abc import Mapping
from uuid import UUID

from guardian.context import Context, Tx
from guardian.handover import store
from guardian.handover.announcing import own_address
from guardian.handover.domain import LINK_LIFE, adult_at, of_age_at
from guardian.handover.store import Person
from guardian.i18n import say_day
from guardian.mail import links
from guardian.mail.composing import Accepted, Composed, Composer, Skip
from guardian.mail.letters import AgeUpGuardian, AgeUpLearner, Child
from guardian.mail.outbox import Claimed

_GUARDIANS = """
select k.learner, g.id, g.name, g.email, g.language, g.unreachable_since, e.class_name, i.name as school,
 i.contact_email
from guardianships k join guardians g on g.id = k.guardian join institutions i on i.id = g.institution
left join enrolments e on e.learner = k.learner and e.institution = g.institution
where k.learner = any($1) and k.ended_at is null and k.authority = 'full' and g.erased_at is null
"""


async def to_guardians(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """From which day the learner decides, and that nothing is switched on by it."""
    learners = await store.people(tx, [claimed.subject for claimed in batch])
    rows = {
        (row["learner"], row["id"]): row
        for row in await tx.fetch(_GUARDIANS, [claimed.subject for claimed in batch])
    }  # fmt: skip
    made: dict[UUID, Composed | Skip] = {}
    for claimed in batch:
        one, row = learners.get(claimed.subject), rows.get((claimed.subject, claimed.recipient))
        day = _day(one, row["language"], tx) if one and row else None
        if one is None or row is None or day is None or not row["email"]:
            made[claimed.id] = Skip("cancelled", "gone")
        elif row["unreachable_since"] is not None:
            made[claimed.id] = Skip("suppressed", "unreachable")
        else:
            letter = AgeUpGuardian(
                operator=ctx.settings.operator_name, contact=ctx.settings.operator_email, school=row["school"],
                guardian=row["name"], child=Child(one.given_name, row["class_name"]), day=day,
            )  # fmt: skip
            made[claimed.id] = Composed(
                recipient=row["email"], language=row["language"], letter=letter, reply_to=row["contact_email"]
            )
    return made


async def to_learners(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """The learner's own link: what they decide from which day. Never to an address that is a guardian's, too."""
    learners = await store.people(tx, [claimed.recipient for claimed in batch])
    addresses: dict[UUID, list[str]] = {}
    for row in await tx.fetch(_GUARDIANS, [claimed.recipient for claimed in batch]):
        addresses.setdefault(row["learner"], []).append(row["email"] or "")
    made: dict[UUID, Composed | Skip] = {}
    for claimed in batch:
        one = learners.get(claimed.recipient)
        at = of_age_at(one.birth_date, one.jurisdictions, one.timezone, tx.now) if one else None
        address = own_address(one.email, [a for a in addresses.get(one.id, []) if a]) if one else None
        if one is None or at is None or address is None:
            made[claimed.id] = Skip("cancelled", "gone" if address else "no_address")
            continue
        url = await links.issue(ctx, tx, "own", one.id, message=claimed.id, expires_at=at + LINK_LIFE)
        letter = AgeUpLearner(
            operator=ctx.settings.operator_name, contact=ctx.settings.operator_email, school=one.school or "",
            learner=one.given_name, day=say_day(one.language, at, _place(one)), begun=at <= tx.now, url=url,
        )  # fmt: skip
        made[claimed.id] = Composed(
            recipient=address, language=one.language, letter=letter, reply_to=one.school_email
        )  # fmt: skip
    return made


def _day(one: Person, language: str, tx: Tx) -> str | None:
    at = of_age_at(one.birth_date, one.jurisdictions, one.timezone, tx.now)
    adult = adult_at(one.birth_date, one.timezone)
    if at is None or (adult is not None and adult <= tx.now):
        return None
    return say_day(language, at, _place(one))


def _place(one: Person) -> str:
    return one.timezone or "UTC"


COMPOSERS: dict[str, Composer] = {"age_up_guardian": to_guardians, "age_up_learner": to_learners}
ACCEPTED: dict[str, Accepted] = {}
