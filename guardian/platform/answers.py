"""Answers of the decision API: questions that arrive together are looked up together, and an answer is given again
only while the database says that nothing changed.

Nothing here can be stale: every question reads the learner's revision (every fact's change raises it in the same
transaction), the open flag and the notice in force. Only the judging of unchanged facts is saved.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from guardian.access import store as facts
from guardian.access.decision import Decision
from guardian.access.service import clocks_of, judge
from guardian.context import Context, Tx, spawn
from guardian.events import SYSTEM
from guardian.platform import store
from guardian.platform.domain import Scope, etag, key_hash

_MOST_TOGETHER = 500
_MOST_KEPT = 50_000
"""About a kilobyte each."""
_KEPT_FOR = timedelta(minutes=15)
"""Nothing about a learner stays in memory for longer, asked again or not."""
_LOOKERS = 2
"""Look-ups under way at once; while both run, questions gather."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is sent. It holds from `made_at` until before `ends` while `revision`, `flag` and `terms` do."""

    decision: Decision
    body: bytes
    tag: str
    learner: UUID
    revision: int
    flag: str | None
    terms: facts.Terms
    made_at: datetime
    ends: datetime | None


class _Question(msgspec.Struct, frozen=True):
    name: str
    key: bytes
    scope: Scope
    reply: asyncio.Future[Answer | None]


class Answers:
    """What this process answered lately, and the questions that wait. One for each application."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._kept: dict[str, Answer] = {}
        self._waiting: list[_Question] = []
        self._lookers = 0

    async def one(self, name: str, key: str, scope: Scope) -> Answer | None:
        """The decision about a learner, for whoever holds this key. None when the key may not ask, or the learner is
        not known: whoever asked then finds out which, at leisure. Raises what the database raises.
        """
        reply: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Question(name, key_hash(key), scope, reply))
        if self._lookers < _LOOKERS:
            self._lookers += 1
            spawn(self._look(), name="decisions")
        return await reply

    async def many(self, tx: Tx, names: Collection[str]) -> dict[str, Answer]:
        """Decisions by the platform's ids; who is not known is not in the answer."""
        now = tx.now
        self._forget(now)
        terms = await facts.terms(tx.connection, now)
        rows = await facts.look(tx.connection, names)
        answers: dict[str, Answer] = {}
        changed: list[UUID] = []
        for learner, name, revision, flag in rows:
            kept = self._kept.get(name)
            if (
                kept is not None and kept.revision == revision and kept.learner == learner and kept.flag == flag
                and kept.made_at <= now and (kept.ends is None or now < kept.ends) and kept.terms == terms
            ):  # fmt: skip
                answers[name] = kept
            else:
                changed.append(learner)
        if changed:
            answers |= await self._judged(tx, changed, terms)
        if len(answers) < len(names):
            for name in names:
                if name not in answers:
                    self._kept.pop(name, None)
        return answers

    async def _judged(self, tx: Tx, learners: Sequence[UUID], terms: facts.Terms) -> dict[str, Answer]:
        clocks = clocks_of(self._ctx)
        ahead = await facts.ahead(tx.connection, learners, tx.now)
        made: dict[str, Answer] = {}
        for gathered in await facts.gather(tx.connection, learners, tx.now):
            if gathered.platform_id is None:
                continue  # erased since it was looked up
            decision = judge(gathered, tx.now, clocks).decision
            answer = Answer(
                decision=decision, body=decision.to_json(), tag=etag(decision), learner=gathered.id,
                revision=gathered.revision, flag=gathered.flag, terms=terms, made_at=tx.now,
                ends=min((at for at in (decision.until, ahead.get(gathered.id)) if at is not None), default=None),
            )  # fmt: skip
            made[gathered.platform_id] = answer
            if decision.reasons != ("engine_error",):
                self._kept.pop(gathered.platform_id, None)  # so that the oldest always stands first
                self._kept[gathered.platform_id] = answer
        return made

    def _forget(self, now: datetime) -> None:
        while self._kept:
            name, oldest = next(iter(self._kept.items()))
            if len(self._kept) <= _MOST_KEPT and timedelta() <= now - oldest.made_at <= _KEPT_FOR:
                return
            del self._kept[name]

    async def _look(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
                await self._answer(together)
        finally:
            self._lookers -= 1

    async def _answer(self, together: Sequence[_Question]) -> None:
        try:
            async with self._ctx.transaction(SYSTEM) as tx:
                clients = await store.by_keys(tx, {question.key for question in together})
                answers = await self.many(tx, {question.name for question in together})
        except BaseException as error:
            for question in together:
                if not question.reply.done():
                    if isinstance(error, Exception):
                        question.reply.set_exception(error)
                    else:
                        question.reply.cancel()
            if not isinstance(error, Exception):
                raise
            return
        for question in together:
            client = clients.get(question.key)
            if not question.reply.done():
                may = client is not None and client.may(question.scope)
                question.reply.set_result(answers.get(question.name) if may else None)
