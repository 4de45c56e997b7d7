"""Asks whether learners may come in. Reads only: nothing about access is stored, so nothing can be out of step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from guardian.access import store
from guardian.access.codes import STEPS
from guardian.access.decision import Decision, refusal
from guardian.access.domain import decide, since
from guardian.access.due import Due, due
from guardian.access.own import spoken_for
from guardian.access.past import Known
from guardian.context import Context, Tx
from guardian.events import SYSTEM
from guardian.jurisdiction.clocks import Clocks


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A learner's decision, filled in from the database. `due` is None while held or where no clock runs."""

    id: UUID
    decision: Decision
    gathered: store.Gathered
    due: Due | None


def clocks_of(context: Context) -> Clocks:
    """The deployment's clocks, none over its cap."""
    return Clocks(waiting_on_guardian_days=context.settings.request_days)


def judge(gathered: store.Gathered, now: datetime, clocks: Clocks) -> Decided:
    """The decision over gathered facts, with since, flag, purge date and revision filled in."""
    decision = decide(gathered.facts, now)
    start = since(gathered.facts, now, min(gathered.created_at, now))
    decision, own_since = spoken_for(decision, gathered.facts, gathered.own, now, known_since=gathered.created_at)
    start = max(start, own_since) if own_since else start
    ends = None
    # Before a learner was on record nothing was kept, so no clock ran either.
    if not gathered.held and gathered.standing != "erased" and gathered.created_at <= now:
        ends = due(
            decision,
            gathered.facts,
            since=start,
            asked_at=gathered.asked_at,
            pending_at=gathered.pending_at,
            clocks=clocks,
        )
    filled = msgspec.structs.replace(
        decision,
        learner=gathered.platform_id or str(gathered.id),
        since=start,
        flag=gathered.flag,
        purge_due_at=ends.at if ends else None,
        revision=gathered.revision,
    )
    return Decided(id=gathered.id, decision=filled, gathered=gathered, due=ends)


async def decide_in(
    context: Context, tx: Tx, learners: Sequence[UUID], at: datetime | None = None, known: Known = "then"
) -> list[Decided]:
    """Decisions inside a command that already has its transaction (its scope must see all the facts). Of the past,
    from what was on record at that instant; with `known` "now", from what is known now about that time.
    """
    instant = at or tx.now
    clocks = clocks_of(context)
    if instant < tx.now:
        found = await store.gather_past(tx.connection, instant, corrected=known == "now", learners=learners)
    else:
        found = await store.gather(tx.connection, learners, instant)
    return [judge(one, instant, clocks) for one in found]


async def decide_many(
    context: Context, learners: Sequence[UUID], at: datetime | None = None, known: Known = "then"
) -> dict[UUID, Decided]:
    """Decisions by learner id; an id that is not known is not in the answer. The caller checks who may ask."""
    async with context.transaction(SYSTEM) as tx:
        return {one.id: one for one in await decide_in(context, tx, learners, at, known)}


async def decide_by_platform_id(
    context: Context, names: Sequence[str], at: datetime | None = None, known: Known = "then"
) -> dict[str, Decision]:
    """Decisions by the platform's ids; an unknown one gets `unknown_learner`, an erased one `erased`."""
    async with context.transaction(SYSTEM) as tx:
        instant = at or tx.now
        clocks = clocks_of(context)
        usable = [name for name in names if storable(name)]
        if usable and instant < tx.now:
            found = await store.gather_past(tx.connection, instant, corrected=known == "now", names=usable)
        else:
            found = await store.gather_by_platform_id(tx.connection, usable, instant)
        answers = {one.platform_id or "": judge(one, instant, clocks).decision for one in found}
        missing = [name for name in usable if name not in answers]
        erased = await _erased(context, tx, missing)
    return {
        name: answers.get(name)
        or (_erased_answer(name) if name in erased else refusal("unknown_learner", learner=name))
        for name in names
    }


def storable(name: str) -> bool:
    """Whether any learner could have this id: a NUL or half a character is no text to the database."""
    return "\0" not in name and not any("\ud800" <= letter <= "\udfff" for letter in name)


async def _erased(context: Context, tx: Tx, names: Sequence[str]) -> set[str]:
    """Which unknown names belong to learners whose data was purged: only a keyed hash of them was kept."""
    if not names:
        return set()
    hashes = {context.keys.keyed_hash("tombstone/platform", name): name for name in names}
    rows = await tx.fetch("select platform_hmac from tombstones where platform_hmac = any($1)", list(hashes))
    return {hashes[row["platform_hmac"]] for row in rows}


def _erased_answer(name: str) -> Decision:
    unknown = refusal("unknown_learner", learner=name)
    return msgspec.structs.replace(unknown, reasons=("erased",), next_step=STEPS["erased"])
