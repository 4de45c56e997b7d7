"""A guardian says: this is not my child, or: I am not a guardian at all."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from guardian.audit import store as audit
from guardian.consent import reading, store, view
from guardian.consent.domain import OPEN, Entry
from guardian.consent.door import through
from guardian.consent.reading import Request
from guardian.consent.service import METHOD, WAITING_LETTERS, drop_moot_confirmations
from guardian.consent.view import View
from guardian.context import Context, Tx
from guardian.errors import Refused
from guardian.events import Event
from guardian.flags import service as flags
from guardian.i18n import gettext_noop as N_
from guardian.mail import links, outbox
from guardian.people import store as people


async def not_my_child(ctx: Context, handle: str, claims: Mapping[str, Any], learners: Collection[UUID]) -> list[UUID]:
    """Take the guardian's word for it at once: no authority over these learners any more, what was agreed for them
    was never valid, and a person looks at it. When no learner is left, the letters and links of this guardian end.
    Answers the learners concerned. Raises NotFound (link), Refused (nobody, or somebody else's child, named).
    """
    async with through(ctx, handle, lock=True) as (tx, door):
        page = await view.read(tx, door.link, door.request)
        known = {child.id for child in page.children}
        if claims.get("sub") != str(page.link.id) or not learners or not known.issuperset(learners):
            raise Refused("choose_child", N_("Choose whom you mean."), where="learner")
        concerned = sorted(set(learners))
        await reading.lock_learners(tx, door.request.id)
        voided = [Entry(word.learner, word.purpose, "void") for word in page.given if word.learner in learners]
        if voided:
            await store.append(
                ctx, tx, request=door.request, act=ctx.new_id(), entries=voided, method=METHOD,
                notice_version=page.notice.version, notice_sha256=page.notice.shown(page.guardian.language).sha256,
                valid_until=None,
            )  # fmt: skip
            await drop_moot_confirmations(tx, page.guardian.id)
        for learner in concerned:
            await people.end_guardianship(tx, learner=learner, guardian=page.guardian.id)
            await flags.open_in(ctx, tx, kind="not_my_child", learner=learner, institution=page.school.id)
        await _close_what_is_empty(tx, page)
        event = Event(
            action="consent.not_my_child",
            subject_kind="consent_request",
            subject=door.request.id,
            institution=page.school.id,
            payload={"guardian": page.guardian.id, "learners": concerned},
        )
        await audit.append(tx, door.actor, event)
    return concerned


async def _close_what_is_empty(tx: Tx, page: View) -> None:
    every = await reading.requests_of(tx, [page.guardian.id], states=(*OPEN, "answered", "expired"))
    for request in every:
        left = await reading.learners_of(tx, request)
        if not left:
            await _close(tx, request)
        elif request.id == page.request.id and request.state in OPEN:
            await _answered_without_them(tx, page, left)


async def _close(tx: Tx, request: Request) -> None:
    await links.revoke(tx, request.id, "consent", "unsubscribe")
    await outbox.cancel(tx, request.id, *WAITING_LETTERS)
    if request.state in OPEN:
        await store.move_to(tx, request, "cancel")


async def _answered_without_them(tx: Tx, page: View, left: Collection[UUID]) -> None:
    if page.purposes and not any(learner in left for learner, _ in page.waiting):
        await store.move_to(tx, page.request, "answer")
        await outbox.cancel(tx, page.request.id, *WAITING_LETTERS)
