"""What may be done about a purge: approve, rescind, hold. Each is one transaction and one line of history."""

from datetime import date, timedelta
from uuid import UUID

from guardian.access.service import Decided, decide_in
from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.people import checks
from guardian.purge import store
from guardian.purge.domain import Purge, answer_on_its_way, may


async def approve(ctx: Context, actor: Actor, learner: UUID) -> UUID:
    """Approve a learner's purge; it runs after the cool-off. An approval may come before the clock ends.

    Raises NotFound, Conflict when a basis came meanwhile, when it is held, or when another approval won.
    """
    async with ctx.transaction(actor) as tx:
        decided = await _judged(ctx, tx, learner)
        if decided.decision.access == "permit":
            raise Conflict(
                "basis_found", N_("A valid basis has come meanwhile: this learner may be in, so nothing is purged.")
            )
        if decided.gathered.held:
            raise Conflict("purge_held", N_("A legal hold stops this purge. Release the hold first."))
        if answer_on_its_way(decided.decision.reasons, decided.due, tx.now):
            raise Conflict(
                "answer_on_its_way",
                N_("A guardian has just agreed; it counts once our second message is out. Look again tomorrow."),
            )
        purge = (await store.open_of(tx, [learner])).get(learner)
        if purge is None:
            purge = await _new(ctx, tx, decided)
        if not may(purge.state, "cooling_off"):
            raise Conflict("purge_under_way", N_("This purge was approved already."))
        until = tx.now + timedelta(seconds=ctx.settings.cool_off)
        moved = await store.move(
            tx, purge, "cooling_off", approved_by=actor.id, approved_at=tx.now, cooling_until=until
        )
        if not moved:
            raise _changed()
        await checks.recheck(tx, [learner])
        await audit.append(tx, actor, _event("purge.approved", purge, until=until))
    return purge.id


async def rescind(ctx: Context, actor: Actor, purge_id: UUID) -> None:
    """Take an approval back during the cool-off; nothing has been erased, so all is as it was."""
    async with ctx.transaction(actor) as tx:
        purge = await _known(tx, purge_id)
        if purge.state != "cooling_off" or not await store.move(tx, purge, "rescinded"):
            raise Conflict("purge_not_cooling", N_("This purge can no longer be taken back."))
        await checks.recheck(tx, [purge.learner])
        await audit.append(tx, actor, _event("purge.rescinded", purge))


async def hold(ctx: Context, actor: Actor, learner: UUID, *, reason: str, authority: str, review_on: date) -> None:
    """Stop a learner's purge for a legal reason; the block stays (GDPR art. 17(3)(e), 18)."""
    if not reason.strip() or not authority.strip():
        raise Refused("hold_incomplete", N_("A hold needs a reason and the authority it rests on."))
    async with ctx.transaction(actor) as tx:
        if review_on <= tx.now.date():
            raise Refused("hold_review_past", N_("The review date must lie in the future."), where="review_on")
        await _judged(ctx, tx, learner)
        running = (await store.open_of(tx, [learner])).get(learner)
        if running is not None and running.state == "running":
            raise Conflict("purge_running", N_("This purge has begun, so that a hold comes too late."))
        assert actor.id is not None
        added = await store.hold(
            tx, ctx.new_id(), learner, reason=reason, authority=authority, approved_by=actor.id, review_on=review_on
        )
        if not added:
            raise Conflict("already_held", N_("This learner's purge is held already."))
        purge = (await store.open_of(tx, [learner])).get(learner)
        if purge is not None and may(purge.state, "held"):
            await store.move(tx, purge, "held")
        await audit.append(tx, actor, Event(action="hold.placed", subject_kind="learner", subject=learner))


async def release(ctx: Context, actor: Actor, learner: UUID) -> None:
    """End a hold; a purge that it stopped is due again and needs a new approval."""
    async with ctx.transaction(actor) as tx:
        if not await store.release(tx, learner):
            raise NotFound("no_hold", N_("There is no hold on this learner."))
        purge = (await store.open_of(tx, [learner])).get(learner)
        if purge is not None and purge.state == "held":
            await store.move(tx, purge, "due", approved_by=None, approved_at=None, cooling_until=None)
        await audit.append(tx, actor, Event(action="hold.released", subject_kind="learner", subject=learner))


async def _judged(ctx: Context, tx: Tx, learner: UUID) -> Decided:
    if await store.lock_learner(tx, learner) is None:
        raise NotFound("unknown_learner", N_("There is no such learner."))
    return (await decide_in(ctx, tx, [learner]))[0]


async def _new(ctx: Context, tx: Tx, decided: Decided) -> Purge:
    if decided.gathered.standing == "erased":
        raise Conflict("already_erased", N_("This learner's data has been purged already."))
    institution = decided.gathered.facts.enrolments[0].institution if decided.gathered.facts.enrolments else None
    purge = Purge(
        id=ctx.new_id(),
        learner=decided.id,
        institution=UUID(institution) if institution else None,
        state="due",
        cause=decided.due.cause if decided.due else "administrative",
        due_at=decided.due.at if decided.due else tx.now,
        approved_by=None,
        approved_at=None,
        cooling_until=None,
        started_at=None,
        done_at=None,
    )
    if not await store.insert(tx, purge):
        raise _changed()
    return purge


async def _known(tx: Tx, purge: UUID) -> Purge:
    found = await store.get(tx, purge)
    if found is None:
        raise NotFound("unknown_purge", N_("There is no such purge."))
    return found


def _changed() -> Conflict:
    return Conflict("purge_changed", N_("Somebody else changed this purge meanwhile. Reload the page and look again."))


def _event(action: str, purge: Purge, **payload: object) -> Event:
    return Event(
        action=action,
        subject_kind="learner",
        subject=purge.learner,
        institution=purge.institution,
        payload={"purge": purge.id, "cause": purge.cause, **payload},
    )
