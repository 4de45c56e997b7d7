"""Writing a plan: one transaction with the merge, what a person must look at, the questions to ask, one entry."""

from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import Actor, Event
from guardian.flags import service as flags
from guardian.flags.domain import Kind
from guardian.jobs import enqueue
from guardian.people import merge
from guardian.people.jobs import AskGuardians
from guardian.people.row_ids import RowIds
from guardian.roster import store
from guardian.roster.plan import Prepared
from guardian.roster.terms import Terms

FAMILY = 10
"""Learners of one institution with one guardian above which somebody should look (LAW requirement 32)."""

_LARGE_FAMILY = """
select exists (select 1 from incoming_guardians g join repeated r on r.key = g.key group by g.key having count(*) > $1)
"""


async def write(
    ctx: Context, tx: Tx, actor: Actor, upload: UUID, *, prepared: Prepared, terms: Terms, confirm_missing: bool
) -> None:
    """Write a prepared plan into people, mark the upload committed and erase what it held about them."""
    school = merge.School(
        id=terms.institution, jurisdiction=terms.jurisdiction, timezone=terms.timezone, language=terms.language,
        today=terms.today, learners=terms.learners, enrolments=RowIds(ctx.new_id()),
        guardianships=RowIds(ctx.new_id()),
    )  # fmt: skip
    await merge.merge(tx, school)
    missing = await merge.mark_missing(tx, terms.institution) if confirm_missing else 0
    await _flags(ctx, tx, terms, prepared, confirmed=confirm_missing)
    await store.move(tx, upload, before=["planned"], after="committed", committed_at=tx.now)
    await store.erase(tx, [upload])
    await enqueue(tx, AskGuardians(institution=terms.institution), once=f"ask:{terms.institution}")
    counts = msgspec.structs.asdict(prepared.counts)
    await audit.append(
        tx,
        actor,
        Event(
            action="roster.committed", subject_kind="roster_upload", subject=upload, institution=terms.institution,
            payload={
                "counts": counts, "mode": terms.mode, "marked_missing": missing, "source": prepared.reading.format
            },
        ),
    )  # fmt: skip


async def _flags(ctx: Context, tx: Tx, terms: Terms, prepared: Prepared, *, confirmed: bool) -> None:
    if prepared.mass and not confirmed:
        await _flag_institution(ctx, tx, terms.institution, "mass_removal")
    if await tx.fetchval("select exists (select 1 from exceptional where 'ERASED_REIMPORT' = any(codes))"):
        await _flag_institution(ctx, tx, terms.institution, "erased_reimport")
    if await tx.fetchval(_LARGE_FAMILY, FAMILY):
        await _flag_institution(ctx, tx, terms.institution, "shared_address")
    changed = await tx.fetch(
        "select learner from known where codes @> array['BIRTH_DATE_CHANGED'] order by learner"
    )
    for row in changed:
        await flags.open_in(ctx, tx, kind="birth_date_changed", learner=row["learner"], institution=terms.institution)


async def _flag_institution(ctx: Context, tx: Tx, institution: UUID, kind: Kind) -> None:
    """One open flag of a kind is enough for a school, however often it sends the same file."""
    if not await tx.fetchval(
        "select exists (select 1 from flags where kind = $1 and institution = $2 and learner is null "
        "and state <> 'resolved')",
        kind, institution,
    ):  # fmt: skip
        await flags.open_in(ctx, tx, kind=kind, learner=None, institution=institution)
