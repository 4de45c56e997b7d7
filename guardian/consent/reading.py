"""What is on record about a request: reads only, from any table, bounded by the scope of the transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from guardian.consent.candidates import Authorised, Candidate, local_day, same_person
from guardian.consent.domain import Current, Key, RequestState
from guardian.context import Tx
from guardian.notice.domain import Coverage
from guardian.notice.store import coverage

RENEWED = 1000
"""From this sequence on a letter was asked for again; below it are those that the service sends by itself."""
_REQUEST = (
    "id, institution, guardian, notice, state, version, created_at, sent_at, expires_at, answered_at, reminders, "
    "reminders_stopped_at"
)
_LATEST = (
    "select distinct on (c.learner, c.guardian, c.purpose) c.guardian, c.learner, c.purpose, c.state, c.method, "
    "c.notice_version, c.recorded_at, c.completed_at, c.valid_until, c.act from consents c "
)
_IN_ORDER = " order by c.learner, c.guardian, c.purpose, c.recorded_at desc, (c.state = 'given'), c.id desc"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A consent request as it is kept. Instants are UTC."""

    id: UUID
    institution: UUID
    guardian: UUID
    notice: UUID
    state: RequestState
    version: int
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    reminders: int
    reminders_stopped_at: datetime | None


class School(msgspec.Struct, frozen=True, kw_only=True):
    """What a guardian is told about the institution that asks."""

    id: UUID
    name: str
    contact_email: str | None
    timezone: str
    language: str
    jurisdiction: str


async def request(tx: Tx, request_id: UUID, *, lock: bool = False) -> Request | None:
    """The request, if the scope shows it; `lock` keeps others from changing it until the transaction ends."""
    row = await tx.fetchrow(
        f"select {_REQUEST} from consent_requests where id = $1{' for update' if lock else ''}", request_id
    )
    return msgspec.convert(dict(row), Request) if row else None


async def requests_of(tx: Tx, guardians: Collection[UUID], *, states: Collection[str]) -> list[Request]:
    """These guardians' requests in any of these states, newest first."""
    rows = await tx.fetch(
        f"select {_REQUEST} from consent_requests where guardian = any($1) and state = any($2) "
        "order by created_at desc, id desc",
        list(guardians), list(states),
    )  # fmt: skip
    return [msgspec.convert(dict(row), Request) for row in rows]


async def lock_learners(tx: Tx, request_id: UUID) -> None:
    """Take the request's learners in order, so that two guardians of the same siblings never wait for each other."""
    await tx.fetch(
        "select l.id from learners l join consent_request_learners q on q.learner = l.id where q.request = $1 "
        "order by l.id for update of l",
        request_id,
    )  # fmt: skip


async def learners_of(tx: Tx, request: Request) -> list[UUID]:
    """The learners this guardian may still answer for in this request."""
    rows = await tx.fetch(
        "select q.learner from consent_request_learners q join guardianships s on s.learner = q.learner "
        "and s.guardian = $2 join learners l on l.id = q.learner where q.request = $1 and s.authority = 'full' "
        "and s.ended_at is null and l.erased_at is null order by s.position, q.learner",
        request.id, request.guardian,
    )  # fmt: skip
    return [row["learner"] for row in rows]


