"""What became of letters that a worker claimed, written to the outbox in one transaction per batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.mail import suppression
from guardian.mail.composing import Accepted
from guardian.mail.outbox import Claimed
from guardian.mail.writing import SUPPRESSED


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The fate of one letter. `state` as in the outbox; `not_before` says when to try a queued one again."""

    state: str
    code: str | None = None
    queue_id: str | None = None
    not_before: datetime | None = None
    counts: bool = True
    """Whether it counts as an attempt: a connection that never opened is not the letter's fault."""


_NOTHING: Mapping[str, Accepted] = {}
_NOBODY: Mapping[UUID, str] = {}

_RECORD = """
update mail_messages m set state = v.state, code = v.code, queue_id = v.queue_id, worker = null, lease_until = null,
  not_before = coalesce(v.not_before, m.not_before), attempts = m.attempts - case when v.counts then 0 else 1 end,
  accepted_at = case when v.state = 'accepted' then $7 else m.accepted_at end
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::boolean[])
  as v(id, state, code, queue_id, not_before, counts)
where m.id = v.id and case when v.state = 'accepted'
  then m.state in ('sending', 'unknown', 'queued', 'failed', 'cancelled', 'suppressed')
  else m.state = 'sending' and m.worker is not distinct from coalesce($8, m.worker) end
returning m.id
"""
"""That a server took a letter is true whoever holds its row by now; anything else only its holder may say, once."""


async def record(
    ctx: Context,
    letters: Sequence[Claimed],
    results: Mapping[UUID, Result],
    accepted: Mapping[str, Accepted],
    *,
    bounced: Mapping[str, Accepted] = _NOTHING,
    recipients: Mapping[UUID, str] = _NOBODY,
    worker: str | None = None,
) -> None:
    """Write the results and what follows from each, in one transaction. Repeating it changes nothing.

    `accepted` is told of letters that the server took, `bounced` of those whose address it says does not exist, or
    has said so before. Such an address (`recipients`, by message) is suppressed for its institution.
    """
    if not results:
        return
    async with ctx.transaction(SYSTEM) as tx:
        changed = await _write(tx, results, worker)
        for fates, told in (({"accepted"}, accepted), ({"bounced_hard", SUPPRESSED.code}, bounced)):
            fate = [one for one in letters if one.id in changed and _fate(results[one.id]) in fates]
            for kind in sorted({one.letter for one in fate} & told.keys()):
                await told[kind](ctx, tx, [one for one in fate if one.letter == kind])
        await _suppress(ctx, tx, [one for one in letters if one.id in changed], results, recipients)
        counts: dict[str, int] = {}
        for state in (results[one].state for one in changed):
            if state != "queued":  # nothing has come of it yet
                counts[state] = counts.get(state, 0) + 1
        if counts:
            await audit.append(tx, SYSTEM, Event(action="mail.sent", subject_kind="mail", payload=counts))


def _fate(result: Result) -> str:
    return result.code if result.state == SUPPRESSED.state and result.code else result.state


async def _suppress(
    ctx: Context, tx: Tx, letters: Sequence[Claimed], results: Mapping[UUID, Result], recipients: Mapping[UUID, str]
) -> None:
    for one in letters:
        if results[one.id].state != "bounced_hard" or one.id not in recipients:
            continue
        if await suppression.suppress(ctx, tx, one.institution, recipients[one.id], "bounced"):
            event = Event(
                action="address.suppressed", subject_kind=one.recipient_kind, subject=one.recipient,
                institution=one.institution, payload={"message": one.id, "cause": "bounced"},
            )  # fmt: skip
            await audit.append(tx, SYSTEM, event)


async def _write(tx: Tx, results: Mapping[UUID, Result], worker: str | None) -> set[UUID]:
    rows = await tx.fetch(
        _RECORD,
        list(results),
        [one.state for one in results.values()],
        [one.code for one in results.values()],
        [one.queue_id for one in results.values()],
        [one.not_before for one in results.values()],
        [one.counts for one in results.values()],
        tx.now,
        worker,
    )
    return {row["id"] for row in rows}
