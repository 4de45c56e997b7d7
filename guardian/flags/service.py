"""Opening, reviewing and resolving flags."""

from datetime import datetime
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound
from guardian.events import Actor, Event
from guardian.flags import store
from guardian.flags.domain import SEVERITY, Flag, Kind, Outcome, Severity
from guardian.i18n import gettext_noop as N_


async def open_in(
    ctx: Context,
    tx: Tx,
    *,
    kind: Kind,
    learner: UUID | None,
    institution: UUID | None,
    severity: Severity | None = None,
    due_at: datetime | None = None,
) -> UUID | None:
    """Open a flag inside the command that causes it. None when the same one is open already."""
    flag = Flag(
        id=ctx.new_id(), kind=kind, learner=learner, institution=institution, state="open",
        severity=severity or SEVERITY[kind], since=tx.now, due_at=due_at, assignee=None, outcome=None, resolved_at=None,
    )  # fmt: skip
    return flag.id if await store.insert(tx, flag) else None


async def clear_in(ctx: Context, tx: Tx, *, kind: Kind, learner: UUID, outcome: Outcome) -> bool:  # noqa: ARG001
    """Resolve a learner's open flag of a kind inside the command that removed its cause."""
    return bool(await store.resolve_open(tx, learner, [kind], outcome))


async def review(ctx: Context, actor: Actor, flag: UUID) -> None:
    """Take a flag on: the actor looks into it. Raises NotFound, Conflict."""
    async with ctx.transaction(actor) as tx:
        await _known(tx, flag)
        if not await store.move(tx, flag, before=["open"], after="in_review", assignee=actor.id):
            raise _changed()
        await audit.append(tx, actor, Event(action="flag.taken", subject_kind="flag", subject=flag))


async def resolve(ctx: Context, actor: Actor, flag: UUID, outcome: Outcome) -> None:
    """Close a flag with its outcome. Raises NotFound, Conflict."""
    async with ctx.transaction(actor) as tx:
        found = await _known(tx, flag)
        if not await store.move(
            tx, flag, before=["open", "in_review"], after="resolved", outcome=outcome, resolved_at=tx.now
        ):
            raise _changed()
        await audit.append(
            tx,
            actor,
            Event(
                action="flag.resolved",
                subject_kind="flag",
                subject=flag,
                institution=found.institution,
                payload={"kind": found.kind, "outcome": outcome, "learner": found.learner},
            ),
        )


async def _known(tx: Tx, flag: UUID) -> Flag:
    found = await store.get(tx, flag)
    if found is None:
        raise NotFound("unknown_flag", N_("There is no such flag. Go back to the queue and choose another."))
    return found


def _changed() -> Conflict:
    return Conflict("flag_changed", N_("Somebody else changed this flag meanwhile. Reload the page and look again."))
