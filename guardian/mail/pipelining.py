"""The wire of a connection whose server announced PIPELINING: commands in groups, replies strictly in order.

aiosmtplib connects, upgrades and signs in; then this protocol takes its transport over. A `BufferedProtocol`, since
the plain one has asyncio allocate 256 KiB per read (MAIL section 4.3).
"""

import asyncio
from collections.abc import Callable
from typing import cast

from guardian.mail.replies import Cut, Outcome, Reply, refusal

REPLY_LIMIT = 16 * 1024
"""Octets of replies that may wait to be read; a server that sends more is cut off."""
GRACE = 5.0
"""Seconds that a server gets to answer QUIT."""


class Wire(asyncio.BufferedProtocol):
    """One group of commands at a time. Any surprise ends the connection: it is never used again."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray(REPLY_LIMIT)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._lines: list[str] = []
        self._wanted = 0
        self._replies: list[Reply] = []
        self._waiter: asyncio.Future[list[Reply]] | None = None
        self._seen: Callable[[Reply], None] | None = None
        self._lost = ""
        transport.set_protocol(self)

    @property
    def alive(self) -> bool:
        """Whether another group may be sent."""
        return not self._lost and self._waiter is None and not self._transport.is_closing()

    async def envelope(self, mail: bytes, rcpt: bytes, reached: Callable[[Reply], None]) -> Outcome | None:
        """MAIL, RCPT and DATA in one group; nothing when the body may follow, else why not. Raises Cut."""
        replies = await self.exchange(b"%b\r\n%b\r\nDATA\r\n" % (mail, rcpt), 3, reached)
        refused = refusal(replies)
        if refused is not None and not refused.connection_fault:
            await self._start_over(replies)
        return refused

    async def body(self, stuffed: bytes, seen: Callable[[Reply], None]) -> Reply:
        """The body with its last dot, and the reply. Raises Cut."""
        return (await self.exchange(stuffed, 1, seen))[0]

    async def _start_over(self, replies: list[Reply]) -> None:
        """Leave the transaction. If DATA was taken although nobody may receive: a lone dot (RFC 2920 3.1)."""
        opened = replies[2].code == 354
        if not opened and not replies[0].positive:
            return
        try:
            answers = await self.exchange(b".\r\nRSET\r\n" if opened else b"RSET\r\n", 2 if opened else 1)
        except Cut:
            self.abort()
        else:
            if not answers[-1].positive:
                self.abort("RSET refused")

    async def exchange(self, group: bytes, replies: int, seen: Callable[[Reply], None] | None = None) -> list[Reply]:
        """Send a group of commands and wait for that many replies. `seen` is told of each the moment it is read.

        Raises Cut if the connection ends first. Whoever cancels the wait must `abort`.
        """
        if not self.alive:
            raise Cut([], self._lost or "closed")
        self._waiter = self._loop.create_future()
        self._wanted, self._replies, self._seen = replies, [], seen
        self._transport.write(group)
        try:
            return await self._waiter
        finally:
            self._waiter = None

    async def quit(self) -> None:
        """Take leave, and close whatever the answer."""
        try:
            if self.alive:
                async with asyncio.timeout(GRACE):
                    await self.exchange(b"QUIT\r\n", 1)
        except (Cut, TimeoutError):
            pass  # it is closed either way
        finally:
            self.abort("left")

    def abort(self, why: str = "given up") -> None:
        """Drop the connection at once."""
        self._lost = self._lost or why
        self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (the protocol's shape)
        """Where asyncio puts what it reads."""
        return self._view[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """So many octets were read."""
        end = self._filled + nbytes
        start = 0
        while (stop := self._buffer.find(b"\n", start, end)) >= 0:
            self._line(self._buffer[start:stop])
            start = stop + 1
        self._buffer[: end - start] = self._buffer[start:end]
        self._filled = end - start
        if self._filled == REPLY_LIMIT or sum(map(len, self._lines)) > REPLY_LIMIT:
            self._surprise("a reply without end")

    def _line(self, line: bytes | bytearray) -> None:
        if self._lost:
            return
        if self._waiter is None or self._waiter.done():
            self._surprise("a reply to nothing")
            return
        text = line.decode("utf-8", "replace").rstrip("\r")
        code = text[:3]
        if not (code.isascii() and code.isdigit()) or text[3:4] not in {"", " ", "-"}:
            self._surprise("not an SMTP reply")
            return
        self._lines.append(text[4:])
        if text[3:4] != "-":
            self._whole(Reply(int(code), "\n".join(self._lines)))

    def _whole(self, reply: Reply) -> None:
        self._lines = []
        self._replies.append(reply)
        if self._seen is not None:
            self._seen(reply)
        if len(self._replies) == self._wanted:
            cast("asyncio.Future[list[Reply]]", self._waiter).set_result(self._replies)

    def _surprise(self, why: str) -> None:
        self.abort(why)
        self._fail()

    def _fail(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Cut(self._replies, self._lost))

    def eof_received(self) -> bool:
        """The server closed its side."""
        self._lost = self._lost or "closed by the server"
        self._fail()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._lost = self._lost or (f"lost ({type(exc).__name__})" if exc else "closed by the server")
        self._fail()
