"""The cast and their school, put straight into the tables: for tests that begin in the middle of the story.

Alice is a guardian, Bob works at her child's school, Charlie works at another school and is always refused.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from guardian.context import Context
from guardian.events import SYSTEM, Actor

LESSONS = {
    "en": {"title": "Lessons", "why": "to teach and to show progress"},
    "fr": {"title": "Cours", "why": "pour enseigner et montrer les progrès"},
    "pl": {"title": "Lekcje", "why": "aby uczyć i pokazywać postępy"},
}
RECORDINGS = {
    "en": {"title": "Recordings", "why": "to let learners watch a lesson again"},
    "fr": {"title": "Enregistrements", "why": "pour revoir un cours"},
    "pl": {"title": "Nagrania", "why": "aby można było obejrzeć lekcję ponownie"},
}


async def _insert(ctx: Context, table: str, **values: Any) -> UUID:
    made: UUID = values.setdefault("id", ctx.new_id())
    names = ", ".join(values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(f"insert into {table} ({names}) values ({places})", *values.values())
    return made


async def institution(ctx: Context, name: str = "Maple School", **more: Any) -> UUID:
    """A school in Poland that works with guardians' consent."""
    values = {
        "name": name, "jurisdiction": "PL", "timezone": "Europe/Warsaw", "language": "en",
        "contact_email": "office@maple.example.org", "pupil_domains": ["pupils.example.org"],
        "verified_domains": ["maple.example.org"], "legal_model": "guardian_consent", "state": "active",
        "revision": 0, "created_at": ctx.clock.now(),
    }  # fmt: skip
    return await _insert(ctx, "institutions", **{**values, **more})


async def staff(ctx: Context, institution: UUID | None, email: str = "bob@maple.example.org", **more: Any) -> UUID:
    values = {
        "institution": institution, "email": email, "email_key": email.casefold(), "name": "Bob Staff",
        "role": "institution_admin" if institution else "operator_admin", "language": "en", "state": "active",
        "created_at": ctx.clock.now(),
    }  # fmt: skip
    return await _insert(ctx, "staff", **{**values, **more})


def staff_actor(staff: UUID, institution: UUID | None, role: Any = None) -> Actor:
    return Actor(
        kind="staff", id=staff, institution=institution,
        role=role or ("institution_admin" if institution else "operator_admin"),
    )  # fmt: skip


async def notice(ctx: Context, version: int = 1) -> UUID:
    """Two purposes (lessons core, recordings optional) and a published notice in three languages."""
    async with ctx.transaction(SYSTEM) as tx:
        known = (("lessons", True, LESSONS), ("recordings", False, RECORDINGS))
        for position, (code, core, texts) in enumerate(known):
            await tx.execute(
                "insert into purposes (code, position, core, disclosure, commercial, guardian_always, retention, "
                "texts) values ($1, $2, $3, false, false, false, 'P1Y', $4) on conflict (code) do nothing",
                code, position, core, json.dumps(texts),
            )  # fmt: skip
    made = await _insert(
        ctx, "notices", version=version, state="draft", material=True, purposes=["lessons", "recordings"],
        created_at=ctx.clock.now(),
    )  # fmt: skip
    for language in ("en", "fr", "pl"):
        await _insert(
            ctx, "notice_texts", notice=made, language=language, body=json.dumps({"title": "Notice"}), sha256="0" * 64
        )
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update notices set state = 'superseded' where state = 'published'")
        await tx.execute(
            "update notices set state = 'published', published_at = $2 where id = $1", made, ctx.clock.now()
        )
    return made


async def authorisation(ctx: Context, institution: UUID, notice: UUID, staff: UUID, **more: Any) -> UUID:
    """An authorisation in force for a year, both scopes, both purposes."""
    now: datetime = ctx.clock.now()
    values = {
        "institution": institution, "state": "active", "legal_model": "guardian_consent",
        "scopes": ["use_services", "collect_information"], "purposes": ["lessons", "recordings"],
        "valid_from": now - timedelta(days=1), "valid_until": now + timedelta(days=365), "notice": notice,
        "notice_sha256": "0" * 64, "language": "en", "signatory_email": "head@maple.example.org",
        "signatory_name": "Hanna Head", "signatory_title": "Head", "started_by": staff, "created_at": now,
        "signed_at": now, "verified_at": now,
    }  # fmt: skip
    return await _insert(ctx, "authorisations", **{**values, **more})


async def learner(ctx: Context, institution: UUID, given: str = "Anna", **more: Any) -> UUID:
    """A ten-year-old enrolled at the school since the first of September."""
    now: datetime = ctx.clock.now()
    made = ctx.new_id()
    values = {
        "id": made, "platform_id": f"p-{made.hex[-12:]}", "given_name": given, "family_name": "Kowal",
        "birth_date": "2016-05-01", "jurisdictions": ["PL"], "timezone": "Europe/Warsaw", "language": "pl",
        "standing": "active", "revision": 0, "created_at": now,
    }  # fmt: skip
    enrolment = {k: more.pop(k) for k in ("student_id", "class_name", "begins_on", "ends_on") if k in more}
    await _insert(ctx, "learners", **{**values, **more})
    await _insert(
        ctx, "enrolments", learner=made, institution=institution,
        **{"student_id": f"s-{made.hex[-8:]}", "class_name": "4a", "begins_on": date(2026, 9, 1), "created_at": now}
        | enrolment,
    )  # fmt: skip
    return made


async def guardian(ctx: Context, institution: UUID, *learners: UUID, name: str = "Alice Kowal", **more: Any) -> UUID:
    """Alice, with full authority for these learners."""
    now: datetime = ctx.clock.now()
    email = more.pop("email", "alice@example.org")
    authority = more.pop("authority", "full")
    values = {
        "institution": institution, "name": name, "email": email,
        "email_key": email.casefold() if email else None, "language": "en", "created_at": now,
    }  # fmt: skip
    made = await _insert(ctx, "guardians", **{**values, **more})
    for position, child in enumerate(learners):
        await _insert(
            ctx, "guardianships", learner=child, guardian=made, relationship="mother", authority=authority,
            eligible="yes", position=position, created_at=now,
        )  # fmt: skip
    return made
