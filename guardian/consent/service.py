"""A guardian's acts: reading the page, answering, withdrawing. One act: one transaction, one audit entry.

Evidence per act (GDPR art. 7(1); LAW requirements 24, 25, 37): who, when, which notice in which words, what was
typed, and one row per learner and purpose under a common `act`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.consent import domain, reading, store, view
from guardian.consent.domain import OPEN, Choice, Entry, Key
from guardian.consent.door import Door, through
from guardian.consent.view import View
from guardian.context import Context, Tx
from guardian.errors import Conflict, Refused
from guardian.events import Event
from guardian.i18n import gettext_noop as N_
from guardian.mail import links, outbox

WAITING_LETTERS = ("consent_request", "consent_reminder", "notice_final")
METHOD = "email_plus"


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What the guardian filled in: an answer to every question, who they are to the children, their name.
    `language` is the one the page was read in.
    """

    choices: Mapping[Key, Choice]
    relationship: str
    name: str
    language: str


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What an act left. `act` None: everything was on record already, and nothing was written twice."""

    request: UUID
    act: UUID | None
    at: datetime
    entries: tuple[Entry, ...]


async def open_page(ctx: Context, handle: str) -> View:
    """What the guardian of this link sees. Changes nothing. Raises NotFound for every link that opens nothing."""
    async with through(ctx, handle) as (tx, door):
        return await view.read(tx, door.link, door.request)


def claims_of(page: View, jti: str) -> dict[str, Any]:
    """What a decision ticket binds: this link, the state of the question, the notice as it was shown."""
    return {"sub": str(page.link.id), "jti": jti, "ver": page.request.version, "notice": page.notice.version}


async def answer(ctx: Context, handle: str, claims: Mapping[str, Any], typed: Typed) -> Recorded:
    """Record the guardian's answers, all of them in one act.

    The same answers again are answered the same way and write nothing. Raises NotFound (link), Conflict (another
    answer won, or the notice changed meanwhile), Refused (a question without an answer, or one never asked).
    """
    async with through(ctx, handle, lock=True) as (tx, door):
        page = await view.read(tx, door.link, door.request)
        _fits(page, claims)
        questions = _asked(page, typed)
        entries = domain.entries(questions, typed.choices, page.words, notice_version=page.notice.version, now=tx.now)
        if not entries:
            await _close_if_answered(tx, page)
            return Recorded(request=page.request.id, act=None, at=tx.now, entries=())
        if claims["ver"] != page.request.version:
            raise Conflict(
                "answered_meanwhile",
                N_("Another answer was recorded meanwhile, so this one was not. Look at what stands and change it."),
            )
        recorded = await _record(ctx, tx, door, page, entries=entries, typed=typed)
        await _close_if_answered(tx, msgspec.structs.replace(page, words=await _words(tx, page)))
        await _write_letters(ctx, tx, page, recorded)
        await audit.append(tx, door.actor, _event("consent.answered", page, recorded))
    return recorded


async def withdraw(ctx: Context, handle: str, claims: Mapping[str, Any], learners: Collection[UUID]) -> Recorded:
    """Take back every yes for these learners; it counts at once (GDPR art. 7(3)). Where nothing stands, nothing is
    written. Raises NotFound (link), Refused (nobody, or somebody else's child, named).
    """
    async with through(ctx, handle, lock=True) as (tx, door):
        page = await view.read(tx, door.link, door.request)
        _own_ticket(page, claims)
        known = {child.id for child in page.children if not child.alone}
        if not learners or not known.issuperset(learners):
            raise Refused("choose_child", N_("Choose for whom you withdraw."), where="learner")
        entries = domain.withdrawals(page.words.values(), learners)
        if not entries:
            return Recorded(request=page.request.id, act=None, at=tx.now, entries=())
        recorded = await _record(ctx, tx, door, page, entries=entries, typed=None)
        await _write_letters(ctx, tx, page, recorded)
        await audit.append(tx, door.actor, _event("consent.withdrawn", page, recorded))
    return recorded


def _own_ticket(page: View, claims: Mapping[str, Any]) -> None:
    if claims.get("sub") != str(page.link.id):
        raise Refused("ticket_mismatch", N_("This page was made for another link. Load it again and press once more."))


def _fits(page: View, claims: Mapping[str, Any]) -> None:
    _own_ticket(page, claims)
    if claims.get("notice") != page.notice.version:
        raise Conflict(
            "notice_changed",
            N_("What is asked has changed since you opened the page. Please read it and answer again."),
        )


def _asked(page: View, typed: Typed) -> Sequence[domain.Question]:
    questions = page.questions
    keys = {(question.learner, question.purpose) for question in questions}
    if not keys or keys != set(typed.choices):
        raise Refused("answer_missing", N_("Answer every question, yes or no."), where="choices")
    if not typed.name.strip() or not typed.relationship:
        raise Refused("name_missing", N_("Type your name and say who you are."), where="name")
    return questions


async def _record(
    ctx: Context, tx: Tx, door: Door, page: View, *, entries: Sequence[Entry], typed: Typed | None
) -> Recorded:
    act = ctx.new_id()
    language = typed.language if typed else page.guardian.language
    await store.count_act(tx, page.request)
    await reading.lock_learners(tx, page.request.id)
    at = await store.append(
        ctx, tx, request=page.request, act=act, entries=entries, method=METHOD,
        notice_version=page.notice.version, notice_sha256=page.notice.shown(language).sha256,
        valid_until=page.valid_until,
    )  # fmt: skip
    await store.keep_evidence(
        ctx, tx, act=act, guardian=page.guardian.id, typed_name=typed.name.strip() if typed else None,
        relationship=typed.relationship if typed else None, language=language, at=at,
    )  # fmt: skip
    await links.mark_used(tx, door.link.id)
    await drop_moot_confirmations(tx, page.guardian.id)
    return Recorded(request=page.request.id, act=act, at=at, entries=tuple(entries))


async def drop_moot_confirmations(tx: Tx, guardian: UUID) -> None:
    """Take second messages out of the queue whose every yes was replaced by a later word."""
    for act in await reading.moot_acts(tx, guardian):
        await outbox.cancel(tx, act, "consent_confirmation")


async def _words(tx: Tx, page: View) -> dict[Key, domain.Current]:
    return await reading.current(tx, page.guardian.id, [child.id for child in page.children], page.valid_until)


async def _close_if_answered(tx: Tx, page: View) -> None:
    if page.request.state in OPEN and not page.waiting:
        await store.move_to(tx, page.request, "answer")
        await outbox.cancel(tx, page.request.id, *WAITING_LETTERS)


async def _write_letters(ctx: Context, tx: Tx, page: View, recorded: Recorded) -> None:
    """What was recorded, at once; and for a yes the second message, after the delay the law asks for."""
    states = {entry.state for entry in recorded.entries}
    first = "consent_withdrawn" if states == {"withdrawn"} else "consent_recorded"
    queued: list[tuple[str, datetime | None]] = [(first, None)]
    if "given" in states:
        queued.append(("consent_confirmation", tx.now + timedelta(seconds=ctx.settings.confirm_after)))
    for letter, not_before in queued:
        await outbox.add(
            ctx, tx,
            outbox.Letter(
                letter=letter, recipient_kind="guardian", recipient=page.guardian.id,
                subject=recorded.act or page.request.id, institution=page.school.id, not_before=not_before,
            ),
        )  # fmt: skip


def _event(action: str, page: View, recorded: Recorded) -> Event:
    rows = [{"learner": e.learner, "purpose": e.purpose, "state": e.state} for e in recorded.entries]
    return Event(
        action=action,
        subject_kind="consent_request",
        subject=page.request.id,
        institution=page.school.id,
        payload={"act": recorded.act, "method": METHOD, "notice": page.notice.version, "answers": rows},
    )
