"""The demo's mailbox: its mail server writes a file, its web process reads what was added."""

import base64
from pathlib import Path
from typing import Any

import msgspec

from guardian.mail.sink import Received, Sink, start_sink

_FILE = "inbox.jsonl"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was sent. `number` counts from 1, the oldest first."""

    number: int
    to: str
    subject: str
    text: str
    html: str
    links: list[str]


class _Line(msgspec.Struct):
    to: str
    raw: str


class _Mailbox:
    """What was read of one file so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self.mails: list[Mail] = []

    def refresh(self) -> None:
        """Read the whole lines that were added."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            kept = msgspec.json.decode(line, type=_Line)
            one = Received(base64.b64decode(kept.raw), kept.to)
            number = len(self.mails) + 1
            self.mails.append(
                Mail(number=number, to=one.to, subject=one.subject, text=one.text, html=one.html, links=one.links)
            )


_MAILBOXES: dict[Path, _Mailbox] = {}


def open_server(home: Path) -> Sink:
    """Start the demo's mail server on a free port."""
    return start_sink(store=home / _FILE)


def mails(home: Path) -> list[Mail]:
    """Every mail so far, the oldest first."""
    mailbox = _MAILBOXES.setdefault(home, _Mailbox(home / _FILE))
    mailbox.refresh()
    return mailbox.mails


def document(mail: Mail) -> dict[str, Any]:
    """A mail as `/inbox.json` lists it."""
    return {"to": mail.to, "subject": mail.subject, "text": mail.text, "html": mail.html, "links": mail.links}
