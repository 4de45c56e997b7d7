"""Publishing the notice, and reading the one in force."""

from typing import Any
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import NotAllowed, NotFound, Refused
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import LANGUAGES
from guardian.i18n import gettext_noop as N_
from guardian.notice import store
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Draft, Notice, missing

PUBLISHED = "notice.published"
"""The port `async (context, tx, notice id)` through which a higher room asks again after a material change."""


async def publish(ctx: Context, actor: Actor, draft: Draft) -> Notice:
    """Publish the next version. Only the operator may.

    Raises Refused `notice_incomplete`, naming every field that lacks in any language (16 CFR 312.4(c)(1); GDPR art.
    13 and 14), and NotAllowed. A published version never changes; a correction is a new version.
    """
    if actor.kind != "system" and (actor.institution or actor.role not in {"operator_admin", "privacy_officer"}):
        raise NotAllowed("not_allowed", N_("Only the operator's staff may publish the notice. Ask one of them."))
    _refuse_incomplete(draft)
    async with ctx.transaction(actor) as tx:
        return await _publish(ctx, tx, actor, draft, await store.lock(tx) + 1)


async def ensure_default(ctx: Context) -> Notice:
    """Publish the shipped notice as version 1 if there is no version yet; answers the one in force."""
    async with ctx.transaction(SYSTEM) as tx:
        there = await store.published(tx)
        if there is None and await store.lock(tx) == 0:
            draft = default_draft(ctx.settings)
            _refuse_incomplete(draft)
            return await _publish(ctx, tx, SYSTEM, draft, 1)
        return there or await current(tx)


async def current(tx: Tx) -> Notice:
    """The notice in force, with its texts per language. Raises NotFound `notice_missing` before the first."""
    notice = await store.published(tx)
    if notice is None:
        raise NotFound(
            "notice_missing",
            N_("No notice is published yet, so nobody can be asked. The operator must publish one first."),
        )
    return notice


async def version(tx: Tx, notice: UUID) -> Notice:
    """A certain version, in force or not. Raises NotFound."""
    found = await store.get(tx, notice)
    if found is None:
        raise NotFound("notice_missing", N_("There is no such version of the notice. Open the one in force."))
    return found


def _refuse_incomplete(draft: Draft) -> None:
    lacking = missing(draft, LANGUAGES)
    if lacking:
        raise Refused(
            "notice_incomplete",
            N_("The notice cannot be published: %(fields)s must be filled in. Complete it and publish again."),
            params={"fields": ", ".join(lacking)},
            where=lacking[0],
        )


async def _publish(ctx: Context, tx: Tx, actor: Actor, draft: Draft, number: int) -> Notice:
    notice = await store.insert(ctx, tx, draft, number)
    announce: Any = ctx.ports.get(PUBLISHED)
    if announce is not None and draft.material and number > 1:
        await announce(ctx, tx, notice)
    made = await current(tx)
    hashes = {language: shown.sha256 for language, shown in sorted(made.texts.items())}
    event = Event(
        action="notice.published",
        subject_kind="notice",
        subject=notice,
        payload={"version": number, "material": draft.material, "sha256": hashes},
    )
    await audit.append(tx, actor, event)
    return made
