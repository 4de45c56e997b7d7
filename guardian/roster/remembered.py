"""Which rows of a roster stand in the database word for word: their marks beside those of earlier imports.

A mark stays with an enrolment as long as its learner, guardians and relations stand as the row says: every change of
theirs takes it away (by triggers, and by the merge for its own). What time or other people's records decide is asked
here. After the plan is made, `holds` proves that no row that was opened touches one that was not.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from hashlib import sha256
from typing import Any

import phonenumbers

from guardian import __version__
from guardian.context import Context, Tx
from guardian.roster.domain import ROWS_SHOWN
from guardian.roster.plan_rows import FAMILY
from guardian.roster.reading.recall import SIZE
from guardian.roster.terms import Terms, run

_ANY = "select exists (select 1 from enrolments where institution = $1 and mark is not null)"
_STANDING = """
insert into standing (turn, learner) select s.turn, e.learner from noted s join enrolments e on e.mark = s.mark
where e.institution = $institution and e.missing_since is null and (e.ends_on is null or e.ends_on >= $today)
"""
_OTHERS = """
create temp table others on commit drop as select e.learner from enrolments e where e.institution = $institution
and not exists (select 1 from standing s where s.learner = e.learner)
"""
# Whose guardian answers for somebody else, too, about whom the file may say something new.
_RELATED = """
delete from standing s using guardianships w, guardianships o, others u
where w.learner = s.learner and o.guardian = w.guardian and o.learner = u.learner
"""
# A guardian's address that has become a learner's own.
_OWN_ADDRESSES = """
delete from standing s using guardianships w, guardians x, learners l, enrolments e
where w.learner = s.learner and x.id = w.guardian and l.email_key = x.email_key
    and e.learner = l.id and e.institution = $institution
"""
_TOUCHED = """
select exists (select 1 from links l join guardianships w on w.guardian = l.guardian
        join standing s on s.learner = w.learner where l.differs or l.relation_differs)
    or exists (select 1 from fresh f join incoming_guardians g on g.turn = f.turn
        join guardians x on x.email_key = g.email_key join guardianships w on w.guardian = x.id
        join standing s on s.learner = w.learner)
"""
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROW = struct.Struct(f">hiii{SIZE}s").pack
_NONE = bytes(SIZE)


class Remembered:
    """The marks kept for an institution, for one reading of one roster. The reader asks from its own thread, while the
    command waits for the first block and leaves the connection alone.
    """

    whole = ROWS_SHOWN
    crowd = FAMILY

    def __init__(self, ctx: Context, tx: Tx, terms: Terms, *, kept: bool) -> None:
        said = f"{__version__} {phonenumbers.__version__} {terms.language} {terms.jurisdiction} {terms.institution}"
        self.key = sha256(ctx.keys.key("roster-row") + said.encode()).digest()
        self.kept = kept
        self._tx, self._terms = tx, terms
        self._loop = asyncio.get_running_loop()
        self._noted = 0
        self._copying: Future[Any] | None = None

    def note(self, marks: list[bytes]) -> None:
        """Send marks to the database, one block of them while the next is made."""
        turns = enumerate(marks, self._noted)
        content = b"".join([_ROW(2, 4, turn, SIZE, mark) for turn, mark in turns if mark != _NONE])
        self._noted += len(marks)
        self._wait()
        self._copying = self._later(self._copy(_BEGIN + content + _END))

    def same(self) -> bytearray:
        """For each mark noted, 1 where the learner stands as the row says."""
        self._wait()
        same: bytearray = self._later(self._compare()).result()
        return same

    def _wait(self) -> None:
        if self._copying is not None:
            self._copying.result()

    def _later(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _copy(self, content: bytes) -> None:
        async def once() -> AsyncIterator[bytes]:
            yield content

        await self._tx.connection.copy_to_table(
            "noted", source=once(), schema_name="pg_temp", columns=["turn", "mark"], format="binary"
        )

    async def _compare(self) -> bytearray:
        tx = self._tx
        await tx.execute("analyze noted")
        await run(tx, self._terms, _STANDING, "analyze standing", _OTHERS, "analyze others")
        if await tx.fetchval("select exists (select 1 from others)"):
            await tx.execute(_RELATED)
        if await tx.fetchval("select exists (select 1 from learners where email_key is not null)"):
            await run(tx, self._terms, _OWN_ADDRESSES)
        return await self._found()

    async def _found(self) -> bytearray:
        same = bytearray(self._noted)
        rest = b""

        async def take(piece: bytes) -> None:
            nonlocal rest
            *whole, rest = (rest + piece).split(b"\n")
            for turn in whole:
                same[int(turn)] = 1

        await self._tx.connection.copy_from_query("select turn from standing", output=take)
        return same if 1 in same else bytearray()

    async def reopen(self, turns: list[int]) -> None:
        """The rows of these marks were opened after all."""
        if turns:
            await self._tx.execute("delete from standing where turn = any($1)", turns)

    async def holds(self) -> bool:
        """Whether the plan of the opened rows is the same as if all had been opened."""
        return not await self._tx.fetchval(_TOUCHED)


async def remembered(ctx: Context, tx: Tx, terms: Terms) -> Remembered:
    """What is kept for an institution."""
    return Remembered(ctx, tx, terms, kept=bool(await tx.fetchval(_ANY, terms.institution)))