async def learners_asked(tx: Tx, requests: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The learners whom each request asks about."""
    rows = await tx.fetch(
        "select request, learner from consent_request_learners where request = any($1)", list(requests)
    )
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        found.setdefault(row["request"], set()).add(row["learner"])
    return found


async def current(
    tx: Tx, guardian: UUID, learners: Collection[UUID], until: datetime | None = None
) -> dict[Key, Current]:
    """The guardian's latest word on each learner and purpose. `until`: when what is in force ends; a yes that ends
    before it, since the school has renewed, is read as one that has run out: it is asked for again ahead of its end.
    """
    rows = await tx.fetch(
        f"{_LATEST} where c.guardian = $1 and c.learner = any($2) {_IN_ORDER}", guardian, list(learners)
    )
    covered = await coverage(tx, tx.now)
    return {(row["learner"], row["purpose"]): _current(dict(row), covered, until) for row in rows}


async def current_of_many(
    tx: Tx, guardians: Collection[UUID], until: datetime | None = None, supposed: Coverage | None = None
) -> dict[UUID, list[Current]]:
    """The latest words of many guardians, `until` as in `current`; a yes whose second message was lost is left out, so
    that it is asked again once the address is mended. `supposed`: as if those material changes had been published.
    """
    rows = await tx.fetch(
        f"select w.* from ({_LATEST} where c.guardian = any($1) {_IN_ORDER}) w where not (w.state = 'given' "
        "and w.completed_at is null and exists (select 1 from mail_messages m where m.subject = w.act "
        "and m.letter = 'consent_confirmation' and m.state in ('bounced_hard', 'failed', 'suppressed', 'complained')))",
        list(guardians),
    )  # fmt: skip
    covered = supposed or await coverage(tx, tx.now)
    found: dict[UUID, list[Current]] = {}
    for row in rows:
        found.setdefault(row["guardian"], []).append(_current(dict(row), covered, until))
    return found


async def material_since(tx: Tx) -> int:
    """The last version of the notice that changed something material (0: none)."""
    return (await coverage(tx, tx.now)).material_since


async def authorisations_in_force(tx: Tx, institution: UUID) -> tuple[list[Authorised], datetime | None]:
    """The institution's authorisations that open anything now, and when the last of them ends."""
    rows = await tx.fetch(
        "select legal_model, purposes, valid_until from authorisations where institution = $1 and state = 'active' "
        "and valid_from <= $2 and $2 < valid_until "
        "and scopes @> array['use_services', 'collect_information']::varchar[]",
        institution, tx.now,
    )  # fmt: skip
    found = [Authorised(row["legal_model"], tuple(row["purposes"])) for row in rows]
    return found, max((row["valid_until"] for row in rows), default=None)


async def school(tx: Tx, institution: UUID) -> School:
    """The institution as guardians read it."""
    row = await tx.fetchrow(
        "select id, name, contact_email, timezone, language, jurisdiction from institutions where id = $1", institution
    )
    return msgspec.convert(dict(row or {}), School)


def _current(row: dict[str, Any], covered: Coverage, until: datetime | None) -> Current:
    row.pop("guardian")
    word = msgspec.convert(row | {"covers": covered.covers(row["purpose"], row["notice_version"])}, Current)
    if until is None or word.valid_until is None or until <= word.valid_until:
        return word
    return msgspec.structs.replace(word, valid_until=word.recorded_at)


async def guardians_after(tx: Tx, institution: UUID, after: UUID, limit: int) -> list[UUID]:
    """The next guardians of an institution, in the order of their ids."""
    rows = await tx.fetch(
        "select id from guardians where institution = $1 and erased_at is null and id > $2 order by id limit $3",
        institution, after, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def candidates(tx: Tx, institution: UUID, guardians: Collection[UUID], material_since: int) -> list[Candidate]:
    """These guardians with each learner of theirs who is enrolled at the institution today or later."""
    rows = await tx.fetch(
        "select g.id as guardian, g.email, g.unreachable_since, s.learner, s.authority, s.eligible, l.email as other, "
        "l.standing, l.birth_date, l.jurisdictions, l.timezone, e.ends_on, (select r.state from consent_requests r "
        "join consent_request_learners q on q.request = r.id join notices n on n.id = r.notice "
        "where r.guardian = g.id and q.learner = l.id and r.state in ('answered', 'expired') and n.version >= $3 "
        "order by r.created_at desc, r.id desc limit 1) as last_request "
        "from guardians g join guardianships s on s.guardian = g.id join learners l on l.id = s.learner "
        "join enrolments e on e.learner = l.id and e.institution = $1 "
        "where g.institution = $1 and g.id = any($2) and g.erased_at is null and l.erased_at is null "
        "and s.ended_at is null order by g.id, s.position, l.id",
        institution, list(guardians), material_since,
    )  # fmt: skip
    found = []
    for row in rows:
        today = local_day(tx.now, row["timezone"])
        if row["ends_on"] is not None and row["ends_on"] < today:
            continue
        found.append(
            Candidate(
                guardian=row["guardian"], learner=row["learner"], authority=row["authority"],
                eligible=row["eligible"], has_address=bool(row["email"]),
                unreachable=row["unreachable_since"] is not None, same_person=same_person(row["email"], row["other"]),
                standing=row["standing"], birth_date=row["birth_date"], jurisdictions=tuple(row["jurisdictions"]),
                today=today, asked=row["last_request"] is not None, lapsed=row["last_request"] == "expired",
            )
        )  # fmt: skip
    return found


async def last_letter(tx: Tx, request: UUID, letter: str) -> tuple[int, str | None]:
    """The sequence and state of the newest letter of that kind in its ordinary series (-1, None: there is none)."""
    row = await tx.fetchrow(
        "select sequence, state from mail_messages where subject = $1 and letter = $2 and sequence < $3 "
        "order by sequence desc limit 1",
        request, letter, RENEWED,
    )  # fmt: skip
    return (row["sequence"], row["state"]) if row else (-1, None)


async def sha256_of(tx: Tx, act: UUID) -> str:
    """The hash of the notice text that the guardian read in that act."""
    return str(await tx.fetchval("select notice_sha256 from consents where act = $1 limit 1", act))


async def waiting(tx: Tx, sent_before: datetime, most: int, limit: int) -> list[Request]:
    """Requests that may be due for a reminder: sent, not silenced, the guardian can be reached, the institution's
    authorisation still stands. Those whose turn came longest ago come first.
    """
    rows = await tx.fetch(
        f"select {_REQUEST} from consent_requests r where state in ('sent', 'delivered') and sent_at <= $1 "
        "and reminders < $2 and reminders_stopped_at is null and expires_at > $3 "
        "and exists (select 1 from guardians g where g.id = r.guardian and g.email is not null "
        "and g.unreachable_since is null and g.erased_at is null) "
        "and exists (select 1 from authorisations a where a.institution = r.institution and a.state = 'active' "
        "and a.valid_from <= $3 and $3 < a.valid_until) order by sent_at, id limit $4 for update of r skip locked",
        sent_before, most, tx.now, limit,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Request) for row in rows]


async def over(tx: Tx, limit: int) -> list[UUID]:
    """Open requests whose time is over, the longest first."""
    rows = await tx.fetch(
        "select id from consent_requests where state in ('sent', 'delivered', 'bounced') and expires_at <= $1 "
        "order by expires_at, id limit $2 for update skip locked",
        tx.now, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def moot_acts(tx: Tx, guardian: UUID) -> list[UUID]:
    """Acts that wait for their second message although a later word replaced every yes in them."""
    rows = await tx.fetch(
        "select c.act from consents c where c.guardian = $1 and c.state = 'given' and c.completed_at is null "
        "group by c.act having bool_and(exists (select 1 from consents n where n.guardian = c.guardian "
        "and n.learner = c.learner and n.purpose = c.purpose and n.recorded_at > c.recorded_at))",
        guardian,
    )  # fmt: skip
    return [row["act"] for row in rows]


async def renewed_since(tx: Tx, guardian: UUID) -> int:
    """How many letters this guardian has asked for again in the last 24 hours."""
    return int(
        await tx.fetchval(
            "select count(*) from mail_messages where recipient = $1 and sequence >= $2 and created_at > $3",
            guardian, RENEWED, tx.now - timedelta(days=1),
        )
    )  # fmt: skip


async def latest_act(tx: Tx, guardian: UUID) -> UUID | None:
    """The guardian's newest act that has evidence."""
    found: UUID | None = await tx.fetchval(
        "select act from consent_evidence where guardian = $1 order by recorded_at desc limit 1", guardian
    )
    return found
