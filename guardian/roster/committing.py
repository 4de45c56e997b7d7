"""Writing a plan: one transaction with the merge, what a person must look at, the questions to ask, one entry."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.events import Actor, Event
from guardian.flags import service as flags
from guardian.flags.domain import Kind
from guardian.jobs import enqueue
from guardian.people import corrections, merge
from guardian.people.jobs import AskGuardians
from guardian.people.row_ids import RowIds
from guardian.roster import first, plan, planning, store
from guardian.roster.domain import Counts, Upload
from guardian.roster.source import Source
from guardian.roster.terms import Terms


async def write(
    ctx: Context, tx: Tx, actor: Actor, found: Upload, *, terms: Terms, source: Callable[[], Source],
    expected: Counts | None, confirm_missing: bool,
) -> plan.Prepared | None:  # fmt: skip
    """Plan an upload once more and write it into people, mark it committed and erase what it held about them.

    None when the file is refused, or when the plan does not count as `expected`: then nothing is written, and the new
    plan (or the refusal) stands with the upload. A school's first roster is written while it is read.
    """
    school = merge.School(
        id=terms.institution, jurisdiction=terms.jurisdiction, timezone=terms.timezone, language=terms.language,
        today=terms.today, learners=terms.learners, enrolments=RowIds(ctx.new_id()),
        guardianships=RowIds(ctx.new_id()),
    )  # fmt: skip
    prepared, missing = None, 0
    if await first.is_first(tx, terms):
        await store.drop_rows(tx, found.id)
        written = first.Written(upload=found.id, terms=terms, school=school)
        prepared = await first.bring(ctx, tx, written, source=source(), expected=expected)
        if prepared is not None:
            await planning.keep(ctx, tx, found, prepared)
    if prepared is None:
        prepared = await planning.compare(ctx, tx, found, terms=terms, source=source(), named=False)
        if prepared.reading.refused or expected not in {None, prepared.counts}:
            return None
        await merge.merge(tx, school)
        await corrections.drop_agreed(tx)
        missing = await merge.mark_missing(tx, terms.institution) if confirm_missing else 0
        await _flag_birth_dates(ctx, tx, terms)
    await _flags(ctx, tx, terms, prepared, confirmed=confirm_missing)
    await store.move(tx, found.id, before=["planned"], after="committed", committed_at=tx.now)
    await store.erase(tx, [found.id])
    await enqueue(tx, AskGuardians(institution=terms.institution), once=f"ask:{terms.institution}")
    payload = {
        "counts": msgspec.structs.asdict(prepared.counts),
        "mode": terms.mode,
        "marked_missing": missing,
        "source": prepared.reading.format,
    }
    event = Event(
        action="roster.committed", subject_kind="roster_upload", subject=found.id, institution=terms.institution,
        payload=payload,
    )  # fmt: skip
    await audit.append(tx, actor, event)
    return prepared


async def _flags(ctx: Context, tx: Tx, terms: Terms, prepared: plan.Prepared, *, confirmed: bool) -> None:
    causes: dict[Kind, bool] = {
        "mass_removal": prepared.mass and not confirmed,
        "erased_reimport": prepared.came_back,
        "shared_address": prepared.large_family,
    }
    for kind, stands in causes.items():
        if stands and not await _flagged(tx, terms.institution, kind):
            await flags.open_in(ctx, tx, kind=kind, learner=None, institution=terms.institution)


async def _flagged(tx: Tx, institution: UUID, kind: Kind) -> bool:
    """One open flag of a kind is enough for a school, however often it sends the same file."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from flags where kind = $1 and institution = $2 and learner is null "
            "and state <> 'resolved')",
            kind, institution,
        )
    )  # fmt: skip


async def _flag_birth_dates(ctx: Context, tx: Tx, terms: Terms) -> None:
    changed = await tx.fetch("select learner from known where codes @> array['BIRTH_DATE_CHANGED'] order by learner")
    for row in changed:
        await flags.open_in(ctx, tx, kind="birth_date_changed", learner=row["learner"], institution=terms.institution)
