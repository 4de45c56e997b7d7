"""Writing the next version of the notice: begun from the one in force, saved bit by bit, published or thrown away.

There is one draft at a time. Whoever saves or publishes says which state of it they had before their eyes (its
SHA-256): what somebody else changed meanwhile is never overwritten, and what is published is what was looked at.
"""

from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import Actor, Event
from guardian.i18n import LANGUAGES
from guardian.i18n import gettext_noop as N_
from guardian.notice import draft_store, store
from guardian.notice.changes import Changes, changes
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Draft, Notice, NoticeText, Purpose, missing
from guardian.notice.draft_store import Stored
from guardian.notice.service import only_operator, put_in_force


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the draft: itself, the version in force, what differs, what is missing."""

    draft: Draft
    before: Notice | None
    changes: Changes
    missing: tuple[str, ...]


async def begin(ctx: Context, actor: Actor) -> None:
    """Begin a draft with the words of the version in force; where one is begun already, nothing happens."""
    only_operator(actor)
    async with ctx.transaction(actor) as tx:
        await draft_store.lock(tx)
        if await draft_store.find(tx) is not None:
            return
        before = await store.published(tx)
        draft = (
            default_draft(ctx.settings)
            if before is None
            else Draft(purposes=before.purposes, texts={name: shown.text for name, shown in before.texts.items()})
        )
        await _note(tx, actor, await draft_store.begin(ctx, tx, draft), "notice.draft_begun")


async def look(ctx: Context, actor: Actor) -> Desk:
    """The draft as it stands. Raises NotFound where none is begun."""
    async with ctx.transaction(actor) as tx:
        stored = await _stored(tx)
        before = await store.published(tx)
    return Desk(
        draft=stored.draft,
        before=before,
        changes=changes(before, stored.draft),
        missing=missing(stored.draft, LANGUAGES),
    )


async def save_text(ctx: Context, actor: Actor, language: str, text: NoticeText, *, seen: str) -> None:
    """Save a language's text; it need not be complete yet. Raises NotFound, Conflict, NotAllowed."""
    only_operator(actor)
    if language not in LANGUAGES:
        raise NotFound("notice_missing", N_("The notice is not written in this language. Choose one of the list."))
    async with ctx.transaction(actor) as tx:
        stored = await _locked(tx, seen)
        if stored.draft.texts.get(language) != text:
            await draft_store.save_text(ctx, tx, stored.id, language, text)
            await _note(tx, actor, stored.id, "notice.draft_saved", language=language)


async def save_purpose(ctx: Context, actor: Actor, purpose: Purpose, *, seen: str) -> None:
    """Add a purpose, or put it in place of the one with its code. Raises Refused, NotFound, Conflict, NotAllowed."""
    only_operator(actor)
    if not purpose.code.isidentifier() or len(purpose.code) > 64:
        raise Refused(
            "purpose_invalid",
            N_("A purpose's short name has only letters, digits and _, such as lessons. Choose another."),
            where="code",
        )
    async with ctx.transaction(actor) as tx:
        stored = await _locked(tx, seen)
        known = [one.code for one in stored.draft.purposes]
        purposes = [purpose if one.code == purpose.code else one for one in stored.draft.purposes]
        if purpose.code not in known:
            purposes.append(purpose)
        draft = msgspec.structs.replace(stored.draft, purposes=tuple(purposes))
        await draft_store.save_purposes(tx, stored.id, draft)
        await _note(tx, actor, stored.id, "notice.draft_saved", purpose=purpose.code)


async def drop_purpose(ctx: Context, actor: Actor, code: str, *, seen: str) -> None:
    """Take a purpose out of the draft with its words. Raises NotFound, Conflict, NotAllowed."""
    only_operator(actor)
    async with ctx.transaction(actor) as tx:
        stored = await _locked(tx, seen)
        kept = tuple(one for one in stored.draft.purposes if one.code != code)
        await draft_store.save_purposes(tx, stored.id, msgspec.structs.replace(stored.draft, purposes=kept))
        for language, text in stored.draft.texts.items():
            if code in text.purposes:
                words = {name: one for name, one in text.purposes.items() if name != code}
                await draft_store.save_text(ctx, tx, stored.id, language, msgspec.structs.replace(text, purposes=words))
        await _note(tx, actor, stored.id, "notice.draft_saved", purpose=code)


async def discard(ctx: Context, actor: Actor) -> None:
    """Throw the draft away. Raises NotFound, NotAllowed."""
    only_operator(actor)
    async with ctx.transaction(actor) as tx:
        await draft_store.lock(tx)
        stored = await _stored(tx)
        await draft_store.discard(tx, stored.id)
        await _note(tx, actor, stored.id, "notice.draft_discarded")


async def publish(
    ctx: Context, actor: Actor, *, seen: str, material: bool, changed: tuple[str, ...] | None = None
) -> Notice:
    """Publish the draft as it was looked at. Raises Refused (incomplete, or material and not said so), NotFound,
    Conflict, NotAllowed.
    """
    only_operator(actor)
    async with ctx.transaction(actor) as tx:
        stored = await _locked(tx, seen)
        draft = msgspec.structs.replace(stored.draft, material=material, changed=changed)
        return await put_in_force(ctx, tx, actor, stored.id, draft)


async def _locked(tx: Tx, seen: str) -> Stored:
    await draft_store.lock(tx)
    stored = await _stored(tx)
    if stored.draft.sha256 != seen:
        raise Conflict(
            "draft_changed",
            N_("Somebody saved this draft meanwhile, so nothing was done. Load the page again and repeat your change."),
        )
    return stored


async def _stored(tx: Tx) -> Stored:
    stored = await draft_store.find(tx)
    if stored is None:
        raise NotFound("no_draft", N_("No draft of the notice is begun. Begin one on the page of notices."))
    return stored


async def _note(tx: Tx, actor: Actor, notice: UUID, action: str, **payload: str) -> None:
    await audit.append(tx, actor, Event(action=action, subject_kind="notice", subject=notice, payload=payload))
