"""What follows when the mail server says at once that a guardian's address does not exist."""

from guardian.consent import delivery
from guardian.context import Context, Tx
from guardian.flags import service as flags
from guardian.mail.composing import Accepted
from guardian.mail.outbox import Claimed
from guardian.people import store as people

_LEARNERS = """
select k.guardian, k.learner, g.institution from guardianships k
join guardians g on g.id = k.guardian join learners l on l.id = k.learner
where k.guardian = any($1) and k.ended_at is null and l.erased_at is null order by k.guardian, k.learner
"""


async def returned(ctx: Context, tx: Tx, letters: list[Claimed]) -> None:
    """The guardians cannot be reached; a person must look. Their questions are `bounced`, and a yes whose second
    message came back counts no longer (`delivery.bounced`).
    """
    guardians = sorted({one.recipient for one in letters})
    silent = [guardian for guardian in guardians if await people.mark_unreachable(tx, guardian)]
    for row in await tx.fetch(_LEARNERS, silent):
        await flags.open_in(
            ctx, tx, kind="undeliverable", learner=row["learner"], institution=row["institution"]
        )  # fmt: skip
    for one in letters:
        await delivery.bounced(ctx, tx, one.letter, one.subject)


BOUNCED: dict[str, Accepted] = dict.fromkeys(
    (
        "consent_request", "consent_reminder", "notice_final", "consent_recorded", "consent_confirmation",
        "consent_withdrawn",
    ),
    returned,
)  # fmt: skip
