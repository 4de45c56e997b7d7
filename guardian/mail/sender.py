"""Sends what is in the outbox: claim a batch, compose and render it, send it, record what became of it.

Nothing is called sent before the server's 250. What was claimed by a worker that died goes back to the queue with its
Message-ID and link unchanged; what its journal says was taken is recorded as taken.
"""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import journal as journals
from guardian.mail import outbox
from guardian.mail.composing import Accepted, Composed, Composer, Skip
from guardian.mail.mime import Envelope, build
from guardian.mail.outbox import Claimed
from guardian.mail.rendering import render
from guardian.mail.results import Result, record
from guardian.mail.transport import Outcome, Pool, SmtpSettings

BATCH = 200
RETRY_AFTER = (300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""Seconds to wait after each failed attempt (±20 %); after three days a letter is given up (MAIL section 1.4, D12)."""
GIVE_UP_AFTER = timedelta(days=3)

log = structlog.get_logger()


class Sender:
    """One worker's sender. Give it the composers and what follows a 250, by kind of letter."""

    def __init__(
        self, context: Context, composers: Mapping[str, Composer], accepted: Mapping[str, Accepted]
    ) -> None:
        self.context = context
        self._composers = composers
        self._accepted = accepted
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        settings = context.settings
        self._pool = Pool(SmtpSettings.from_url(settings.smtp_url, connections=settings.smtp_connections,
                                                pipelining=settings.smtp_pipelining))  # fmt: skip
        self._in_doubt = asyncio.Semaphore(settings.smtp_in_doubt)
        self._key = random.SystemRandom().getrandbits(62)
        self._folder = settings.home / "mail"
        self._journal = journals.Journal(self._folder / f"{self._key}.journal")

    @property
    def worker(self) -> str:
        """The name of this worker in the outbox: the key of an advisory lock that it holds while it lives."""
        return str(self._key)

    def stop(self) -> None:
        """Stop claiming; `run` ends when what is in hand is done."""
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped. The database going away ends it with an error, and everything in hand is kept."""
        async with self.context.engine.connections.acquire() as alive:
            await alive.execute("select pg_advisory_lock($1)", self._key)
            await alive.add_listener(outbox.NOTIFY, lambda *_: self._wake.set())
            try:
                await self.take_over()
                while not self._stop.is_set():
                    self._wake.clear()
                    if await self.send_some() == 0:
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(self._wake.wait(), timeout=1)
            finally:
                await self._pool.close()
        self._journal.close()

    async def close(self) -> None:
        """End a sender that was driven by `send_some` alone."""
        await self._pool.close()
        self._journal.close()

    async def take_over(self) -> None:
        """Recover what dead workers left: first what their journals say was taken, then the rest into the queue."""
        for path in sorted(self._folder.glob("*.journal")):
            if path != self._journal.path and await self._is_dead(int(path.stem)):
                await self._replay(path)
        async with self.context.transaction(SYSTEM) as tx:
            for worker in await outbox.workers(tx):
                if worker != self.worker and await tx.fetchval(_FREE, int(worker)):
                    log.info("mail.taken_back", letters=await outbox.take_back_from(tx, worker))

    async def _is_dead(self, key: int) -> bool:
        async with self.context.transaction(SYSTEM) as tx:
            return bool(await tx.fetchval(_FREE, key))

    async def _replay(self, path: Path) -> None:
        found = {one.message: Result(state="accepted", queue_id=one.queue_id) for one in journals.read(path)}
        async with self.context.transaction(SYSTEM) as tx:
            letters = await outbox.get(tx, list(found))
        await record(self.context, letters, found, self._accepted)
        path.unlink()

    async def send_some(self) -> int:
        """Claim, send and record one batch; answers how many letters were in it."""
        letters, composed = await self._claim()
        if not letters:
            return 0
        results = {one.id: _skipped(made) for one, made in composed if isinstance(made, Skip)}
        ready = [(one, made) for one, made in composed if isinstance(made, Composed)]
        sent = await asyncio.gather(*(self._send(one, made) for one, made in ready))
        results.update({one.id: result for (one, _), result in zip(ready, sent, strict=True)})
        await self._record(letters, results)
        self._journal.empty()
        return len(letters)

    async def _record(self, letters: Sequence[Claimed], results: Mapping[UUID, Result]) -> None:
        """Keep trying: a result that is known must not be lost because the database restarts."""
        pause = 0.2
        while True:
            try:
                await record(self.context, letters, results, self._accepted)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
                log.warning("mail.record_retry", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
            else:
                return

    async def _claim(self) -> tuple[list[Claimed], list[tuple[Claimed, Composed | Skip]]]:
        composed: list[tuple[Claimed, Composed | Skip]] = []
        async with self.context.transaction(SYSTEM) as tx:
            letters = await outbox.claim(tx, self.worker, BATCH)
            for kind in sorted({one.letter for one in letters}):
                batch = [one for one in letters if one.letter == kind]
                composer = self._composers.get(kind)
                made = await composer(self.context, tx, batch) if composer else {}
                unknown = Skip(state="failed", code="no_composer")
                composed += [(one, made.get(one.id, unknown)) for one in batch]
        return letters, composed

    async def _send(self, one: Claimed, made: Composed) -> Result:
        now = self.context.clock.now()
        try:
            message = self._message(one, made, now)
        except (ValueError, KeyError, TypeError) as error:
            log.exception("mail.unrenderable", letter=one.letter, error=type(error).__name__)
            return Result(state="failed", code="render")
        outcome = await self._pool.send(
            self.context.settings.mail_from,
            made.recipient,
            message,
            in_doubt=self._in_doubt,
            accepted=lambda queue_id: self._journal.write(journals.Acceptance(one.id, queue_id)),
        )
        return result_of(outcome, one, now)

    def _message(self, one: Claimed, made: Composed, now: datetime) -> bytes:
        settings = self.context.settings
        rendered = render(made.letter, made.language)
        return build(
            Envelope(
                message_id=f"{one.id}@{settings.mail_domain}",
                date=now,
                sender=settings.mail_from,
                sender_name=settings.operator_name,
                recipient=made.recipient,
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                language=rendered.language,
                reply_to=made.reply_to,
                list_unsubscribe=made.list_unsubscribe,
                references=f"{made.references}@{settings.mail_domain}" if made.references else None,
            )
        )


_FREE = "select pg_try_advisory_xact_lock($1)"
"""Whether the worker with this key is gone: its session's lock is free."""


def _skipped(skip: Skip) -> Result:
    return Result(state=skip.state, code=skip.code)


def result_of(outcome: Outcome, one: Claimed, now: datetime) -> Result:
    """What an outcome means for the letter (MAIL section 0, 7): 5.1.x is a hard bounce, other 5xx are policy."""
    code = (outcome.enhanced or str(outcome.code or "") or outcome.kind)[:16]
    if outcome.kind == "accepted":
        return Result(state="accepted", code=code, queue_id=outcome.queue_id)
    if outcome.kind == "failed":
        no_such_person = outcome.phase == "rcpt" and outcome.code == 550 and not outcome.enhanced
        hard = no_such_person or (outcome.enhanced or "").startswith("5.1.")
        return Result(state="bounced_hard" if hard else "failed", code=code)
    if outcome.kind == "pool_down":
        return Result(state="queued", code=code, not_before=now + timedelta(seconds=15), counts=False)
    if now - one.created_at >= GIVE_UP_AFTER:
        return Result(state="failed", code=code)
    return Result(state="queued", code=code, not_before=now + retry_after(one.id, one.attempts))


def retry_after(message: UUID, attempts: int) -> timedelta:
    """How long to wait after so many attempts, spread by ±20 % (by message, so that it can be told beforehand)."""
    base = RETRY_AFTER[min(max(attempts, 1), len(RETRY_AFTER)) - 1]
    spread = hashlib.blake2b(message.bytes, digest_size=2).digest()
    return timedelta(seconds=base * (0.8 + 0.4 * int.from_bytes(spread, "big") / 65535))
