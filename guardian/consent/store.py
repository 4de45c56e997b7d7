"""The only writer of consent requests, their learners, consents and evidence. Every update says what it expects."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from guardian.consent.domain import Entry, Verb, completed_at, move, sources
from guardian.consent.reading import Request
from guardian.context import Context, Tx
from guardian.errors import Conflict
from guardian.i18n import gettext_noop as N_

_TICK = timedelta(microseconds=1)


async def open_request(
    ctx: Context, tx: Tx, *, institution: UUID, guardian: UUID, notice: UUID, learners: Collection[UUID]
) -> UUID | None:
    """A new question to a guardian who has none open; None when another command has just made one."""
    made = ctx.new_id()
    rows = await tx.execute(
        "insert into consent_requests (id, institution, guardian, notice, state, version, created_at, reminders) "
        "values ($1, $2, $3, $4, 'queued', 1, $5, 0) on conflict (guardian) "
        "where state in ('queued', 'sent', 'delivered', 'bounced') do nothing",
        made, institution, guardian, notice, tx.now,
    )  # fmt: skip
    if rows == 0:
        return None
    await add_learners(ctx, tx, made, learners)
    return made


async def add_learners(ctx: Context, tx: Tx, request: UUID, learners: Collection[UUID]) -> int:
    """Ask about these learners too; answers how many were new to the request."""
    found = sorted(learners)
    return await tx.execute(
        "insert into consent_request_learners (id, request, learner) select * from unnest($1::uuid[], $2::uuid[], "
        "$3::uuid[]) on conflict (request, learner) do nothing",
        [ctx.new_id() for _ in found], [request] * len(found), found,
    )  # fmt: skip


async def move_to(tx: Tx, request: Request, verb: Verb) -> None:
    """Make a move of a request that this transaction has locked. Raises Conflict where there is no such move."""
    after = move(request.state, verb)
    rows = await tx.execute(
        "update consent_requests set state = $3::varchar, "
        "answered_at = case when $3::varchar = 'answered' then $4 else answered_at end, "
        "closed_at = case when $3::varchar in ('answered', 'expired', 'cancelled', 'superseded') then $4 "
        "else closed_at end where id = $1 and state = $2",
        request.id, request.state, after, tx.now,
    )  # fmt: skip
    if rows != 1:
        raise Conflict("request_moved_on", N_("This question was answered meanwhile. Load the page again."))


async def count_act(tx: Tx, request: Request) -> None:
    """An act was recorded: tickets made before it no longer fit. Raises Conflict when another act came first."""
    rows = await tx.execute(
        "update consent_requests set version = version + 1 where id = $1 and version = $2", request.id, request.version
    )
    if rows != 1:
        raise Conflict("answered_meanwhile", N_("Another answer was recorded meanwhile. Load the page again."))


async def mark_sent(tx: Tx, requests: Mapping[UUID, bool], *, expires_at: datetime) -> int:
    """The mail server took these requests' letters. True beside one: the letter told its guardian about a learner
    for the first time, so the waiting clock counts from now. Answers how many were still open.
    """
    return await tx.execute(
        "update consent_requests r set state = 'sent', expires_at = greatest(r.expires_at, $4), "
        "sent_at = case when v.first_notice or r.sent_at is null then $3 else r.sent_at end "
        "from unnest($1::uuid[], $2::boolean[]) as v (id, first_notice) where r.id = v.id and r.state = any($5)",
        list(requests), list(requests.values()), tx.now, expires_at, sources("send"),
    )  # fmt: skip


async def move_many(tx: Tx, requests: Sequence[UUID], verb: Verb, after: str) -> list[UUID]:
    """The same move for several requests; answers those that were in a state to make it."""
    closed = after in {"expired", "cancelled", "superseded"}
    rows = await tx.fetch(
        "update consent_requests set state = $3, closed_at = case when $4 then $5 else closed_at end "
        "where id = any($1) and state = any($2) returning id",
        list(requests), sources(verb), after, closed, tx.now,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def count_reminder(tx: Tx, request: UUID, *, before: int, after: int) -> bool:
    """Note that a reminder is queued; False when somebody else did, or the guardian answered or asked for silence."""
    rows = await tx.execute(
        "update consent_requests set reminders = $3 where id = $1 and reminders = $2 "
        "and state in ('sent', 'delivered') and reminders_stopped_at is null and expires_at > $4",
        request, before, after, tx.now,
    )  # fmt: skip
    return rows == 1


async def stop_reminders(tx: Tx, request: UUID) -> bool:
    """No more reminders of this request; False when they were stopped before."""
    rows = await tx.execute(
        "update consent_requests set reminders_stopped_at = $2 where id = $1 and reminders_stopped_at is null",
        request, tx.now,
    )  # fmt: skip
    return rows == 1


async def append(
    ctx: Context,
    tx: Tx,
    *,
    request: Request,
    act: UUID,
    entries: Sequence[Entry],
    method: str,
    notice_version: int,
    notice_sha256: str,
    valid_until: datetime | None,
) -> datetime:
    """Append an act's rows; answers their instant, which is later than any that this guardian has on record, so
    that "the latest" is always one row whatever the clocks of several machines say.
    """
    learners = sorted({entry.learner for entry in entries})
    rows = await tx.fetch(
        "select learner, purpose, max(recorded_at) as recorded, max(completed_at) as completed from consents "
        "where guardian = $1 and learner = any($2) group by learner, purpose",
        request.guardian, learners,
    )  # fmt: skip
    latest = max((row["recorded"] for row in rows), default=None)
    at = tx.now if latest is None or latest < tx.now else latest + _TICK
    done = {(row["learner"], row["purpose"]): row["completed"] for row in rows}
    made = [
        (ctx.new_id(), e.learner, e.purpose, e.state, completed_at(e.state, at, done.get((e.learner, e.purpose))))
        for e in entries
    ]
    await tx.execute(
        "insert into consents (id, learner, guardian, request, purpose, state, method, notice_version, notice_sha256, "
        "recorded_at, completed_at, valid_until, act) select r.id, r.learner, $6, $7, r.purpose, r.state, $8, $9, $10, "
        "$11, r.completed_at, case when r.state = 'given' then $12::timestamptz end, $13 "
        "from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) "
        "as r (id, learner, purpose, state, completed_at)",
        *map(list, zip(*made, strict=True)), request.guardian, request.id, method, notice_version, notice_sha256, at,
        valid_until, act,
    )  # fmt: skip
    return at


async def keep_evidence(
    ctx: Context, tx: Tx, *, act: UUID, guardian: UUID, typed_name: str | None, relationship: str | None,
    language: str, at: datetime,
) -> None:  # fmt: skip
    """What the guardian typed, once per act."""
    await tx.execute(
        "insert into consent_evidence (id, act, guardian, typed_name, relationship, language, recorded_at) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        ctx.new_id(), act, guardian, typed_name, relationship, language, at,
    )  # fmt: skip


async def forget_names(tx: Tx, learner: UUID) -> int:
    """Empty what the erased guardians of a learner typed; answers how often. That they answered, and when, stays."""
    return await tx.execute(
        "update consent_evidence e set typed_name = null from guardianships k join guardians g on g.id = k.guardian "
        "where k.learner = $1 and g.erased_at is not null and e.guardian = g.id and e.typed_name is not null",
        learner,
    )


async def complete(tx: Tx, acts: Collection[UUID]) -> list[UUID]:
    """The second messages were accepted: every yes of these acts counts from now, unless a later word replaced it.
    The caller has locked the guardians' requests. Answers the acts of which anything counts.
    """
    rows = await tx.fetch(
        "update consents c set completed_at = greatest($2, (select max(o.completed_at) + interval '1 microsecond' "
        "from consents o where o.learner = c.learner and o.guardian = c.guardian and o.purpose = c.purpose)) "
        "where c.act = any($1) and c.state = 'given' and c.method = 'email_plus' and c.completed_at is null "
        "and not exists (select 1 from consents n where n.learner = c.learner and n.guardian = c.guardian "
        "and n.purpose = c.purpose and n.recorded_at > c.recorded_at) returning c.act",
        list(acts), tx.now,
    )  # fmt: skip
    return sorted({row["act"] for row in rows})


async def take_back(tx: Tx, act: UUID) -> int:
    """The second message bounced for good: the act's yeses wait for verification again."""
    return await tx.execute(
        "update consents set completed_at = null where act = $1 and state = 'given' and method = 'email_plus' "
        "and completed_at is not null",
        act,
    )  # fmt: skip
