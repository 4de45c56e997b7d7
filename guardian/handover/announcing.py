"""Tells guardian and learner ahead that the learner will soon decide alone. Once a day is often enough."""

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Refused
from guardian.events import SYSTEM, Event
from guardian.handover import store
from guardian.handover.domain import AHEAD, birth_days_near, of_age_at
from guardian.handover.store import Person
from guardian.mail import outbox
from guardian.mail.address import same_person_key

BATCH = 200
GUARDIAN_LETTER, LEARNER_LETTER = "age_up_guardian", "age_up_learner"


async def announce_due(ctx: Context) -> int:
    """Write to whoever comes of age within the month; answers for how many learners. The search looks at every
    learner's birth date, so it is made once a day (UTC).
    """
    told = 0
    if await _done_today(ctx):
        return 0
    while True:
        async with ctx.transaction(SYSTEM) as tx:
            found = await store.untold(tx, birth_days_near(tx.now), BATCH)
            now_told = [one.id for one in found if await _announce(ctx, tx, one)]
            if now_told:
                event = Event(action="handover.announced", subject_kind="sweep", payload={"learners": now_told})
                await audit.append(tx, SYSTEM, event)
        told += len(now_told)
        if len(found) < BATCH or not now_told:
            return told


async def _done_today(ctx: Context) -> bool:
    async with ctx.transaction(SYSTEM) as tx:
        return bool(
            await tx.fetchval(
                "select exists (select 1 from sweeps where finished_at is not null "
                "and at >= date_trunc('day', $1::timestamptz, 'UTC'))",
                tx.now,
            )
        )


async def _announce(ctx: Context, tx: Tx, one: Person) -> bool:
    at = of_age_at(one.birth_date, one.jurisdictions, one.timezone, tx.now)
    # Who is of age already, and was before we knew them, had no guardian's control to hand over.
    if at is None or at <= one.created_at or not tx.now - AHEAD < at <= tx.now + AHEAD:
        return False
    if not await store.note_told(ctx, tx, one.id, at):
        return False
    for guardian, institution in await store.guardians_to_tell(tx, one.id):
        told = outbox.Letter(
            letter=GUARDIAN_LETTER, recipient_kind="guardian", recipient=guardian, subject=one.id,
            institution=institution,
        )  # fmt: skip
        await outbox.add(ctx, tx, told)
    if one.email:
        # Ahead, and once more when the day has come.
        for sequence, not_before in ((0, None), (1, at)):
            if sequence == 0 or at > tx.now:
                own = outbox.Letter(
                    letter=LEARNER_LETTER, recipient_kind="learner", recipient=one.id, subject=one.id,
                    sequence=sequence, institution=one.institution, not_before=not_before,
                )  # fmt: skip
                await outbox.add(ctx, tx, own)
    return True


def own_address(learner: str | None, guardians: list[str]) -> str | None:
    """The learner's address, unless it is a guardian's too: a letter to the learner must reach the learner alone."""
    if not learner:
        return None
    try:
        mine = same_person_key(learner)
        theirs = {same_person_key(one) for one in guardians}
    except Refused:
        return None
    return None if mine in theirs else learner
