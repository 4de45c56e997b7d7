"""Sends what is in the outbox: claim a batch, compose and render it, send it, record what became of it.

Nothing is called sent before the server's 250, which is journalled before anything else happens. A sender works with
two hands: while one sends, the other claims or records. Each has its own name in the outbox and its own journal, so
that whatever dies, what a hand held goes back to the queue only after its journal was read (`recovery`).
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import journal as journals
from guardian.mail import outbox, recovery
from guardian.mail.composing import Accepted, Composed, Composer, Skip
from guardian.mail.outbox import Claimed
from guardian.mail.results import Result, record
from guardian.mail.retrying import retry_after
from guardian.mail.transport import Outcome, Pool, SmtpSettings
from guardian.mail.writing import AGAIN, compose, message_of

BATCH = 200
HANDS = 2
IDLE = 1.0
"""Seconds to wait for news when nothing is due."""
LOOK_FOR_THE_DEAD = 5.0
"""Seconds between looks for letters that a dead worker held."""
LEASED = outbox.LEASE.total_seconds() - 60
"""Seconds after its claim up to which a letter may still be begun."""
GIVE_UP_AFTER = timedelta(days=3)
"""After its first attempt a letter is given up (MAIL section 1.4, D12)."""
_AT_ONCE = Result(state="queued", counts=False)
_OUR_ADDRESS = frozenset({"5.1.7", "5.1.8"})

log = structlog.get_logger()


class Hand:
    """One batch at a time: the name under which it is claimed, and the journal of what was taken of it."""

    def __init__(self, context: Context, worker: str) -> None:
        self.worker = worker
        self.journal = journals.Journal(journals.journal_of(context.settings.home / "mail", worker))


class Sender:
    """One worker's sender. Give it the composers, and what follows a 250 and a hard bounce, by kind of letter.

    After `run`, `drain` or `close` it is used up.
    """

    def __init__(
        self,
        context: Context,
        composers: Mapping[str, Composer],
        accepted: Mapping[str, Accepted],
        bounced: Mapping[str, Accepted] | None = None,
    ) -> None:
        self.context = context
        self._composers = composers
        self._accepted = accepted
        self._bounced = bounced or {}
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        settings = context.settings
        self._pool = Pool(SmtpSettings.from_url(settings.smtp_url, connections=settings.smtp_connections,
                                                pipelining=settings.smtp_pipelining,
                                                per_second=settings.mail_per_second))  # fmt: skip
        self._in_doubt = asyncio.Semaphore(settings.smtp_in_doubt)
        self._key = random.SystemRandom().getrandbits(59)
        self._folder = settings.home / "mail"
        self._hands = [Hand(context, f"{self._key}-{number}") for number in range(HANDS)]

    @property
    def workers(self) -> list[str]:
        """The names of this sender in the outbox; they begin with the key of an advisory lock that `run` holds."""
        return [hand.worker for hand in self._hands]

    def stop(self) -> None:
        """Begin nothing new. `run` ends when what is on the wire is answered and recorded; the rest stays queued."""
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped. Raises what the database raises when it goes away; everything in hand is then kept for
        the next sender, and nothing is sent twice for it.
        """
        async with self._leaving(), self._announced():
            await self.take_over()
            await self._together(*(self._work(hand) for hand in self._hands), self._look_for_the_dead())

    async def drain(self) -> int:
        """Send until nothing is due; answers how many letters were in hand."""

        async def until_empty(hand: Hand) -> int:
            count = 0
            while sent := await self.send_some(hand):
                count += sent
            return count

        async with self._leaving():
            return sum(await self._together(*(until_empty(hand) for hand in self._hands)))

    async def close(self) -> None:
        """End a sender that was driven by `send_some` alone."""
        async with self._leaving():
            self.stop()

    @contextlib.asynccontextmanager
    async def _leaving(self) -> AsyncIterator[None]:
        """Let go of everything at the end. Journals are removed only if all went well."""
        try:
            yield
        except BaseException:
            for hand in self._hands:
                hand.journal.leave()
            raise
        else:
            for hand in self._hands:
                hand.journal.close()
        finally:
            await self._pool.close()

    @contextlib.asynccontextmanager
    async def _announced(self) -> AsyncIterator[None]:
        """Hold the key for other homes to see, and listen for new letters. Losing the key stops the sender."""
        lost = asyncio.Event()

        def told(*_: Any) -> None:
            self._wake.set()

        def gone(*_: Any) -> None:
            lost.set()
            self.stop()

        async with self.context.engine.connections.acquire() as alive:
            await alive.execute("select pg_advisory_lock($1)", self._key)
            alive.add_termination_listener(gone)
            await alive.add_listener(outbox.NOTIFY, told)
            try:
                yield
            finally:
                alive.remove_termination_listener(gone)
                if not alive.is_closed():
                    await alive.remove_listener(outbox.NOTIFY, told)
        if lost.is_set():
            raise asyncpg.ConnectionDoesNotExistError("the connection that holds the worker's key was lost")

    async def _together(self, *parts: Any) -> list[Any]:
        """Run the parts at once. When one fails, the others finish what they hold; then its error is raised."""

        async def told(part: Any) -> Any:
            try:
                return await part
            except BaseException:
                self.stop()
                raise

        done = await asyncio.gather(*map(told, parts), return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result
        return done

    async def take_over(self) -> int:
        """Recover what dead workers left; answers how many letters went back to the queue."""
        return await recovery.take_over(self.context, self._folder, self._accepted, mine=self.workers)

    async def _look_for_the_dead(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), timeout=LOOK_FOR_THE_DEAD)
            if not self._stop.is_set() and await self.take_over():
                self._wake.set()

    async def _work(self, hand: Hand) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if await self.send_some(hand) == 0 and not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), timeout=IDLE)

    async def send_some(self, hand: Hand | None = None) -> int:
        """Claim, send and record one batch; answers how many letters were in it."""
        hand = hand or self._hands[0]
        letters, composed = await self._claim(hand)
        if not letters:
            return 0
        now = self.context.clock.now()
        results = {
            one.id: Result(state=made.state, code=made.code) if made else _later(one, now, "not_composed")
            for one, made in composed
            if not isinstance(made, Composed)
        }
        ready = [(one, made) for one, made in composed if isinstance(made, Composed)]
        await self._send_all(hand, ready, results)
        await self._record(hand, letters, results, {one.id: made.recipient for one, made in ready})
        hand.journal.empty()
        return len(letters)

    async def _claim(self, hand: Hand) -> tuple[list[Claimed], list[tuple[Claimed, Composed | Skip | None]]]:
        composed: list[tuple[Claimed, Composed | Skip | None]] = []
        async with self.context.transaction(SYSTEM) as tx:
            letters = await outbox.claim(tx, hand.worker, BATCH)
            for kind in sorted({one.letter for one in letters}):
                batch = [one for one in letters if one.letter == kind]
                made = await compose(self.context, tx, self._composers.get(kind), batch)
                composed += [(one, made[one.id]) for one in batch]
        return letters, composed

    async def _send_all(
        self, hand: Hand, ready: Sequence[tuple[Claimed, Composed]], results: dict[UUID, Result]
    ) -> None:
        """A lane per connection. What was not begun when the sender stops or the lease runs out stays queued."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LEASED
        left = iter(ready)

        async def lane() -> None:
            for one, made in left:
                late = self._stop.is_set() or loop.time() > until
                results[one.id] = _AT_ONCE if late else await self._send(hand, one, made)

        await self._together(*(lane() for _ in range(self._pool.settings.connections + 1)))

    async def _record(
        self, hand: Hand, letters: Sequence[Claimed], results: Mapping[UUID, Result], recipients: Mapping[UUID, str]
    ) -> None:
        """Try again while the database restarts. A stopped sender gives up: its journal tells the next one."""
        pause = 0.2
        while True:
            try:
                await record(
                    self.context, letters, results, self._accepted, bounced=self._bounced, recipients=recipients,
                    worker=hand.worker,
                )  # fmt: skip
            except AGAIN as error:
                if self._stop.is_set():
                    raise
                log.warning("mail.record_retry", error=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), timeout=pause)
                pause = min(pause * 2, 5)
            else:
                return

    async def _send(self, hand: Hand, one: Claimed, made: Composed) -> Result:
        now = self.context.clock.now()
        try:
            message = message_of(self.context.settings, one, made, now)
        except Exception as error:
            log.exception("mail.unrenderable", letter=one.letter, error=type(error).__name__)
            return Result(state="failed", code="render")
        try:
            outcome = await self._pool.send(
                self.context.settings.mail_from,
                made.recipient,
                message,
                in_doubt=self._in_doubt,
                accepted=lambda queue_id: hand.journal.write(journals.Acceptance(one.id, queue_id)),
            )
        except Exception as error:
            log.exception("mail.transport_defect", error=type(error).__name__)
            return _later(one, now, "transport")
        return result_of(outcome, one, now)


def result_of(outcome: Outcome, one: Claimed, now: datetime) -> Result:
    """What an outcome means for the letter (MAIL section 0, 7): 5.1.x is a hard bounce, other 5xx are policy. Of 5.1.x
    those that blame the sender's own address (RFC 3463 3.2: 5.1.7, 5.1.8) say nothing about the recipient.
    """
    code = (outcome.enhanced or str(outcome.code or "") or outcome.kind)[:16]
    if outcome.kind == "accepted":
        return Result(state="accepted", code=code, queue_id=outcome.queue_id)
    if outcome.kind == "failed":
        bare = outcome.phase == "rcpt" and outcome.code == 550 and not outcome.enhanced
        named = (outcome.enhanced or "").startswith("5.1.") and outcome.enhanced not in _OUR_ADDRESS
        return Result(state="bounced_hard" if bare or named else "failed", code=code)
    if outcome.kind == "pool_down":
        return Result(state="queued", code=code, not_before=now + timedelta(seconds=15), counts=False)
    return _later(one, now, code)


def _later(one: Claimed, now: datetime, code: str) -> Result:
    if now - one.created_at >= GIVE_UP_AFTER:
        return Result(state="failed", code=code)
    return Result(state="queued", code=code, not_before=now + retry_after(one.id, one.attempts))
