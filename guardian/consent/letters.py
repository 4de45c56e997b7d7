"""Which letters this room writes, and what follows when the mail server takes one."""

from datetime import timedelta

from guardian.consent import act_letters, asking_letters, delivery, store
from guardian.consent.reading import RENEWED
from guardian.context import Context, Tx
from guardian.mail.composing import Accepted, Composer
from guardian.mail.outbox import Claimed


async def question_accepted(ctx: Context, tx: Tx, taken: list[Claimed]) -> None:
    """250 for the first letter: the question is sent, and the time for an answer begins. A letter that was asked
    for again makes the link live longer, but not the waiting clock of the learner.
    """
    told: dict[object, bool] = {}
    for claimed in taken:
        told[claimed.subject] = told.get(claimed.subject, False) or claimed.sequence < RENEWED
    expires_at = tx.now + timedelta(days=ctx.settings.request_days)
    await store.mark_sent(tx, {claimed.subject: told[claimed.subject] for claimed in taken}, expires_at=expires_at)


async def confirmation_accepted(ctx: Context, tx: Tx, taken: list[Claimed]) -> None:
    """250 for the second message: this instant completes the yes (16 CFR 312.5(b)(2)(viii))."""
    await delivery.completed(ctx, tx, [claimed.subject for claimed in taken])


COMPOSERS: dict[str, Composer] = {
    "consent_request": asking_letters.compose,
    "consent_reminder": asking_letters.compose,
    "notice_final": asking_letters.compose,
    "consent_recorded": act_letters.compose,
    "consent_confirmation": act_letters.compose,
    "consent_withdrawn": act_letters.compose,
}
ACCEPTED: dict[str, Accepted] = {
    "consent_request": question_accepted,
    "consent_confirmation": confirmation_accepted,
}
