"""What the mail system reports about letters, and what it means for requests and consents.

Called by the mail room through `app.py`, inside the transaction that records the report.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from guardian.audit import store as audit
from guardian.consent import reading, store
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.mail import outbox

ASKING = frozenset({"consent_request", "consent_reminder", "notice_final"})


async def delivered(ctx: Context, tx: Tx, letter: str, subject: UUID) -> None:  # noqa: ARG001 (the port's shape)
    """A report says that the letter is in the guardian's mailbox."""
    if letter in ASKING:
        await store.move_many(tx, [subject], "deliver", "delivered")


async def bounced(ctx: Context, tx: Tx, letter: str, subject: UUID) -> None:
    """The letter came back for good. A question is `bounced`: its link still works for whoever has it. A second
    message takes the answer back to waiting for verification.
    """
    if letter in ASKING and await store.move_many(tx, [subject], "bounce", "bounced"):
        await outbox.cancel(tx, subject, "consent_reminder", "notice_final")
        await audit.append(tx, SYSTEM, Event(action="consent.bounced", subject_kind="consent_request", subject=subject))
    if letter == "consent_confirmation":
        await confirmation_bounced(ctx, tx, subject)


async def confirmation_bounced(ctx: Context, tx: Tx, act: UUID) -> bool:  # noqa: ARG001 (the port's shape)
    """The second message of an act bounced: its yeses no longer count. False when none did."""
    await lock_requests(tx, [act])
    if not await store.take_back(tx, act):
        return False
    event = Event(action="consent.unverified", subject_kind="consent_act", subject=act, payload={"cause": "bounced"})
    await audit.append(tx, SYSTEM, event)
    return True


async def complained(ctx: Context, tx: Tx, guardian: UUID) -> None:  # noqa: ARG001 (the port's shape)
    """The guardian marked a letter as spam: no more reminders; what was or will be answered stays untouched."""
    for request in await reading.requests_of(tx, [guardian], states=("queued", "sent", "delivered", "bounced")):
        if await store.stop_reminders(tx, request.id):
            await outbox.cancel(tx, request.id, "consent_reminder", "notice_final")


async def completed(ctx: Context, tx: Tx, acts: Sequence[UUID]) -> None:  # noqa: ARG001 (the shape of its callers)
    """The mail server took the second messages (250): from this instant the answers count."""
    await lock_requests(tx, acts)
    done = await store.complete(tx, acts)
    if done:
        await audit.append(
            tx, SYSTEM, Event(action="consent.completed", subject_kind="consent_act", payload={"acts": done})
        )


async def lock_requests(tx: Tx, acts: Collection[UUID]) -> None:
    """Hold the questions behind these acts, so that no answer or withdrawal slips in between."""
    await tx.fetch(
        "select r.id from consent_requests r where r.id in (select request from consents where act = any($1)) "
        "order by r.id for update",
        list(acts),
    )  # fmt: skip
