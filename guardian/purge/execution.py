"""Runs a purge: judged again under lock, then one system after the other, each step its own transaction.

A worker killed at any step leaves a `running` purge whose finished tasks are known; the next one goes on from there.
Own tables forget last, since they know the ids of everything else.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from guardian.access.service import Decided, clocks_of, decide_in
from guardian.audit import store as audit
from guardian.consent import erasure as consent_erasure
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.flags import store as flags
from guardian.flags.domain import SEVERITY
from guardian.jobs import Job
from guardian.people import checks, marks
from guardian.people import store as people
from guardian.purge import store
from guardian.purge.domain import RECIPIENTS, TOMBSTONE_LIFE, Purge, answer_on_its_way, certificate
from guardian.roster import erasure as roster_erasure


class RunPurge(Job, frozen=True):
    """Carry out a purge whose cool-off is over."""

    name: ClassVar[str] = "run_purge"
    purge: UUID


Eraser = Callable[[Context, Tx, Purge], Awaitable[dict[str, int]]]


async def _mail_queue(ctx: Context, tx: Tx, purge: Purge) -> dict[str, int]:
    return await consent_erasure.forget_learner(ctx, tx, purge.learner)


async def _uploads(_: Context, tx: Tx, purge: Purge) -> dict[str, int]:
    return await roster_erasure.forget_learner(tx, purge.learner)


async def _database(ctx: Context, tx: Tx, purge: Purge) -> dict[str, int]:
    await _bury(ctx, tx, purge)
    erased = await people.erase_learner(tx, purge.learner)
    guardians = await people.erase_guardians_of(tx, purge.learner)
    names = await consent_erasure.forget_guardians(tx, purge.learner)
    return {"learner_fields": erased, "guardians": guardians, "typed_names": names}


ERASERS: Mapping[str, Eraser] = {"mail_queue": _mail_queue, "uploads": _uploads, "database": _database}
"""Who erases what, by recipient."""


async def run(ctx: Context, job: RunPurge) -> None:
    """Carry a purge through; safe to repeat at any point."""
    if not await _begin(ctx, job.purge):
        return
    for recipient in RECIPIENTS:
        await _step(ctx, job.purge, recipient)
    await _finish(ctx, job.purge)


async def _begin(ctx: Context, purge_id: UUID) -> bool:
    """Judge again under the learner's lock; from here on the account is in erasure and nothing can admit it."""
    async with ctx.transaction(SYSTEM) as tx:
        purge = await store.get(tx, purge_id)
        if purge is None or purge.state not in {"cooling_off", "running"}:
            return False
        if purge.state == "running":
            return True
        await store.lock_learner(tx, purge.learner)
        decided = (await decide_in(ctx, tx, [purge.learner]))[0]
        why = obstacle(purge, decided, tx.now)
        if why == "answer_on_its_way":
            return False  # it stays approved; the sweep comes back to it
        if why is not None:
            await store.move(tx, purge, "cancelled")
            await checks.recheck(tx, [purge.learner])
            await audit.append(tx, SYSTEM, _event("purge.cancelled", purge, why=why))
            return False
        if not await store.move(tx, purge, "running", started_at=tx.now):
            return False
        await store.add_tasks(tx, purge.id, [(ctx.new_id(), recipient) for recipient in RECIPIENTS])
        await people.set_standing(tx, purge.learner, "erasure_in_progress")
        await audit.append(tx, SYSTEM, _event("purge.started", purge))
    return True


def obstacle(purge: Purge, decided: Decided, now: datetime) -> str | None:
    """What stands against erasing at this moment, or nothing."""
    if decided.decision.access == "permit":
        return "basis_found"
    if decided.gathered.held:
        return "held"
    if answer_on_its_way(decided.decision.reasons, decided.due, now):
        return "answer_on_its_way"
    if purge.approved_by is None and (decided.due is None or decided.due.at > now):
        return "not_due"  # nobody approved it: only its clock did, and that was set anew since
    return None


async def _step(ctx: Context, purge_id: UUID, recipient: str) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        purge = await store.get(tx, purge_id)
        assert purge is not None
        await store.lock_learner(tx, purge.learner)
        task = next(task for task in await store.tasks(tx, purge_id) if task.recipient == recipient)
        if task.state == "acknowledged":
            return
        erased = await ERASERS[recipient](ctx, tx, purge)
        await store.finish_task(tx, task.id, erased)
        await audit.append(tx, SYSTEM, _event("purge.erased", purge, recipient=recipient, erased=erased))


async def _bury(ctx: Context, tx: Tx, purge: Purge) -> None:
    row = await store.lock_learner(tx, purge.learner)
    if row is None or row["standing"] == "erased":
        return
    platform = marks.platform_mark(ctx.keys, row["platform_id"]) if row["platform_id"] else None
    person: bytes | None = None
    student: bytes | None = None
    until = tx.now + TOMBSTONE_LIFE
    enrolments = await people.enrolments_of(tx, purge.learner)
    if not enrolments:
        await store.bury(tx, ctx.new_id(), purge, (platform, None, None), until)
    for enrolment in enrolments:
        if enrolment.student_id:
            student = marks.student_mark(ctx.keys, enrolment.institution, enrolment.student_id)
        if row["birth_date"] and (row["given_name"] or row["family_name"]):
            person = marks.person_mark(
                ctx.keys, enrolment.institution, row["given_name"] or "", row["family_name"] or "", row["birth_date"]
            )
        await store.bury(tx, ctx.new_id(), purge, (platform, student, person), until)
        platform = None  # one row knows the platform's id, each enrolment has a row of its own


async def _finish(ctx: Context, purge_id: UUID) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        purge = await store.get(tx, purge_id)
        if purge is None or purge.state != "running" or not await store.move(tx, purge, "done", done_at=tx.now):
            return
        backups_until = tx.now + timedelta(days=clocks_of(ctx).backup_expiry_days)
        document = certificate(
            purge,
            sorted(await store.tasks(tx, purge_id), key=lambda task: RECIPIENTS.index(task.recipient)),
            done_at=tx.now,
            operator=ctx.settings.operator_name,
            backups_until=backups_until,
            tombstone_until=tx.now + TOMBSTONE_LIFE,
        )
        await store.set_certificate(tx, purge_id, document)
        await flags.resolve_open(tx, purge.learner, sorted(SEVERITY), "purge_approved")
        await audit.append(tx, SYSTEM, _event("purge.done", purge))


def _event(action: str, purge: Purge, **payload: object) -> Event:
    return Event(
        action=action,
        subject_kind="learner",
        subject=purge.learner,
        institution=purge.institution,
        payload={"purge": purge.id, **payload},
    )
