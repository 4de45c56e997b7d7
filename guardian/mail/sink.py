"""A mail server for the demo and the tests: keeps what it is sent, delivers nothing to anybody.

It runs in a thread of its own, so that it answers whatever the caller's event loop is doing.
"""

import base64
import json
import re
import threading
from asyncio import Server
from collections import deque
from email import policy
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 5000
"""Messages kept in memory; older ones are dropped."""
_LARGEST = 2 * 1024 * 1024
_LINK = re.compile(r"https?://[^\s<>\"']+")
_TRAILING = ".,;:!?)]}"


class Received:
    """One message as it came; read into parts when somebody looks at it."""

    def __init__(self, raw: bytes, to: str) -> None:
        self.raw = raw
        self.to = to

    @cached_property
    def _message(self) -> Any:
        return BytesParser(policy=policy.default).parsebytes(self.raw)

    @property
    def subject(self) -> str:
        """The decoded Subject."""
        return str(self._message["Subject"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header, decoded, in order."""
        return [(name, str(value)) for name, value in self._message.items()]

    @property
    def text(self) -> str:
        """The plain text, or nothing."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML, or nothing."""
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """The addresses in the plain text, in order, each once."""
        return list(dict.fromkeys(found.rstrip(_TRAILING) for found in _LINK.findall(self.text)))

    def as_json(self) -> dict[str, Any]:
        """What the inbox page lists: `{to, subject, text, html, links}`."""
        return {"to": self.to, "subject": self.subject, "text": self.text, "html": self.html, "links": self.links}

    def _part(self, kind: str) -> str:
        part = self._message.get_body(preferencelist=(kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


class Sink:
    """Use `start_sink`. Every method may be called from any thread."""

    def __init__(self, host: str, port: int, store: Path | None) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Received] = deque(maxlen=KEPT)
        self._refusals: list[tuple[re.Pattern[str], str, str]] = []
        self._count = 0
        self._store = store
        self._load()
        self._controller = _Listening(_Door(self), hostname=host, port=port)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    @property
    def url(self) -> str:
        """The same, as a setting."""
        return f"smtp://{self._controller.hostname}:{self.port}"

    def messages(self, to: str | None = None) -> list[Received]:
        """What came, oldest first; of one recipient if asked."""
        with self._lock:
            return [one for one in self._kept if to is None or one.to == to]

    def clear(self) -> None:
        """Forget everything that came, in memory and on disk."""
        with self._lock:
            self._kept.clear()
            if self._store is not None:
                self._store.unlink(missing_ok=True)

    def refuse(self, pattern: str, reply: str, *, phase: str = "rcpt") -> None:
        """From now on answer recipients that match with `reply` («550 5.1.1 no such user»), at `rcpt` or at `data`
        (after the last dot). An empty reply takes the refusal back.
        """
        with self._lock:
            self._refusals = [one for one in self._refusals if one[0].pattern != pattern or one[2] != phase]
            if reply:
                self._refusals.append((re.compile(pattern), reply, phase))

    def stop(self) -> None:
        """Stop listening. What came can still be read."""
        self._controller.stop()

    def refusal(self, recipient: str, phase: str) -> str | None:
        """The reply that a recipient is to be refused with in a phase, if so."""
        with self._lock:
            asked = [reply for pattern, reply, at in self._refusals if at == phase and pattern.search(recipient)]
        return asked[0] if asked else None

    def keep(self, raw: bytes, recipients: list[str]) -> int:
        """Take a message in, once for each recipient; answers how many came before it."""
        with self._lock:
            before = self._count
            self._count += 1
            for recipient in recipients:
                self._kept.append(Received(raw, recipient))
            if self._store is not None:
                with self._store.open("a", encoding="utf-8") as file:
                    for recipient in recipients:
                        file.write(json.dumps({"to": recipient, "raw": base64.b64encode(raw).decode()}) + "\n")
        return before

    def _load(self) -> None:
        if self._store is None or not self._store.exists():
            return
        for line in self._store.read_text(encoding="utf-8").splitlines():
            try:
                kept = json.loads(line)
                self._kept.append(Received(base64.b64decode(kept["raw"]), kept["to"]))
            except (ValueError, KeyError, TypeError):
                continue  # a line cut short when the demo was killed


class _Door:
    """What aiosmtpd asks."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        refused = self._sink.refusal(address, "rcpt")
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        recipients = [str(recipient) for recipient in envelope.rcpt_tos]
        for recipient in recipients:
            refused = self._sink.refusal(recipient, "data")
            if refused is not None:
                return refused
        number = self._sink.keep(envelope.original_content or b"", recipients)
        return f"250 2.0.0 Ok: queued as S{number:06d}"


class _Listening(Controller):
    """Port 0 means any free one; `port` then says which."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True, data_size_limit=_LARGEST, ident="guardian sink")

    def _trigger_server(self) -> None:
        if isinstance(self.server, Server) and self.port == 0:
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def start_sink(host: str = "127.0.0.1", port: int = 0, *, store: Path | None = None) -> Sink:
    """Start listening. `store`: a file of JSON lines that keeps the inbox over a restart. Raises OSError if the port
    is taken.
    """
    sink = Sink(host, port, store)
    sink._controller.start()  # noqa: SLF001 (the same module)
    return sink
