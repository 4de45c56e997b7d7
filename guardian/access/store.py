"""Gathers the facts of learners in one statement. Reads any table, writes none."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from guardian.access.facts import Authorisation, Consent, Enrolment, Facts, Guardian, Learner, Notice, Purpose
from guardian.access.own import OwnState
from guardian.access.past import PURPOSES_THEN, shadows
from guardian.notice.domain import Coverage
from guardian.notice.domain import Purpose as PublishedPurpose
from guardian.notice.store import coverage_of

_TIME = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _json(column: str) -> str:
    return f"to_char({column} at time zone 'UTC', {_TIME})"


_GATHER = f"""
select l.id, l.platform_id, l.revision, l.created_at, l.standing,
 json_build_object('birth_date', l.birth_date, 'jurisdictions', l.jurisdictions, 'timezone', l.timezone,
   'standing', l.standing, 'assent', l.assent)::text as learner,
 (select json_agg(json_build_object('institution', e.institution, 'begins_on', e.begins_on, 'ends_on', e.ends_on))
   from enrolments e where e.learner = l.id)::text as enrolments,
 (select json_agg(json_build_object('id', a.id, 'institution', a.institution, 'status', a.state,
     'legal_model', a.legal_model, 'scopes', a.scopes, 'purposes', a.purposes,
     'valid_from', {_json("a.valid_from")}, 'valid_until', {_json("a.valid_until")}))
   from enrolments e join authorisations a on a.institution = e.institution where e.learner = l.id)::text
   as authorisations,
 (select json_agg(json_build_object('id', g.id, 'authority', s.authority,
     'has_channel', g.email is not null and g.unreachable_since is null))
   from guardianships s join guardians g on g.id = s.guardian
   where s.learner = l.id and (s.ended_at is null or s.ended_at > $2))::text as guardians,
 (select json_agg(json_build_object('id', c.id, 'guardian', c.guardian, 'purpose', c.purpose, 'state', c.state,
     'method', c.method, 'completed_at', {_json("c.completed_at")}, 'notice_version', c.notice_version,
     'valid_until', {_json("c.valid_until")}))
   from consents c where c.learner = l.id and c.recorded_at <= $2)::text as consents,
 (select min(r.sent_at) from consent_request_learners q join consent_requests r on r.id = q.request
   where q.learner = l.id) as asked_at,
 (select max(c.recorded_at) from consents c where c.learner = l.id and c.state = 'given' and c.completed_at is null
   and c.recorded_at <= $2) as pending_at,
 (select f.kind from flags f where f.learner = l.id and f.state <> 'resolved'
   order by case f.severity when 'high' then 0 when 'normal' then 1 else 2 end, f.since limit 1) as flag,
 exists (select 1 from holds h where h.learner = l.id and h.released_at is null) as held,
 (select json_object_agg(o.purpose, json_build_array(o.state, {_json("o.recorded_at")})) from (
   select distinct on (w.purpose) w.purpose, w.state, w.recorded_at from own_answers w
   where w.learner = l.id and w.recorded_at <= $2 order by w.purpose, w.recorded_at desc, w.id desc) o)::text as own
from learners l where {{where}}
"""
_BY_ID, _BY_PLATFORM_ID = "l.id = any($1)", "l.platform_id = any($1)"
GATHER = _GATHER.format(where=_BY_ID)
GATHER_BY_PLATFORM_ID = _GATHER.format(where=_BY_PLATFORM_ID)
_PAST = {
    which: shadows(which.replace("l.", "x.", 1)) + _GATHER.format(where="true") for which in (_BY_ID, _BY_PLATFORM_ID)
}

TERMS = """
select n.version, coalesce(n.terms, (select jsonb_agg(jsonb_build_object('code', p.code, 'core', p.core,
   'disclosure', p.disclosure, 'commercial', p.commercial, 'guardian_always', p.guardian_always,
   'retention', p.retention)) from purposes p where p.code = any(n.purposes)), '[]')::text as terms,
 (select json_agg(json_build_array(m.version, m.changed)) from notices m where m.material and m.state <> 'draft'
   and m.published_at <= $1)::text as material
from notices n where n.state <> 'draft' and n.published_at <= $1 order by n.version desc limit 1
"""

LOOK = """
select l.id, l.platform_id, l.revision, (select f.kind from flags f where f.learner = l.id and f.state <> 'resolved'
    order by case f.severity when 'high' then 0 when 'normal' then 1 else 2 end, f.since limit 1) as flag
from learners l where l.platform_id = any($1)
"""
# Facts recorded ahead of this process's clock begin or cease to count without a new revision.
AHEAD = """
select learner, min(at) as at from (
    select learner, recorded_at as at from consents where learner = any($1) and recorded_at > $2
    union all select learner, ended_at from guardianships where learner = any($1) and ended_at > $2
    union all select learner, recorded_at from own_answers where learner = any($1) and recorded_at > $2) ahead
