"""What a roster would change: read, staged, identified and counted, all in the caller's transaction.

A plan keeps nothing of a person but the rows it shows; writing it reads the file again in the same transaction as
the merge, so what is written always fits what is stored at that moment.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

import msgspec

from guardian.context import Context, Tx
from guardian.roster import erased, plan_identity, plan_people, plan_rows, staging
from guardian.roster.domain import Counts, Effect, simple_effect
from guardian.roster.reading.records import Reading
from guardian.roster.source import Source
from guardian.roster.terms import Terms


class Progress(Protocol):
    """Told how many records have been read so far, and when these were all."""

    def __call__(self, done: int, *, read: bool = False) -> Awaitable[None]: ...


_MEMORY = "set local work_mem = '64MB'"
MANY = 5_000
"""Records above which every lookup is a hash join: a school that was imported a minute ago has no statistics yet, and
the planner, taking it for empty, would loop.
"""
_NO_NESTED_LOOPS = "set local enable_nestloop = off"
_ADMITS_ALONE = """
select exists (select 1 from authorisations a where a.institution = $1 and a.state = 'active'
    and a.valid_from <= $2 and a.valid_until > $2
    and a.scopes @> array['use_services', 'collect_information']::varchar[]
    and a.legal_model in ('school_agent', 'controller_instruction'))
"""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A plan whose temporary tables stand ready for the merge. `mass`: a person must confirm who is missing."""

    reading: Reading
    counts: Counts
    mass: bool


async def prepare(ctx: Context, tx: Tx, terms: Terms, source: Source, progress: Progress | None = None) -> Prepared:
    """Read the roster in a worker thread and compute its plan in the database.

    Every statement names the institution; the transaction must see all of its rows.
    """
    await tx.execute(_MEMORY)
    await staging.make_tables(tx)
    blocks = staging.blocks(source.records(), await erased.gather(tx, ctx.keys, terms.institution))
    records, told, refused, platform_ids = await _load(tx, blocks, progress)
    reading = source.reading()
    await staging.load_codes(tx, _by_row(reading, told), _refused(reading, refused))
    if records > MANY:
        await tx.execute(_NO_NESTED_LOOPS)
    await plan_people.refuse_own_addresses(tx, terms)
    await plan_identity.identify(tx, terms, platform_ids=platform_ids)
    await plan_people.resolve(tx, terms)
    counts, mass = await plan_rows.count(tx, terms)
    return Prepared(reading=reading, counts=counts, mass=mass)


async def effect(ctx: Context, tx: Tx, terms: Terms) -> Effect:
    """What committing would do to access. The port `effect` decides for groups of alike newcomers: `(ctx, institution,
    newcomers) -> how many are admitted at once`; without it the simple rule of `domain.simple_effect` speaks.
    """
    groups = await plan_rows.newcomers(tx)
    again = await plan_rows.asked_again(tx)
    decide: Callable[..., Any] | None = ctx.ports.get("effect")
    if decide is None:
        alone = await tx.fetchval(_ADMITS_ALONE, terms.institution, tx.now)
        return simple_effect(groups, admits_alone=bool(alone), asked_again=again)
    admitted = int(await decide(ctx, tx, terms.institution, groups))
    return Effect(admitted=admitted, blocked=sum(group.count for group in groups) - admitted, asked_again=again)


async def _load(
    tx: Tx, blocks: Iterator[staging.Block], progress: Progress | None
) -> tuple[int, list[tuple[int, str]], list[tuple[int, str]], bool]:
    told: list[tuple[int, str]] = []
    refused: list[tuple[int, str]] = []
    platform_ids, done = False, 0
    loop = asyncio.get_running_loop()
    # The next block is read while the database takes this one: a future of the executor, not a task, since a task
    # would inherit the open transaction.
    coming = loop.run_in_executor(None, next, blocks, None)
    while (block := await coming) is not None:
        coming = loop.run_in_executor(None, next, blocks, None)
        await staging.load(tx, block)
        told += block.codes
        refused += block.refused
        platform_ids = platform_ids or block.names_platform_ids
        done += block.count
        if progress is not None:
            await progress(done)
    if progress is not None:
        await progress(done, read=True)
    return done, told, refused, platform_ids


def _by_row(reading: Reading, told: list[tuple[int, str]]) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    spoken = [(f.row, f.code) for f in reading.findings if f.row is not None and f.severity in {"E", "W"}]
    for row, code in (*spoken, *told):
        if code not in codes.setdefault(row, []):
            codes[row].append(code)
    return codes


def _refused(reading: Reading, refused: list[tuple[int, str]]) -> dict[int, list[str]]:
    """Refused rows by number; leavers stand among the records instead."""
    codes: dict[int, list[str]] = {}
    for row, code in (*((r.row, r.code) for r in reading.rejected if r.code != "LEAVER"), *refused):
        codes.setdefault(row, []).append(code)
    return codes
