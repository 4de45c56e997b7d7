"""The sweep of learners: whatever time alone makes due. It reads only learners whose `check_at` has come.

Every fact's change sets a learner's `check_at` to -infinity; a sweep decides anew, opens and clears derived flags,
makes purges due, and sets `check_at` to the next instant at which something would differ.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from guardian.access.due import Due
from guardian.access.service import Decided, clocks_of, decide_in
from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.flags import service as flags
from guardian.flags import store as flag_store
from guardian.flags.domain import CLEARS_BY_ITSELF, Flag, look_at, wanted
from guardian.jobs import enqueue
from guardian.people import checks
from guardian.purge import store
from guardian.purge.domain import Purge, caps, may, next_look
from guardian.purge.execution import RunPurge

BATCH = 500
_RUN = timedelta(days=1)


class Swept(msgspec.Struct):
    """What a sweep did."""

    learners: int = 0
    flags_opened: int = 0
    flags_cleared: int = 0
    purges_due: int = 0
    purges_cancelled: int = 0
    purges_begun: int = 0
    needs_approval: int = 0

    def acts(self) -> dict[str, int]:
        """Everything but the number of learners looked at."""
        counts = msgspec.structs.asdict(self)
        del counts["learners"]
        return counts


class _Sweep(msgspec.Struct):
    """One batch: its transaction, what it counts, and the learners of whom a guardian's mail comes back."""

    ctx: Context
    tx: Tx
    swept: Swept
    returned: set[UUID]

    async def look(self, one: Decided, purge: Purge | None, kinds: Mapping[str, Flag]) -> datetime | None:
        """Bring one learner's flags and purge into line with the facts; answer when to look again."""
        if one.gathered.standing in {"erased", "erasure_in_progress"}:
            return None
        due_at = one.due.at if one.due else None
        await self._flags(one, kinds, due_at)
        over = one.due is not None and one.due.at <= self.tx.now
        waiting = purge is not None and purge.state in {"due", "needs_approval"} and not one.gathered.held
        if purge is not None and (
            (one.decision.access == "permit" and may(purge.state, "cancelled")) or (waiting and not over)
        ):
            self.swept.purges_cancelled += 1
            await store.move(self.tx, purge, "cancelled")
        elif one.due is not None and over:
            await self._purge(one, purge, one.due)
        return next_look(self.tx.now, one.decision.until, look_at(due_at), due_at)

    async def _flags(self, one: Decided, kinds: Mapping[str, Flag], due_at: datetime | None) -> None:
        blocked = one.decision.access == "block"
        reasons = frozenset(one.decision.reasons)
        returned = one.id in self.returned
        needed = wanted(reasons, blocked=blocked, due_at=due_at, now=self.tx.now, mail_comes_back=returned)
        for kind in sorted(needed - set(kinds)):
            self.swept.flags_opened += 1
            await flags.open_in(
                self.ctx, self.tx, kind=kind, learner=one.id, institution=_institution(one), due_at=due_at
            )
        for known, flag in kinds.items():
            if known in CLEARS_BY_ITSELF and known not in needed:
                self.swept.flags_cleared += 1
                await flag_store.resolve_open(self.tx, one.id, [known], "corrected" if blocked else "basis_found")
            else:
                await flag_store.set_due(self.tx, flag.id, due_at)

    async def _purge(self, one: Decided, purge: Purge | None, due: Due) -> None:
        if purge is not None:
            await store.set_due(self.tx, purge.id, cause=due.cause, due_at=due.at)
            return
        self.swept.purges_due += 1
        made = Purge(
            id=self.ctx.new_id(), learner=one.id, institution=_institution(one), state="due", cause=due.cause,
            due_at=due.at, approved_by=None, approved_at=None, cooling_until=None, started_at=None, done_at=None,
        )  # fmt: skip
        await store.insert(self.tx, made)


async def check_learners(ctx: Context) -> Swept:
    """Look at every learner that is due for it, in batches, each its own transaction."""
    swept = Swept()
    while True:
        async with ctx.transaction(SYSTEM) as tx:
            due = await checks.due_for_check(tx, limit=BATCH)
            if not due:
                break
            before = swept.acts()
            sweep = _Sweep(ctx, tx, swept, await checks.mail_comes_back(tx, due))
            purges, flagged = await store.open_of(tx, due), await flag_store.of_learners(tx, due)
            looks = [
                (one.id, await sweep.look(one, purges.get(one.id), {f.kind: f for f in flagged.get(one.id, [])}))
                for one in await decide_in(ctx, tx, due)
            ]
            swept.learners += len(looks)
            await checks.set_check(tx, looks)
            done = {name: count - before[name] for name, count in swept.acts().items() if count > before[name]}
            if done:
                await audit.append(tx, SYSTEM, Event(action="sweep.checked", subject_kind="sweep", payload=done))
    await _run_capped(ctx, swept)
    return swept


async def _run_capped(ctx: Context, swept: Swept) -> None:
    """At the cap a purge runs without a person, unless so many would that a person should look first: then all wait.
    Counted together are those of one day, so that many small runs cannot pass where a large one may not.
    """
    async with ctx.transaction(SYSTEM) as tx:
        capped = await store.at_cap(tx, caps(clocks_of(ctx)))
        if not capped:
            return
        braked = len(capped) + await store.unapproved(tx, tx.now - _RUN) > ctx.settings.purge_brake
        if braked:
            swept.needs_approval += len(capped)
        else:
            swept.purges_begun += len(capped)
        for purge in capped:
            if braked:
                await store.move(tx, purge, "needs_approval")
            else:
                await store.move(tx, purge, "cooling_off", approved_at=tx.now, cooling_until=tx.now)
        action = "purges.braked" if braked else "purges.capped"
        payload = {"purges": [purge.id for purge in capped]}
        await audit.append(tx, SYSTEM, Event(action=action, subject_kind="sweep", payload=payload))


async def end_tombstones(ctx: Context) -> int:
    """Drop the proofs of erasure whose time is over (LAW section 4); answers how many."""
    async with ctx.transaction(SYSTEM) as tx:
        ended = await store.end_tombstones(tx)
        if ended:
            await audit.append(
                tx, SYSTEM, Event(action="tombstones.ended", subject_kind="sweep", payload={"count": ended})
            )
    return ended


async def begin_purges(ctx: Context) -> int:
    """Hand purges whose cool-off is over to the workers; answers how many."""
    async with ctx.transaction(SYSTEM) as tx:
        found = await store.cooled(tx, BATCH)
        for purge in found:
            await enqueue(tx, RunPurge(purge), once=f"purge:{purge}")
    return len(found)


def _institution(one: Decided) -> UUID | None:
    enrolments = one.gathered.facts.enrolments
    return UUID(enrolments[0].institution) if enrolments else None
