"""Asking guardians: who has not answered yet gets one letter about all their children.

Runs in pages of guardians, one transaction each, so that a school of any size is asked without holding the tables;
asking again changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.consent import candidates, reading, store
from guardian.consent.candidates import Candidate
from guardian.consent.domain import OPEN, Current, Entry
from guardian.consent.reading import Request
from guardian.context import Context, Tx
from guardian.events import SYSTEM, Event
from guardian.jobs import enqueue
from guardian.mail import links, outbox
from guardian.notice import store as notices
from guardian.notice.domain import Coverage, Notice, Purpose
from guardian.people.jobs import AddressCorrected, AskGuardians

PAGE = 500
"""Guardians per transaction."""
_LOCK = 0x61736B67
ASKING_LETTERS = ("consent_request", "consent_reminder", "notice_final")


class Terms(msgspec.Struct, frozen=True):
    """What an institution's guardians are asked about now."""

    institution: UUID
    notice: Notice
    material_since: int
    purposes: Sequence[Purpose]
    until: datetime | None
    """When what is in force ends: a yes that ends before it is asked for again."""


async def ask_guardians(ctx: Context, job: AskGuardians) -> None:
    """Ask every guardian of an institution who may answer and has not. Idempotent."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with ctx.transaction(SYSTEM) as tx:
            after = await _ask_page(ctx, tx, job.institution, after)


async def address_corrected(ctx: Context, job: AddressCorrected) -> None:
    """A guardian's address was mended: every link sent to the old one closes, what was agreed through it and not
    confirmed yet is void, and the question goes to the new address. Idempotent.
    """
    async with ctx.transaction(SYSTEM) as tx:
        every = await reading.requests_of(tx, [job.guardian], states=(*OPEN, "answered", "expired"))
        if not every:
            return
        for request in every:
            await links.revoke(tx, request.id, "consent", "unsubscribe")
        open_ones = [request.id for request in every if request.state in OPEN]
        await store.move_many(tx, open_ones, "supersede", "superseded")
        for closed in open_ones:
            await outbox.cancel(tx, closed, *ASKING_LETTERS)
        await _void_unconfirmed(ctx, tx, every[0])
        institution = every[0].institution
        await _serialise(tx, institution)
        terms = await terms_of(tx, institution)
        asked = await _ask_these(ctx, tx, terms, [job.guardian]) if terms else {}
        event = Event(
            action="consent.address_corrected",
            subject_kind="guardian",
            subject=job.guardian,
            institution=institution,
            payload={"superseded": open_ones, "asked": list(asked)},
        )
        await audit.append(tx, SYSTEM, event)


async def notice_published(ctx: Context, tx: Tx, notice: UUID) -> None:  # noqa: ARG001 (the port's shape)
    """After a material change every institution's guardians are asked again: 16 CFR 312.4(b), 312.5(a)(1)."""
    for institution in await institutions_to_ask(tx):
        await enqueue(tx, AskGuardians(institution=institution), once=f"ask:{institution}")


async def institutions_to_ask(tx: Tx) -> list[UUID]:
    """Institutions whose guardians a material change concerns."""
    rows = await tx.fetch("select distinct institution from authorisations where state = 'active' order by 1")
    return [row["institution"] for row in rows]


async def supposed_terms(tx: Tx, institution: UUID, notice: Notice, material_since: int) -> Terms | None:
    """What to ask about if that notice were in force; None where no authorisation asks a guardian anything."""
    authorised, until = await reading.authorisations_in_force(tx, institution)
    purposes = candidates.purposes_to_ask(authorised, notice.purposes)
    return Terms(institution, notice, material_since, purposes, until) if purposes else None


async def would_ask(
    tx: Tx, terms: Terms, after: UUID, supposed: Coverage
) -> tuple[UUID | None, dict[UUID, list[UUID]]]:
    """Whom the next page of guardians would get a letter about; and where to go on. Changes nothing."""
    page = await reading.guardians_after(tx, terms.institution, after, PAGE)
    wanted = await _wanted(tx, terms, page, supposed=supposed)
    waiting = {request.guardian: request for request in await reading.requests_of(tx, list(wanted), states=OPEN)}
    asked = await reading.learners_asked(tx, [request.id for request in waiting.values()])
    found = {
        guardian: learners
        for guardian, learners in wanted.items()
        if guardian not in waiting or set(learners) - asked.get(waiting[guardian].id, set())
    }
    return page[-1] if len(page) == PAGE else None, found


async def terms_of(tx: Tx, institution: UUID) -> Terms | None:
    """What to ask about; None where no authorisation in force asks a guardian anything."""
    return (await terms_of_many(tx, [institution]))[institution]


