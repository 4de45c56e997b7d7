"""A school's first roster, written while it is read: nobody is known yet, so that every row is new or held.

A million rows then take as long as the slower of reading and writing, not both; and memory holds one block at a time.
"""

from uuid import UUID

import msgspec

from guardian.context import Context, Tx
from guardian.people import merge
from guardian.roster import erased, plan, plan_identity, plan_people, plan_rows, staging, store
from guardian.roster.ahead import ahead
from guardian.roster.domain import ROWS_SHOWN, Counts, Newcomers
from guardian.roster.remembered import remembered
from guardian.roster.source import Source
from guardian.roster.terms import NO_NESTED_LOOPS, Terms

BLOCK = 25_000
"""Learners per block: about 5 MB. Each looks through the guardians written before it once."""
_DEPTH = 1

_SIBLINGS = "create temp table siblings (guardian uuid) on commit drop"
_COUNT_SIBLINGS = "insert into siblings select guardian from fresh where not makes"
_CLEAR = (
    "drop table known, unseen, exceptional, links, fresh, contacts, relations, absent, touched; "
    "truncate incoming, incoming_guardians, incoming_codes"
)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What is written, for whom, and with what new learners get from their school."""

    upload: UUID
    terms: Terms
    school: merge.School


class _Undone(Exception):
    """What was written must be taken back."""


async def is_first(tx: Tx, terms: Terms) -> bool:
    """Whether the school has nobody yet: neither learners nor guardians."""
    return not await tx.fetchval(
        "select exists (select 1 from enrolments where institution = $1) "
        "or exists (select 1 from guardians where institution = $1)",
        terms.institution,
    )


async def bring(
    ctx: Context, tx: Tx, written: Written, *, source: Source, expected: Counts | None
) -> plan.Prepared | None:
    """Write a first roster. None, and nothing written, when it is refused or does not count as `expected`."""
    try:
        async with store.undoable(tx):
            prepared = await _bring(ctx, tx, written, source)
            _check(prepared, expected)
    except _Undone:
        return None
    return prepared


def _check(prepared: plan.Prepared, expected: Counts | None) -> None:
    if prepared.reading.refused or expected not in {None, prepared.counts}:
        raise _Undone


async def _bring(ctx: Context, tx: Tx, written: Written, source: Source) -> plan.Prepared:
    terms, counts, said = written.terms, Counts(), plan.Told()
    newcomers: dict[Newcomers, int] = {}
    came_back, left, done = False, ROWS_SHOWN, 0
    whole = True  # where a row is left out, its person is made from a later one
    for statement in (plan.MEMORY, NO_NESTED_LOOPS, _SIBLINGS):
        await tx.execute(statement)
    await staging.make_tables(tx)
    records = source.records(await remembered(ctx, tx, terms))
    marks = await erased.gather(tx, ctx.keys, terms.institution)
    async for block in ahead(staging.blocks(records, marks, size=BLOCK, firsts={}), depth=_DEPTH):
        await staging.load(tx, block)
        said.add(block)
        await plan_identity.identify_newcomers(tx, terms, platform_ids=block.names_platform_ids)
        whole = whole and not block.refused and not await tx.fetchval("select exists (select 1 from exceptional)")
        await plan_people.resolve_newcomers(tx, terms, orphans=not whole)
        found, _ = await plan_rows.count(tx, terms)
        counts = _sum(counts, found)
        for group in await plan_rows.newcomers(tx):
            alike = msgspec.structs.replace(group, count=0)
            newcomers[alike] = newcomers.get(alike, 0) + group.count
        await merge.merge(tx, written.school, as_marked=whole)
        await tx.execute(_COUNT_SIBLINGS)
        came_back = came_back or await plan_rows.anybody_came_back(tx)
        shown = plan_rows.shown(terms, written.upload, after=done, mass=False, named=False)
        left = await store.keep_rows(tx, shown, left)
        done += block.count
        await tx.execute(_CLEAR)
    reading = source.reading()
    await staging.load_codes(tx, said.by_row(reading), said.refused(reading))
    refused = await plan_rows.add_remarks(tx, terms, written.upload, after=done)
    large_family = await tx.fetchval(
        "select exists (select 1 from siblings group by guardian having count(*) >= $1)", plan_rows.FAMILY
    )
    return plan.Prepared(
        reading=reading, counts=msgspec.structs.replace(counts, rejected=counts.rejected + refused), mass=False,
        newcomers=[msgspec.structs.replace(group, count=count) for group, count in newcomers.items()],
        records=done, large_family=large_family, came_back=came_back,
    )  # fmt: skip


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(**{name: getattr(one, name) + getattr(other, name) for name in Counts.__struct_fields__})
