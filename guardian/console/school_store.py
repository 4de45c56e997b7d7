"""What the pages of a school read. Reads only; every statement names the institution beside row-level security."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from guardian.console import domain
from guardian.context import Tx


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian's latest word on one purpose. `completed_at` None: a yes that is not verified yet."""

    guardian: UUID
    purpose: str
    state: str
    method: str
    recorded_at: datetime
    completed_at: datetime | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The latest question to a guardian about a learner. `mail`: what became of its newest letter."""

    id: UUID
    guardian: UUID
    state: str
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    reminders: int
    mail: str | None


async def classes_of_learners(tx: Tx, institution: UUID) -> dict[UUID, str | None]:
    """Every learner of an institution with the name of the class."""
    rows = await tx.fetch(
        "select e.learner, e.class_name from enrolments e join learners l on l.id = e.learner "
        "where e.institution = $1 and l.erased_at is null",
        institution,
    )
    return {row["learner"]: row["class_name"] for row in rows}


async def asked_learners(tx: Tx, institution: UUID) -> list[domain.Asked]:
    """How far the question about each learner has come whose guardians were asked."""
    rows = await tx.fetch(
        "select q.learner, bool_or(r.sent_at is not null and r.state <> 'bounced') as sent, exists "
        "(select 1 from consents c where c.learner = q.learner) as answered "
        "from consent_requests r join consent_request_learners q on q.request = r.id "
        "join learners l on l.id = q.learner and l.erased_at is null where r.institution = $1 group by q.learner",
        institution,
    )
    return [domain.Asked(row["learner"], row["sent"], row["answered"]) for row in rows]


async def letters_waiting(tx: Tx, institution: UUID) -> int:
    """Letters of an institution that wait to be sent now."""
    return int(
        await tx.fetchval(
            "select count(*) from mail_messages where institution = $1 and state in ('queued', 'sending') "
            "and (not_before <= $2 or code is not null)",
            institution, tx.now,
        )
    )  # fmt: skip


async def is_enrolled(tx: Tx, institution: UUID, learner: UUID) -> bool:
    """Whether a learner is or was enrolled here and has not been erased."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from enrolments e join learners l on l.id = e.learner where e.learner = $1 "
            "and e.institution = $2 and l.erased_at is null)",
            learner, institution,
        )
    )  # fmt: skip


async def asked_about(tx: Tx, learner: UUID) -> dict[UUID, Asked]:
    """The latest question to each guardian of a learner, by guardian."""
    rows = await tx.fetch(
        "select distinct on (r.guardian) r.id, r.guardian, r.state, r.created_at, r.sent_at, r.expires_at, "
        "r.answered_at, r.reminders, (select m.state from mail_messages m where m.subject = r.id "
        "and m.recipient = r.guardian order by m.created_at desc, m.id desc limit 1) as mail "
        "from consent_requests r join consent_request_learners q on q.request = r.id where q.learner = $1 "
        "order by r.guardian, r.created_at desc, r.id desc",
        learner,
    )
    return {row["guardian"]: msgspec.convert(dict(row), Asked) for row in rows}


async def answers_about(tx: Tx, learner: UUID) -> list[Answer]:
    """The latest word of each guardian on each purpose, in the order of the notice."""
    rows = await tx.fetch(
        "select a.* from (select distinct on (c.guardian, c.purpose) c.guardian, c.purpose, c.state, c.method, "
        "c.recorded_at, c.completed_at from consents c where c.learner = $1 "
        "order by c.guardian, c.purpose, c.recorded_at desc, c.id desc) a "
        "left join purposes p on p.code = a.purpose order by a.guardian, p.position",
        learner,
    )
    return [msgspec.convert(dict(row), Answer) for row in rows]


async def purpose_titles(tx: Tx, language: str) -> dict[str, str]:
    """What each purpose is called, in a language, in the order of the notice."""
    rows = await tx.fetch(
        "select code, coalesce(texts->$1->>'title', texts->'en'->>'title', code) as title from purposes "
        "order by position, code",
        language,
    )
    return {row["code"]: row["title"] for row in rows}


class Planned(msgspec.Struct, frozen=True):
    """A row of a plan: its number, state and codes; whom it is about and what it changes, while that is kept."""

    row: int | None
    state: str
    codes: list[str]
    record: Mapping[str, Any] | None
    changes: list[dict[str, str | None]]


async def plan_rows(
    tx: Tx, upload: UUID, *, state: str | None, code: str | None, start: int, limit: int
) -> list[Planned]:
    """A part of a plan, in the order of the file; those missing in the file come last."""
    found = await tx.fetch(
        "select nullif(r.row, 0) as row, r.state, r.codes, coalesce(r.record, (select jsonb_build_object('given_name', "
        "l.given_name, 'family_name', l.family_name, 'class_name', e.class_name, 'student_id', e.student_id) "
        "from learners l join enrolments e on e.learner = l.id and e.institution = u.institution "
        "where l.id = r.learner and r.row = 0)) as record, r.changes "
        "from roster_rows r join roster_uploads u on u.id = r.upload where r.upload = $1 "
        "and ($2::text is null or r.state = $2) and ($5::text is null or $5 = any(r.codes)) "
        "order by nullif(r.row, 0), r.id limit $3 offset $4",
        upload, state, limit, start, code,
    )  # fmt: skip
    return [
        Planned(
            row["row"],
            row["state"],
            row["codes"],
            msgspec.json.decode(row["record"]) if row["record"] else None,
            msgspec.json.decode(row["changes"]) if row["changes"] else [],
        )
        for row in found
    ]


async def plan_codes(tx: Tx, upload: UUID, *, state: str | None) -> list[tuple[str, int]]:
    """Which codes the rows of a plan carry, the most frequent first, with how many rows each."""
    rows = await tx.fetch(
        "select code, count(*) as rows from roster_rows, unnest(codes) as code where upload = $1 "
        "and ($2::text is null or state = $2) group by code order by 2 desc, 1",
        upload, state,
    )  # fmt: skip
    return [(row["code"], row["rows"]) for row in rows]
