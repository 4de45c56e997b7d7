"""Hands messages to the mail server over a few kept connections, and says truly what became of each.

The server being down, or turning us away, is never a message's fault: the pool pauses and every message is answered
`pool_down` until it is time to try again (MAIL sections 1.4 and 4.4).
"""

import asyncio
import re
import ssl
from collections.abc import Callable

import structlog

from guardian.mail.connection import Connection, Handover, Unreachable, opened
from guardian.mail.pace import Pace
from guardian.mail.replies import Outcome
from guardian.mail.smtp_settings import SmtpSettings

__all__ = ["Outcome", "Pool", "SmtpSettings"]

LONGEST_PAUSE = 30.0
_MAILBOX = re.compile(r"[^\x00-\x20\x7f-\xa0<>()\[\],;:\\\"@\u2028\u2029]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")

log = structlog.get_logger()


class Pool:
    """At most `settings.connections` connections, each used for one message at a time. For one event loop."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second)
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[Connection] = []
        self._tls: ssl.SSLContext | None = None
        self._trouble: Outcome | None = None
        self._failures = 0
        self._resume_at = 0.0

    async def send(
        self,
        sender: str,
        recipient: str,
        message: bytes,
        *,
        in_doubt: asyncio.Semaphore | None = None,
        accepted: Callable[[str | None], None] | None = None,
    ) -> Outcome:
        """Send one message, with CRLF line ends, to one recipient.

        `in_doubt` bounds how many messages may lie between their last dot and the server's answer; `accepted` is
        called with the queue id the moment a 250 is read. Raises nothing but the cancellation of the caller, after
        which the connection is closed.
        """
        handover = _handover(sender, recipient, message, in_doubt, accepted)
        if handover is None:
            return Outcome(kind="failed", phase="rcpt", enhanced="5.1.3", text="not a mail address")
        async with self._slots:
            paused = self._paused()
            if paused is None and self.pace.rate:
                await self.pace.turn()
                paused = self._paused()
            if paused is not None:
                return paused
            outcome = await self._try_twice(handover)
        self._learn(outcome)
        return outcome

    async def close(self) -> None:
        """Take leave of the server. Call it when nothing is being sent."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.quit() for connection in idle))

    async def _try_twice(self, message: Handover) -> Outcome:
        """A kept connection that turns out to be dead, or has had enough, says nothing about the message (D2, D4):
        what had not passed the last dot goes over a new connection, once.
        """
        try:
            connection = await self._take()
            outcome = await self._over(connection, message)
            used_up = outcome.code == 421 and connection.delivered > 0
            if outcome.kind in {"deferred", "pool_down"} and (connection.cut_short or used_up):
                again = await opened(self.settings, self._tls)
                outcome = await self._over(again, message)
                if again.cut_short and outcome.phase == "mail":
                    return Outcome(kind="pool_down", phase="mail", connection_fault=True, text=outcome.text)
        except Unreachable as error:
            return error.outcome
        return outcome

    async def _over(self, connection: Connection, message: Handover) -> Outcome:
        outcome = await connection.deliver(message)
        if connection.usable:
            self._idle.append(connection)
        elif not outcome.connection_fault:
            await connection.quit()
        return outcome

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            await connection.quit()
        if self._tls is None:
            self._tls = self.settings.tls_context()
        return await opened(self.settings, self._tls)

    def _paused(self) -> Outcome | None:
        if self._resume_at and asyncio.get_running_loop().time() >= self._resume_at:
            self._resume_at = 0.0
        return self._trouble if self._resume_at else None

    def _learn(self, outcome: Outcome) -> None:
        self.pace.learn(outcome)
        if outcome.kind != "pool_down":
            if self._failures:
                log.info("mail.pool_up", failures=self._failures)
            self._failures = 0
            return
        if self._paused() is not None:
            return  # others failed at the same time
        self._failures += 1
        pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures, 10))
        self._trouble = outcome
        self._resume_at = asyncio.get_running_loop().time() + pause
        if self._failures == 1:
            log.error("mail.pool_down", phase=outcome.phase, code=outcome.code, why=outcome.text)


def _handover(
    sender: str,
    recipient: str,
    message: bytes,
    in_doubt: asyncio.Semaphore | None,
    accepted: Callable[[str | None], None] | None,
) -> Handover | None:
    """Nothing where an address could not stand in a command (A5): such a one is never shortened to fit."""
    if not _MAILBOX.fullmatch(sender) or not _MAILBOX.fullmatch(recipient):
        return None
    utf8 = not (recipient.isascii() and sender.isascii())
    first = b"." if message.startswith(b".") else b""
    return Handover(
        mail=f"MAIL FROM:<{sender}>{' SMTPUTF8' if utf8 else ''}".encode(),
        rcpt=f"RCPT TO:<{recipient}>".encode(),
        body=b"%b%b.\r\n" % (first, message.replace(b"\r\n.", b"\r\n..")),
        utf8=utf8,
        in_doubt=in_doubt,
        accepted=_noting(accepted),
    )


def _noting(accepted: Callable[[str | None], None] | None) -> Callable[[str | None], None]:
    def note(queue_id: str | None) -> None:
        if accepted is None:
            return
        try:
            accepted(queue_id)
        except OSError as error:
            # The 250 stands whether or not it could be written down; the result still goes to the database.
            log.warning("mail.not_journalled", error=type(error).__name__)

    return note