async def terms_of_many(tx: Tx, institutions: Collection[UUID]) -> dict[UUID, Terms | None]:
    """The same for several institutions, to whom the same notice applies."""
    terms: dict[UUID, Terms | None] = dict.fromkeys(institutions)
    notice = await notices.published(tx) if terms else None
    if notice is None:
        return terms
    since = await reading.material_since(tx)
    return {institution: await supposed_terms(tx, institution, notice, since) for institution in terms}


async def ask_one(ctx: Context, tx: Tx, terms: Terms, guardian: UUID, *, after_silence: bool = False) -> list[UUID]:
    """Ask one guardian; answers the learners asked about. `after_silence`: also where a request has expired."""
    await _serialise(tx, terms.institution)
    return (await _ask_these(ctx, tx, terms, [guardian], after_silence=after_silence)).get(guardian, [])


async def _serialise(tx: Tx, institution: UUID) -> None:
    await tx.execute("select pg_advisory_xact_lock($1, hashtext($2))", _LOCK, str(institution))


async def _ask_page(ctx: Context, tx: Tx, institution: UUID, after: UUID) -> UUID | None:
    await _serialise(tx, institution)
    terms = await terms_of(tx, institution)
    page = await reading.guardians_after(tx, institution, after, PAGE)
    if terms is None or not page:
        return None
    asked = await _ask_these(ctx, tx, terms, page)
    if asked:
        event = Event(
            action="consent.asked",
            subject_kind="institution",
            subject=institution,
            institution=institution,
            payload={
                "guardians": len(asked),
                "learners": sum(len(learners) for learners in asked.values()),
                "notice": terms.notice.version,
            },
        )
        await audit.append(tx, SYSTEM, event)
    return page[-1] if len(page) == PAGE else None


async def _ask_these(
    ctx: Context, tx: Tx, terms: Terms, guardians: Collection[UUID], *, after_silence: bool = False
) -> dict[UUID, list[UUID]]:
    wanted = await _wanted(tx, terms, guardians, after_silence=after_silence)
    waiting = {request.guardian: request for request in await reading.requests_of(tx, list(wanted), states=OPEN)}
    return {
        guardian: learners
        for guardian, learners in wanted.items()
        if await _ask(ctx, tx, terms, guardian, learners=learners, waiting=waiting.get(guardian))
    }


async def _wanted(
    tx: Tx,
    terms: Terms,
    guardians: Collection[UUID],
    *,
    after_silence: bool = False,
    supposed: Coverage | None = None,
) -> dict[UUID, list[UUID]]:
    found = await reading.candidates(tx, terms.institution, guardians, terms.material_since)
    words = await reading.current_of_many(tx, guardians, terms.until, supposed)
    wanted: dict[UUID, list[UUID]] = {}
    for candidate in found:
        if _may_ask(terms, candidate, words, tx, after_silence=after_silence):
            wanted.setdefault(candidate.guardian, []).append(candidate.learner)
    return wanted


def _may_ask(
    terms: Terms, candidate: Candidate, words: Mapping[UUID, list[Current]], tx: Tx, *, after_silence: bool
) -> bool:
    why = candidates.why_not(
        candidate, terms.purposes, words.get(candidate.guardian, ()), now=tx.now, material_since=terms.material_since
    )
    return why is None or (after_silence and why == "lapsed")


async def _ask(
    ctx: Context, tx: Tx, terms: Terms, guardian: UUID, *, learners: list[UUID], waiting: Request | None
) -> bool:
    if waiting is None:
        request = await store.open_request(
            ctx, tx, institution=terms.institution, guardian=guardian, notice=terms.notice.id, learners=learners
        )
        sequence = 0
    else:
        request = waiting.id
        if await store.add_learners(ctx, tx, request, learners) == 0:
            return False
        sequence, state = await reading.last_letter(tx, request, "consent_request")
        if state == "queued":
            return True  # the letter is written when it leaves, so it will name them all
        sequence += 1
    if request is None:
        return False
    await outbox.add(
        ctx, tx,
        outbox.Letter(
            letter="consent_request", recipient_kind="guardian", recipient=guardian, subject=request,
            institution=terms.institution, sequence=sequence,
        ),
    )  # fmt: skip
    return True


async def _void_unconfirmed(ctx: Context, tx: Tx, request: Request) -> None:
    words = (await reading.current_of_many(tx, [request.guardian])).get(request.guardian, [])
    pending = [word for word in words if word.state == "given" and word.completed_at is None]
    if not pending:
        return
    for act in {word.act for word in pending}:
        await outbox.cancel(tx, act, "consent_confirmation")
    await store.append(
        ctx, tx, request=request, act=ctx.new_id(),
        entries=[Entry(word.learner, word.purpose, "void") for word in pending], method=pending[0].method,
        notice_version=pending[0].notice_version, notice_sha256=await reading.sha256_of(tx, pending[0].act),
        valid_until=None,
    )  # fmt: skip
