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
from guardian.notice.changes import changes, stale
from guardian.notice.defaults import default_draft
from guardian.notice.domain import Draft, Notice, missing

PUBLISHED = "notice.published"
"""The port `async (context, tx, notice id)` through which a higher room asks again after a material change."""


async def publish(ctx: Context, actor: Actor, draft: Draft) -> Notice:
    """Publish the next version. Only the operator may.

    Raises Refused `notice_incomplete`, naming every field that lacks in any language (16 CFR 312.4(c)(1); GDPR art.
    13 and 14), and NotAllowed. A published version never changes; a correction is a new version.
    """
    only_operator(actor)
    async with ctx.transaction(actor) as tx:
        notice = await store.insert(ctx, tx, draft, await store.lock(tx) + 1)
        return await put_in_force(ctx, tx, actor, notice, draft)


async def ensure_default(ctx: Context) -> Notice:
    """Publish the shipped notice as version 1 if there is no version yet; answers the one in force."""
    async with ctx.transaction(SYSTEM) as tx:
        there = await store.published(tx)
        if there is None and await store.lock(tx) == 0:
            draft = default_draft(ctx.settings)
            return await put_in_force(ctx, tx, SYSTEM, await store.insert(ctx, tx, draft, 1), draft)
        return there or await current(tx)


def only_operator(actor: Actor) -> None:
    """Raises NotAllowed for anybody but the operator's officers."""
    if actor.kind != "system" and (actor.institution or actor.role not in {"operator_admin", "privacy_officer"}):
        raise NotAllowed("not_allowed", N_("Only the operator's staff may publish the notice. Ask one of them."))


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


async def put_in_force(ctx: Context, tx: Tx, actor: Actor, notice: UUID, draft: Draft) -> Notice:
    """Publish a draft that is stored under that id as the next version.

    Raises Refused `notice_incomplete`, and `notice_material` where it changes what was agreed to and does not say so.
    """
    _refuse_incomplete(draft)
    before = await store.published(tx)
    found = changes(before, draft)
    if before is not None and found.must_ask and not draft.material:
        raise Refused(
            "notice_material",
            N_(
                "This version takes, keeps or passes on more than before for: %(purposes)s. That is a material change: "
                "publish it as one, so that those concerned are asked again."
            ),
            params={"purposes": ", ".join(found.must_ask)},
            where="material",
        )
    number = await store.lock(tx) + 1
    changed = stale(found, draft) if draft.material else ()
    await store.publish(tx, notice, draft, number, changed)
    announce: Any = ctx.ports.get(PUBLISHED)
    if announce is not None and draft.material and number > 1:
        await announce(ctx, tx, notice)
    made = await current(tx)
    hashes = {language: shown.sha256 for language, shown in sorted(made.texts.items())}
    event = Event(
        action="notice.published",
        subject_kind="notice",
        subject=notice,
        payload={"version": number, "material": draft.material, "changed": changed, "sha256": hashes},
    )
    await audit.append(tx, actor, event)
    return made
