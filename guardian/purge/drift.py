"""Drift: where something that is stored beside the facts says otherwise than `decide` does now. It should be nowhere.

Compared are flags, purges, the instant of the next look (the one cache of a decision), and letters in the queue. Who
is due for the sweep anyway is left out: bringing those into line is the sweep's work, and only what it has seen can
have drifted. Reads only.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from guardian.access.service import Decided, decide_in
from guardian.context import Context, Tx
from guardian.events import SYSTEM
from guardian.flags import store as flag_store
from guardian.flags.domain import CLEARS_BY_ITSELF, Flag, look_at, wanted
from guardian.people import checks
from guardian.purge import store
from guardian.purge.domain import Purge, next_look

BATCH = 500

Kind = Literal[
    "flag_missing", "flag_unfounded", "flag_date", "purge_missing", "purge_unfounded", "purge_date", "look_missing",
    "look_late", "letter_moot", "letter_lost", "authorisation_lapsed",
]  # fmt: skip

SAID: dict[Kind, str] = {
    "flag_missing": "no flag stands where a person must look",
    "flag_unfounded": "a flag stands whose cause is gone",
    "flag_date": "a flag names another due date than the clock",
    "purge_missing": "no purge stands though its clock has run out",
    "purge_unfounded": "a purge stands for a learner who may be in",
    "purge_date": "a purge names another due date than the clock",
    "look_missing": "the sweep would never look again at an answer that changes by itself",
    "look_late": "the sweep would look only after the answer has changed",
    "letter_moot": "a letter waits in the queue that asks what needs no answer any more",
    "letter_lost": "a yes waits for a second message that is not on its way",
    "authorisation_lapsed": "an authorisation is called active though its validity is over",
}


class Difference(msgspec.Struct, frozen=True):
    """One disagreement, and whom or what (by id) it is about."""

    kind: Kind
    subject: UUID


async def differences(ctx: Context, *, most: int | None = None) -> list[Difference]:
    """Every disagreement there is; with `most`, of that many learners (those with a flag or a purge come first)."""
    async with ctx.transaction(SYSTEM) as tx:
        found = await _letters(tx)
        ids = [row["id"] for row in await tx.fetch(_LEARNERS, tx.now, most)]
    for start in range(0, len(ids), BATCH):
        async with ctx.transaction(SYSTEM) as tx:
            suspected = await _of(ctx, tx, ids[start : start + BATCH])
        if suspected:
            # Another command may have committed between two of our reads: what is really wrong is wrong twice.
            async with ctx.transaction(SYSTEM) as tx:
                again = await _of(ctx, tx, sorted({one.subject for one in suspected}))
            found += [one for one in again if one in suspected]
    return found


def summary(found: Sequence[Difference]) -> str:
    """How many of each kind, and one id for each, in a sentence."""
    counts, first = Counter(one.kind for one in found), {one.kind: one.subject for one in reversed(found)}
    return "; ".join(f"{counts[kind]} × {SAID[kind]} (such as {first[kind]})" for kind in SAID if kind in counts)


_LEARNERS = """
select l.id from learners l where l.erased_at is null and l.standing <> 'erasure_in_progress'
and (l.check_at is null or l.check_at > $1)
order by (exists (select 1 from flags f where f.learner = l.id and f.state <> 'resolved')
 or exists (select 1 from purges p where p.learner = l.id
  and p.state in ('due', 'needs_approval', 'approved', 'cooling_off'))) desc, l.id limit $2
"""


async def _of(ctx: Context, tx: Tx, learners: Sequence[UUID]) -> list[Difference]:
    flags, purges = await flag_store.of_learners(tx, learners), await store.open_of(tx, learners)
    rows = await tx.fetch("select id, check_at from learners where id = any($1)", list(learners))
    returned = await checks.mail_comes_back(tx, learners)
    looks: dict[UUID, datetime | None] = {row["id"]: row["check_at"] for row in rows}
    found = []
    for one in await decide_in(ctx, tx, learners):
        look = looks[one.id]
        # Whatever changed since the list was made is the sweep's business now.
        if one.gathered.standing not in {"erased", "erasure_in_progress"} and (look is None or look > tx.now):
            kinds: dict[str, Flag] = {flag.kind: flag for flag in flags.get(one.id, ())}
            compared = _compared(one, kinds, purges.get(one.id), look, now=tx.now, returned=one.id in returned)
            found += [Difference(kind, one.id) for kind in compared]
    return found


def _compared(
    one: Decided,
    kinds: Mapping[str, Flag],
    purge: Purge | None,
    look: datetime | None,
    *,
    now: datetime,
    returned: bool,
) -> Iterator[Kind]:
    due_at = one.due.at if one.due else None
    blocked = one.decision.access == "block"
    reasons = frozenset(one.decision.reasons)
    needed = wanted(reasons, blocked=blocked, due_at=due_at, now=now, mail_comes_back=returned)
    if needed - set(kinds):
        yield "flag_missing"
    if (set(kinds) & CLEARS_BY_ITSELF) - needed:
        yield "flag_unfounded"
    if any(flag.due_at != due_at for kind, flag in kinds.items() if kind in needed):
        yield "flag_date"
    if purge is None and due_at is not None and due_at <= now:
        yield "purge_missing"
    if purge is not None and not blocked and purge.state in {"due", "needs_approval", "approved", "cooling_off"}:
        yield "purge_unfounded"
    elif purge is not None and purge.state in {"due", "needs_approval"} and purge.due_at != due_at:
        yield "purge_date"
    needs_look = next_look(now, one.decision.until, look_at(due_at), due_at)
    if needs_look is not None and look is None:
        yield "look_missing"
    elif needs_look is not None and look is not None and look > needs_look:
        yield "look_late"


_MOOT = """
select m.id from mail_messages m join consent_requests r on r.id = m.subject
where m.state = 'queued' and m.letter in ('consent_request', 'consent_reminder', 'notice_final')
and r.state not in ('queued', 'sent', 'delivered', 'bounced')
union all
select m.id from mail_messages m where m.state = 'queued' and m.letter = 'consent_confirmation'
and not exists (select 1 from consents c where c.act = m.subject and c.state = 'given' and not exists (
 select 1 from consents n where n.learner = c.learner and n.guardian = c.guardian and n.purpose = c.purpose
 and n.recorded_at > c.recorded_at))
"""
_LOST = """
select distinct c.act as id from consents c join learners l on l.id = c.learner
where c.state = 'given' and c.completed_at is null and c.method = 'email_plus' and l.erased_at is null
and not exists (select 1 from consents n where n.learner = c.learner and n.guardian = c.guardian
 and n.purpose = c.purpose and n.recorded_at > c.recorded_at)
and not exists (select 1 from mail_messages m where m.subject = c.act and m.letter = 'consent_confirmation')
"""
_LAPSED = """
select id from authorisations where state = 'active' and valid_until <= $1
and exists (select 1 from sweeps s where s.at >= valid_until and s.finished_at is not null)
"""


async def _letters(tx: Tx) -> list[Difference]:
    asked: tuple[tuple[Kind, str, tuple[object, ...]], ...] = (
        ("letter_moot", _MOOT, ()),
        ("letter_lost", _LOST, ()),
        ("authorisation_lapsed", _LAPSED, (tx.now,)),
    )
    return [Difference(kind, row["id"]) for kind, sql, args in asked for row in await tx.fetch(sql, *args)]
