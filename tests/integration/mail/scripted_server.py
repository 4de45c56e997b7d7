"""A mail server that does what a script says: refuse, hang or cut at any phase, with or without PIPELINING."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Literal

Phase = Literal["connect", "ehlo", "mail", "rcpt", "data", "final"]
Script = Callable[[Phase, str, int], str]
"""Given the phase, the recipient so far and how often this phase was asked before (of all connections), answers a
reply («550 5.1.1 no»), "" for the usual one, "cut" to close without a word, "hang" to say nothing ever.
"""

USUAL = {"connect": "220 scripted ESMTP", "mail": "250 2.1.0 Ok", "rcpt": "250 2.1.5 Ok", "data": "354 go ahead"}


class Scripted:
    """Keeps what it accepted as (recipient, bytes) and what it was told."""

    def __init__(self, script: Script, *, pipelining: bool, data_always: bool, delay: float) -> None:
        self.script = script
        self.pipelining = pipelining
        self.data_always = data_always
        self.delay = delay
        self.accepted: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.connections = 0
        self.most_connections = 0
        self.most_in_doubt = 0
        self.port = 0
        self._asked: dict[str, int] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._in_doubt = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        self.most_connections = max(self.most_connections, len(self._writers))
        try:
            await _Conversation(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, EOFError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def drop(self) -> None:
        """Close every connection without a word."""
        for writer in self._writers:
            writer.close()

    def say(self, phase: Phase, recipient: str) -> str:
        count = self._asked.get(phase, 0)
        self._asked[phase] = count + 1
        return self.script(phase, recipient, count)

    async def pause_in_doubt(self) -> None:
        self._in_doubt += 1
        self.most_in_doubt = max(self.most_in_doubt, self._in_doubt)
        await asyncio.sleep(self.delay)
        self._in_doubt -= 1


class _Conversation:
    def __init__(self, server: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender = False
        self.recipient = ""

    async def run(self) -> None:
        await self.answer("connect", USUAL["connect"])
        while line := await self.reader.readline():
            command = line.decode().rstrip("\r\n")
            self.server.commands.append(command)
            await self.obey(command)

    async def obey(self, command: str) -> None:
        verb = command.upper()
        if verb.startswith("EHLO"):
            offer = "250-PIPELINING\r\n" if self.server.pipelining else ""
            await self.answer("ehlo", f"250-scripted\r\n{offer}250 8BITMIME")
        elif verb.startswith("MAIL"):
            if self.sender:
                self.write("503 5.5.1 nested MAIL")
            elif await self.answer("mail", USUAL["mail"]):
                self.sender = True
        elif verb.startswith("RCPT"):
            found = re.search("<(.*)>", command)
            asked = found[1] if found else ""
            if not self.sender:
                self.write("503 5.5.1 need MAIL")
            elif await self.answer("rcpt", USUAL["rcpt"], asked):
                self.recipient = asked
        elif verb == "DATA":
            await self.data()
        elif verb == "RSET":
            self.sender, self.recipient = False, ""
            self.write("250 2.0.0 Ok")
        elif verb == "QUIT":
            self.write("221 bye")
            raise EOFError
        else:
            self.write("500 5.5.2 what")

    async def data(self) -> None:
        if not self.recipient and not self.server.data_always:
            self.write("503 5.5.1 need RCPT")
            return
        if not await self.answer("data", USUAL["data"], self.recipient):
            return
        body = b""
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise EOFError
            body += line[1:] if line.startswith(b".") else line
        recipient, self.recipient, self.sender = self.recipient, "", False
        if not recipient:
            self.write("554 5.5.1 no valid recipients")
            return
        await self.server.pause_in_doubt()
        number = len(self.server.accepted)
        if await self.answer("final", f"250 2.0.0 Ok: queued as Q{number:05d}", recipient):
            self.server.accepted.append((recipient, body))

    async def answer(self, phase: Phase, usual: str, recipient: str = "") -> bool:
        reply = self.server.say(phase, recipient) or usual
        if reply == "cut":
            raise EOFError
        if reply == "hang":
            await asyncio.sleep(3600)
        self.write(reply)
        if reply.startswith("421"):
            raise EOFError
        return reply == usual

    def write(self, reply: str) -> None:
        self.writer.write(reply.encode() + b"\r\n")


@contextlib.asynccontextmanager
async def scripted(
    script: Script = lambda *_: "", *, pipelining: bool = True, data_always: bool = False, delay: float = 0.0
) -> AsyncIterator[Scripted]:
    """Serve on a free port until left."""
    server = Scripted(script, pipelining=pipelining, data_always=data_always, delay=delay)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
