"""One command at a time over aiosmtplib, for servers that do not announce PIPELINING.

Its `sendmail` cannot say in which phase a connection broke, so the phases are called here (MAIL section 3).
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import cast

import aiosmtplib

from guardian.mail.pipelining import GRACE
from guardian.mail.replies import Cut, Outcome, Reply, refusal


class Serial:
    """The same conversation as `pipelining.Wire`, without groups. Time limits are the caller's."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self._smtp = smtp
        self._lost = False

    @property
    def alive(self) -> bool:
        """Whether another command may be sent."""
        return not self._lost and self._smtp.is_connected

    async def envelope(self, mail: bytes, rcpt: bytes, reached: Callable[[Reply], None]) -> Outcome | None:
        """MAIL, RCPT and DATA; nothing when the body may follow, else why not. Raises Cut."""
        replies: list[Reply] = []
        for command in (mail, rcpt, b"DATA"):
            reply = await self._command(command)
            replies.append(reply)
            refused = refusal(replies)
            if refused is not None:
                if replies[0].positive and not refused.connection_fault:
                    await self._start_over()
                return refused
            reached(reply)
        return None

    async def body(self, stuffed: bytes, seen: Callable[[Reply], None]) -> Reply:
        """The body with its last dot, and the reply. Raises Cut."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise self._cut()
        try:
            protocol.write(stuffed)
            code, text = await protocol.read_response()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._cut() from error
        reply = Reply(code, text)
        seen(reply)
        return reply

    async def quit(self) -> None:
        """Take leave, and close whatever the answer."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self._smtp.quit(timeout=GRACE)
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once, whatever is still to be written."""
        self._lost = True
        if self._smtp.transport is not None:
            cast("asyncio.Transport", self._smtp.transport).abort()
        self._smtp.close()

    async def _start_over(self) -> None:
        try:
            if not (await self._command(b"RSET")).positive:
                self.abort()
        except Cut:
            self.abort()

    async def _command(self, command: bytes) -> Reply:
        try:
            code, text = await self._smtp.execute_command(*command.split(b" "), timeout=None)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._cut() from error
        return Reply(code, text)

    def _cut(self) -> Cut:
        self._lost = True
        return Cut((), "closed by the server")
