"""What a learner of age does on their own page: read, answer, take everything back. One act: one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from guardian.access.own import OwnState
from guardian.access.service import decide_in
from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM, Actor, Event
from guardian.handover import domain, store
from guardian.handover.domain import Choice, closing
from guardian.handover.store import Person
from guardian.i18n import gettext_noop as N_
from guardian.mail import links
from guardian.mail.links import Link
from guardian.notice import service as notices
from guardian.notice.domain import Notice, Purpose


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the learner's page says. `on`: the purposes that are in use now, whoever allowed them; `answers`:
    the learner's own, with their instants; `of_age_at`: from when the answers count.
    """

    link: Link
    person: Person
    notice: Notice
    of_age_at: datetime
    on: frozenset[str]
    answers: Mapping[str, tuple[OwnState, datetime]]
    now: datetime

    @property
    def begun(self) -> bool:
        """Whether the learner decides already."""
        return self.now >= self.of_age_at

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What there is to answer: nothing commercial is ever asked of a pupil."""
        return tuple(one for one in self.notice.purposes if not one.commercial or one.code in self.answers)

    @property
    def version(self) -> str:
        """Changes with every act, so that a page that was overtaken is noticed."""
        return max((at.isoformat() for _, at in self.answers.values()), default="")


async def open_page(ctx: Context, handle: str) -> View:
    """What the learner of this link sees. Changes nothing. Raises NotFound for every link that opens nothing."""
    async with ctx.transaction(SYSTEM) as tx:
        return await _view(ctx, tx, handle)


def claims_of(page: View, jti: str) -> dict[str, Any]:
    """What a ticket binds: this link, the answers and the notice as they were shown."""
    return {"sub": str(page.link.id), "jti": jti, "ver": page.version, "notice": page.notice.version}


async def answer(
    ctx: Context, handle: str, claims: Mapping[str, Any], choices: Mapping[str, Choice] | None, *, language: str
) -> bool:
    """Record the learner's answers; without choices, take everything back. Answers whether anything was new.

    Raises NotFound (link), Conflict (another act or a new notice came meanwhile), Refused (before the birthday, or a
    question without an answer).
    """
    async with ctx.transaction(SYSTEM) as tx:
        page = await _view(ctx, tx, handle, lock=True)
        if claims.get("sub") != str(page.link.id):
            raise Refused(
                "ticket_mismatch", N_("This page was made for another link. Load it again and press once more.")
            )
        if not page.begun:
            raise Refused("not_yet", N_("You decide from the day that this page names, not before."))
        wanted = closing([one.code for one in page.purposes]) if choices is None else choices
        if set(wanted) != {one.code for one in page.purposes}:
            raise Refused("answer_missing", N_("Answer every question, yes or no."), where="choices")
        found = domain.entries(wanted, {purpose: state for purpose, (state, _) in page.answers.items()})
        if not found:
            return False
        if claims.get("ver") != page.version or claims.get("notice") != page.notice.version:
            raise Conflict(
                "answered_meanwhile",
                N_("Something changed since you opened the page, so nothing was recorded. Look again and answer."),
            )
        act = ctx.new_id()
        await store.append(
            ctx, tx, page.person.id, found, act=act, notice_version=page.notice.version,
            notice_sha256=page.notice.shown(language).sha256, language=language,
        )  # fmt: skip
        await links.mark_used(tx, page.link.id)
        await audit.append(
            tx,
            Actor(kind="learner", id=page.person.id),
            Event(
                action="handover.answered", subject_kind="learner", subject=page.person.id,
                institution=page.person.institution,
                payload={
                    "act": act, "notice": page.notice.version,
                    "answers": [{"purpose": one.purpose, "state": one.state} for one in found],
                },
            ),
        )  # fmt: skip
    return True


async def _view(ctx: Context, tx: Tx, handle: str, *, lock: bool = False) -> View:
    link = await links.find(tx, "own", handle)
    if link is None or not link.open(tx.now):
        raise _closed()
    person = await store.person(tx, link.subject, lock=lock)
    if person is None or person.standing in {"erasure_in_progress", "erased"}:
        raise _closed()
    at = domain.of_age_at(person.birth_date, person.jurisdictions, person.timezone, tx.now)
    if at is None:
        raise _closed()
    return View(
        link=link, person=person, notice=await notices.current(tx), of_age_at=at,
        on=await _on(ctx, tx, person.id), answers=await store.answers(tx, person.id), now=tx.now,
    )  # fmt: skip


async def _on(ctx: Context, tx: Tx, learner: UUID) -> frozenset[str]:
    (decided,) = await decide_in(ctx, tx, [learner])
    return frozenset(name for name, one in decided.decision.purposes.items() if one.access == "permit")


def _closed() -> NotFound:
    return NotFound("unknown_link", N_("This link opens nothing (any more). Ask your school for help."))
