"""A person says which column is what: the file's columns are shown, the answer is kept, and the file is read again."""

import asyncio
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context
from guardian.errors import Conflict
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_
from guardian.roster import mappings, planning, store
from guardian.roster.domain import OPEN, Chosen, Plan, Upload
from guardian.roster.reading.mapping import Mapping
from guardian.roster.reading.proposal import Proposal, propose
from guardian.roster.service import event_of, known, locked

_TELLING = frozenset({"BIRTH_DATE_MISSING", "NO_GUARDIAN_COLUMNS", "ID_MISSING"})


async def proposal_of(ctx: Context, actor: Actor, upload: UUID) -> tuple[Upload, Proposal]:
    """The columns of an upload and what each seems to be. Raises NotFound, Conflict where nothing can be asked."""
    async with ctx.transaction(actor) as tx:
        found = await known(tx, actor, upload)
        _check_open(found)
        school = await planning.school(tx, found.institution, actor)
        said = found.mapping.mapping.header if found.mapping else None
        async with planning.unpacked(ctx, tx, upload) as path:
            proposal = await asyncio.to_thread(propose, path, locale=planning.locale_of(school), header=said)
    if proposal is None:
        raise _no_columns()
    return found, proposal


async def map_columns(ctx: Context, actor: Actor, upload: UUID, mapping: Mapping) -> None:
    """Keep which column is what, with the upload and for later files with the same header; the upload waits to be read
    again. Raises NotFound, NotAllowed, Conflict.
    """
    async with ctx.transaction(actor) as tx:
        found = await locked(tx, actor, upload)
        _check_open(found)
        school = await planning.school(tx, found.institution, actor)
        async with planning.unpacked(ctx, tx, upload) as path:
            proposal = await asyncio.to_thread(propose, path, locale=planning.locale_of(school), header=mapping.header)
        if proposal is None:
            raise _no_columns()
        await mappings.remember(tx, ctx.new_id(), school.id, proposal.fingerprint, mapping, by=actor.id)
        await store.drop_rows(tx, upload)
        await store.move(
            tx, upload, before=[*OPEN, "failed"], after="received", mapping=store.packed(Chosen(mapping=mapping)),
            error=None, findings=None, progress=0, total=0, planned_at=None,
        )  # fmt: skip
        await audit.append(tx, actor, event_of("roster.mapped", upload, found.institution))


def should_ask(plan: Plan, found: Upload, proposal: Proposal) -> bool:
    """Whether a person should see the columns before the plan: what is needed is not there, and some column is not
    understood, or the order of day and month is open. What a person has confirmed is not asked again.
    """
    if found.mapping is not None or proposal.known:
        return False
    if found.asks:
        return True
    codes = {finding.code for finding in plan.findings if finding.row is None}
    unknown = any(not column.field and not column.sensitive and column.samples for column in proposal.columns)
    return "DATE_ORDER_UNKNOWN" in codes or (unknown and bool(codes & _TELLING))


def _check_open(found: Upload) -> None:
    if not found.has_file or found.state not in {*OPEN, "failed"}:
        raise Conflict("roster_ended", N_("This upload has ended already. Reload the page to see how."))


def _no_columns() -> Conflict:
    return Conflict("no_columns", N_("The columns of this kind of file are known; there is nothing to choose."))
