"""Reminders and the end of waiting: found by the sweep, never by a timer.

A reminder answers to the decision only, never to an opening or a click: programs open links, people decide.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.consent import reading, store
from guardian.consent.door import through
from guardian.context import Context
from guardian.events import SYSTEM, Event
from guardian.mail import outbox

BATCH = 500


def reminders_due(days: tuple[int, ...], sent_at: datetime, now: datetime) -> int:
    """How many reminders should have gone out by now. Absolute days of 24 hours: a change of the clocks in spring
    moves nothing.
    """
    return sum(1 for day in days if now >= sent_at + timedelta(days=day))


async def remind_due(ctx: Context, *, batch: int = BATCH) -> int:
    """Queue the reminders that are due, at most one per request however late the sweep is; answers how many."""
    days = tuple(sorted(ctx.settings.reminder_days))
    if not days:
        return 0
    async with ctx.transaction(SYSTEM) as tx:
        queued: list[UUID] = []
        for request in await reading.waiting(tx, tx.now - timedelta(days=days[0]), len(days), batch):
            due = reminders_due(days, request.sent_at or tx.now, tx.now)
            if due <= request.reminders:
                continue
            if await store.count_reminder(tx, request.id, before=request.reminders, after=due):
                final = due == len(days)
                await outbox.add(
                    ctx, tx,
                    outbox.Letter(
                        letter="notice_final" if final else "consent_reminder", recipient_kind="guardian",
                        recipient=request.guardian, subject=request.id, institution=request.institution, sequence=due,
                    ),
                )  # fmt: skip
                queued.append(request.id)
        if queued:
            event = Event(action="consent.reminded", subject_kind="sweep", payload={"requests": queued})
            await audit.append(tx, SYSTEM, event)
    return len(queued)


async def expire_due(ctx: Context, *, batch: int = BATCH) -> int:
    """Close the requests whose time is over; answers how many."""
    async with ctx.transaction(SYSTEM) as tx:
        over = await reading.over(tx, batch)
        closed = await store.move_many(tx, over, "expire", "expired")
        for request in closed:
            await outbox.cancel(tx, request, "consent_request", "consent_reminder", "notice_final")
        if closed:
            event = Event(action="consent.request_expired", subject_kind="sweep", payload={"requests": closed})
            await audit.append(tx, SYSTEM, event)
    return len(closed)


async def stop_reminders(ctx: Context, handle: str) -> bool:
    """No more reminders of this question (RFC 8058: one POST, no cookie). It refuses nothing and agrees to nothing.
    False when they were stopped before. Raises NotFound.
    """
    async with through(ctx, handle, "unsubscribe", lock=True) as (tx, door):
        if not await store.stop_reminders(tx, door.request.id):
            return False
        await outbox.cancel(tx, door.request.id, "consent_reminder", "notice_final")
        event = Event(
            action="consent.reminders_stopped",
            subject_kind="consent_request",
            subject=door.request.id,
            institution=door.request.institution,
        )
        await audit.append(tx, door.actor, event)
    return True


class Silenceable(msgspec.Struct, frozen=True):
    """A question whose reminders can be stopped. `language` is the guardian's on file."""

    school: reading.School
    language: str
    stopped: bool


async def question_of(ctx: Context, handle: str) -> Silenceable:
    """What the page about reminders says. Changes nothing. Raises NotFound."""
    async with through(ctx, handle, "unsubscribe") as (tx, door):
        language = await tx.fetchval("select language from guardians where id = $1", door.request.guardian)
        school = await reading.school(tx, door.request.institution)
        return Silenceable(school, language, door.request.reminders_stopped_at is not None)