group by learner
"""

_LEARNER = msgspec.json.Decoder(Learner)
_ENROLMENTS = msgspec.json.Decoder(tuple[Enrolment, ...])
_AUTHORISATIONS = msgspec.json.Decoder(tuple[Authorisation, ...])
_GUARDIANS = msgspec.json.Decoder(tuple[Guardian, ...])
_CONSENTS = msgspec.json.Decoder(tuple[Consent, ...])
_TERMS = msgspec.json.Decoder(tuple[PublishedPurpose, ...])
_MATERIAL = msgspec.json.Decoder(tuple[tuple[int, tuple[str, ...] | None], ...])
_OWN = msgspec.json.Decoder(dict[str, tuple[OwnState, datetime]])


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A learner's facts and what stands beside them. `asked_at`: when the first notice left, if one did;
    `pending_at`: when a yes was said that our second message has not completed; `own`: the learner's own latest
    answer by purpose, and when it was given.
    """

    id: UUID
    platform_id: str | None
    revision: int
    created_at: datetime
    standing: str
    facts: Facts
    asked_at: datetime | None
    pending_at: datetime | None
    flag: str | None
    held: bool
    own: dict[str, tuple[OwnState, datetime]]


class Terms(msgspec.Struct, frozen=True):
    """The purposes and the notice in force: the same for all learners."""

    purposes: dict[str, Purpose]
    notice: Notice
    coverage: Coverage = Coverage()

    def heard(self, consents: tuple[Consent, ...]) -> tuple[Consent, ...]:
        """Answers with the newest version that each covers: a material change makes those stale that it concerns."""
        covers = self.coverage.covers
        return tuple(
            consent
            if consent.notice_version is None
            or covers(consent.purpose, consent.notice_version) == consent.notice_version
            else msgspec.structs.replace(consent, notice_version=covers(consent.purpose, consent.notice_version))
            for consent in consents
        )


def terms_from(purposes: Iterable[PublishedPurpose], version: int, coverage: Coverage) -> Terms:
    """What a version says, in the words of the facts. A purpose that asks for a strong method refuses the weak ones
    as a disclosure does.
    """
    return Terms(
        {
            one.code: Purpose(
                core=one.core,
                disclosure=not one.by_mail,
                commercial=one.commercial,
                guardian_always=one.guardian_always,
            )
            for one in purposes
        },
        Notice(version=version, material_since=coverage.material_since),
        coverage,
    )


async def terms(connection: Connection, at: datetime, *, past: bool = False) -> Terms:
    """What the notice published at that instant says; nothing published: no purpose, so nobody gets in."""
    row = await connection.fetchrow(PURPOSES_THEN + TERMS if past else TERMS, at)
    if row is None:
        return Terms({}, Notice(version=0, material_since=0))
    coverage = coverage_of(_MATERIAL.decode(row["material"] or "[]"))
    return terms_from(_TERMS.decode(row["terms"]), row["version"], coverage)


async def gather(connection: Connection, learners: Sequence[UUID], at: datetime) -> list[Gathered]:
    """The facts of these learners as they stand now, for an instant that is now or to come, in no order."""
    found = await terms(connection, at)
    return [_read(row, found) for row in await connection.fetch(GATHER, list(learners), at)]


async def gather_both(
    connection: Connection, learners: Sequence[UUID], at: datetime, supposed: Terms | None
) -> list[tuple[Gathered, Gathered]]:
    """The same twice: under the notice in force, and as if another one were."""
    found = await terms(connection, at)
    rows = await connection.fetch(GATHER, list(learners), at)
    return [(_read(row, found), _read(row, supposed or found)) for row in rows]


async def gather_by_platform_id(connection: Connection, names: Sequence[str], at: datetime) -> list[Gathered]:
    """The same by the ids that platforms use."""
    found = await terms(connection, at)
    return [_read(row, found) for row in await connection.fetch(GATHER_BY_PLATFORM_ID, list(names), at)]


async def gather_past(
    connection: Connection, at: datetime, *, corrected: bool, learners: Sequence[UUID] = (), names: Sequence[str] = ()
) -> list[Gathered]:
    """The facts as they stood at an instant of the past, of learners or of platform ids; `corrected`: with what was
    learnt later about that time (see `access.past`).
    """
    found = await terms(connection, at, past=True)
    how, whom = (_BY_PLATFORM_ID, list(names)) if names else (_BY_ID, list(learners))
    return [_read(row, found) for row in await connection.fetch(_PAST[how], whom, at, corrected)]


def _read(row: Record, found: Terms) -> Gathered:
    facts = Facts(
        learner=_LEARNER.decode(row["learner"]),
        enrolments=_ENROLMENTS.decode(row["enrolments"] or "[]"),
        authorisations=_AUTHORISATIONS.decode(row["authorisations"] or "[]"),
        guardians=_GUARDIANS.decode(row["guardians"] or "[]"),
        consents=found.heard(_CONSENTS.decode(row["consents"] or "[]")),
        purposes=found.purposes,
        notice=found.notice,
    )
    return Gathered(
        id=row["id"],
        platform_id=row["platform_id"],
        revision=row["revision"],
        created_at=row["created_at"],
        standing=row["standing"],
        facts=facts,
        asked_at=row["asked_at"],
        pending_at=row["pending_at"],
        flag=row["flag"],
        held=row["held"],
        own=_OWN.decode(row["own"]) if row["own"] else {},
    )


async def look(connection: Connection, names: Collection[str]) -> list[Record]:
    """Id, platform's id, revision and open flag of these learners: whether an answer given before still stands."""
    return list(await connection.fetch(LOOK, list(names)))


async def ahead(connection: Connection, learners: Sequence[UUID], now: datetime) -> dict[UUID, datetime]:
    """The next instant at which what was recorded ahead of this process's clock begins or ceases to count."""
    return {row["learner"]: row["at"] for row in await connection.fetch(AHEAD, list(learners), now)}
