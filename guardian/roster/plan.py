"""What a roster would change: read, staged, identified and counted, all in the caller's transaction.

A plan keeps nothing of a person but the rows it shows; writing it reads the file again in the same transaction as
the merge, so what is written always fits what is stored at that moment.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

import msgspec

from guardian.context import Context, Tx
from guardian.roster import erased, plan_corrections, plan_identity, plan_people, plan_rows, staging
from guardian.roster.ahead import ahead
from guardian.roster.domain import Counts, Effect, Newcomers, simple_effect
from guardian.roster.reading.records import Reading
from guardian.roster.remembered import Remembered, remembered
from guardian.roster.source import Source
from guardian.roster.terms import NO_NESTED_LOOPS, Terms

_DEPTH = 6


class Progress(Protocol):
    """Told how many records have been read so far, and when these were all."""

    def __call__(self, done: int, *, read: bool = False) -> Awaitable[None]: ...


MEMORY = "set local work_mem = '64MB'"
MANY = 5_000
"""Records above which every lookup is a hash join: a school that was imported a minute ago has no statistics yet, and
the planner, taking it for empty, would loop.
"""
_ADMITS_ALONE = """
select exists (select 1 from authorisations a where a.institution = $1 and a.state = 'active'
    and a.valid_from <= $2 and a.valid_until > $2
    and a.scopes @> array['use_services', 'collect_information']::varchar[]
    and a.legal_model in ('school_agent', 'controller_instruction'))
"""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan found. `mass`: a person must confirm who is missing; `large_family`: one guardian answers for many;
    `came_back`: somebody whose data was purged stands in the file.
    """

    reading: Reading
    counts: Counts
    records: int
    mass: bool = False
    newcomers: list[Newcomers] = []
    asked_again: int = 0
    large_family: bool = False
    came_back: bool = False


class Told:
    """What was said about rows while they were staged."""

    def __init__(self) -> None:
        self._codes: list[tuple[int, str]] = []
        self._refused: list[tuple[int, str]] = []

    def add(self, block: staging.Block) -> None:
        """Remember what a block says."""
        self._codes += block.codes
        self._refused += block.refused

    def by_row(self, reading: Reading) -> dict[int, list[str]]:
        """Codes of rows, the reader's errors and warnings among them."""
        spoken = [(f.row, f.code) for f in reading.findings if f.row is not None and f.severity in {"E", "W"}]
        return _grouped([*spoken, *self._codes])

    def refused(self, reading: Reading) -> dict[int, list[str]]:
        """Refused rows by number; leavers stand among the records instead."""
        return _grouped([*((r.row, r.code) for r in reading.rejected if r.code != "LEAVER"), *self._refused])


async def prepare(ctx: Context, tx: Tx, terms: Terms, source: Source, progress: Progress | None = None) -> Prepared:
    """Read the roster in a worker thread and compute its plan in the database; the temporary tables of the plan stand
    ready for the merge. Every statement names the institution; the transaction must see all of its rows.

    Learners who stand word for word as an earlier import left them are counted only; should it turn out that they may
    not be left out, all is read once more.
    """
    await tx.execute(MEMORY)
    memory = await remembered(ctx, tx, terms)
    prepared = await _prepare(ctx, tx, terms, source, progress=progress, memory=memory)
    if prepared is None:
        await staging.drop_tables(tx)
        memory.kept = False
        prepared = await _prepare(ctx, tx, terms, source, progress=progress, memory=memory)
        assert prepared is not None
    return prepared


async def _prepare(
    ctx: Context, tx: Tx, terms: Terms, source: Source, *, progress: Progress | None, memory: Remembered
) -> Prepared | None:
    await staging.make_tables(tx)
    blocks = staging.blocks(source.records(memory), await erased.gather(tx, ctx.keys, terms.institution))
    told, platform_ids, opened = Told(), False, 0
    async for block in ahead(blocks, depth=_DEPTH):
        await staging.load(tx, block)
        told.add(block)
        platform_ids = platform_ids or block.names_platform_ids
        opened += block.count
        if progress is not None:
            await progress(opened)
    passed, reopened = source.passed()
    await memory.reopen(reopened)
    if progress is not None:
        await progress(opened + passed, read=True)
    reading = source.reading()
    await staging.load_codes(tx, told.by_row(reading), told.refused(reading))
    if opened > MANY:
        await tx.execute(NO_NESTED_LOOPS)
    await plan_corrections.apply(tx, terms)
    await plan_people.refuse_own_addresses(tx, terms)
    await plan_identity.identify(tx, terms, platform_ids=platform_ids)
    await plan_people.resolve(tx, terms)
    if passed and not await memory.holds():
        return None
    counts, mass = await plan_rows.count(tx, terms)
    return Prepared(
        reading=reading,
        counts=msgspec.structs.replace(counts, unchanged=counts.unchanged + passed),
        records=opened + passed,
        mass=mass,
        newcomers=await plan_rows.newcomers(tx) if counts.new else [],
        asked_again=await plan_rows.asked_again(tx),
        large_family=await plan_rows.any_large_family(tx),
        came_back=await plan_rows.anybody_came_back(tx),
    )


async def effect(ctx: Context, tx: Tx, institution: UUID, prepared: Prepared) -> Effect:
    """What committing would do to access. The port `effect` decides for groups of alike newcomers: `(ctx, tx,
    institution, newcomers) -> how many are admitted at once`; without it the rule of `domain.simple_effect` speaks.
    """
    groups, again = prepared.newcomers, prepared.asked_again
    decide: Callable[..., Any] | None = ctx.ports.get("effect")
    if decide is None:
        alone = await tx.fetchval(_ADMITS_ALONE, institution, tx.now)
        return simple_effect(groups, admits_alone=bool(alone), asked_again=again)
    admitted = int(await decide(ctx, tx, institution, groups))
    return Effect(admitted=admitted, blocked=sum(group.count for group in groups) - admitted, asked_again=again)


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for row, code in pairs:
        if code not in codes.setdefault(row, []):
            codes[row].append(code)
    return codes
