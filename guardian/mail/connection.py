"""One connection to the mail server: opened, upgraded and signed in by aiosmtplib, then one message at a time.

After a cancellation, a timeout or any surprise it is closed and never used again: a connection whose replies are out
of step fails the next, innocent message (MAIL section 0.5).
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

import aiosmtplib
import msgspec

from guardian.mail.pipelining import Wire
from guardian.mail.replies import Cut, Outcome, Phase, Reply, cut, judged, refusal
from guardian.mail.serial import Serial
from guardian.mail.smtp_settings import SmtpSettings
from guardian.mail.watch import Watch

_NEXT: dict[Phase, Phase] = {"mail": "rcpt", "rcpt": "data", "data": "body"}


class Unreachable(Exception):
    """No connection could be opened; `outcome` says why, without names or passwords."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A message ready for the wire. `mail` and `rcpt` are whole commands without line ends; `body` is stuffed and
    ends with the last dot; `utf8`: needs SMTPUTF8. `accepted` is told the queue id the moment a 250 is read.
    """

    mail: bytes
    rcpt: bytes
    body: bytes
    utf8: bool
    in_doubt: asyncio.Semaphore | None
    accepted: Callable[[str | None], None]


class Connection:
    """`delivered` counts accepted messages; `cut_short`: the other side ended it in mid-conversation."""

    def __init__(self, smtp: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
        grouped = settings.pipelining == "auto" and smtp.supports_extension("pipelining")
        # uvloop's transports are no subclass of asyncio's, and can all the same.
        self._talk = Wire(cast("asyncio.Transport", smtp.transport)) if grouped else Serial(smtp)
        self._watch = Watch(self._expire)
        self._timed_out = False
        self._smtp = smtp  # keeps aiosmtplib's side alive as long as the transport
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._loop.time()
        self._used = 0
        self._phase: Phase = "mail"
        self._utf8 = smtp.supports_extension("smtputf8")
        self.delivered = 0
        self.cut_short = False

    @property
    def pipelined(self) -> bool:
        """Whether commands go in groups."""
        return isinstance(self._talk, Wire)

    @property
    def usable(self) -> bool:
        """Whether it may take another message (D2: not too many, not for too long)."""
        young = self._loop.time() - self._opened_at < self._settings.max_age
        return self._talk.alive and young and self._used < self._settings.max_messages

    async def deliver(self, message: Handover) -> Outcome:
        """Hand one message over. Raises nothing for what the server or the network does."""
        if message.utf8 and not self._utf8:
            why = "the mail server takes no address with such letters (SMTPUTF8)"
            return Outcome(kind="failed", phase="mail", enhanced="5.6.7", text=why)
        self._used += 1
        self._phase = "mail"
        self._watch.allow(self._settings.envelope_timeout)
        try:
            outcome = await self._converse(message)
        except BaseException:
            self._watch.end()
            self._talk.abort()
            raise
        finally:
            self._watch.rest()
        if outcome.connection_fault:
            self._watch.end()
            self._talk.abort()
        self.delivered += outcome.kind == "accepted"
        return outcome

    async def _converse(self, message: Handover) -> Outcome:
        try:
            refused = await self._talk.envelope(message.mail, message.rcpt, self._reached)
            if refused is not None:
                return refused
            if message.in_doubt is None:
                return await self._finish(message)
            if message.in_doubt.locked():
                self._watch.rest()  # waiting for others is not the server's slowness
            async with message.in_doubt:
                return await self._finish(message)
        except Cut as error:
            told = refusal(error.replies)
            if told is not None:
                return msgspec.structs.replace(told, connection_fault=True)
            self.cut_short = not self._timed_out
            return cut(self._phase, "timed out" if self._timed_out else error.why)

    async def _finish(self, message: Handover) -> Outcome:
        if not self._talk.alive:
            raise Cut((), "closed by the server")
        self._watch.allow(self._settings.final_timeout)
        self._phase = "final"

        def seen(reply: Reply) -> None:
            if reply.positive:
                message.accepted(reply.queue_id)

        return judged("final", await self._talk.body(message.body, seen))

    def _expire(self) -> None:
        self._timed_out = True
        self._talk.abort()

    def _reached(self, reply: Reply) -> None:
        if reply.positive or reply.code == 354:
            self._phase = _NEXT.get(self._phase, self._phase)

    async def quit(self) -> None:
        """Take leave and close."""
        self._watch.end()
        await self._talk.quit()


async def opened(settings: SmtpSettings, tls: ssl.SSLContext | None) -> Connection:
    """A new connection, ready for MAIL. Raises Unreachable; nothing was then sent in clear that must not be."""
    smtp = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password,
        local_hostname=settings.helo,
        timeout=settings.envelope_timeout,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=tls,
    )
    try:
        async with asyncio.timeout(settings.envelope_timeout):
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await _greet(smtp)
    except aiosmtplib.SMTPResponseException as error:
        smtp.close()
        raise Unreachable(_turned_away(Reply(error.code, error.message))) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        smtp.close()
        raise Unreachable(_down(_why(error))) from error
    except BaseException:
        smtp.close()
        raise
    return Connection(smtp, settings)


async def _greet(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError:
        await smtp.helo()


def _turned_away(reply: Reply) -> Outcome:
    return msgspec.structs.replace(judged("connect", reply), kind="pool_down", connection_fault=True)


def _down(why: str) -> Outcome:
    return Outcome(kind="pool_down", phase="connect", connection_fault=True, text=why)


def _why(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate refused: {cause.verify_message}"
    return type(cause).__name__
