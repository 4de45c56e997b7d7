"""What a mail server's reply means for the message, the connection and the pool (MAIL sections 0.7, 1.4 and 3)."""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

Kind = Literal["accepted", "deferred", "failed", "unknown", "pool_down"]
Phase = Literal["connect", "mail", "rcpt", "data", "body", "final"]

_ENVELOPE: tuple[Phase, ...] = ("mail", "rcpt", "data")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_SOMEBODY = re.compile(r"\S*@\S*")
_QUEUED = (
    re.compile(r"\bqueued as ([\w./:-]{1,64})", re.IGNORECASE),
    re.compile(r"\bInternalId=(\d{1,40})"),
    re.compile(r"\bid=([\w./:-]{1,64})"),
    re.compile(r"^(?:2\.\d+\.\d+ )?ok:? ([\w./:-]{6,64})$", re.IGNORECASE),
)
_SENDER_WIDE = frozenset({"5.1.7", "5.1.8", "5.7.515", "5.7.26"})
"""Refusals of our own address or our domain's authentication, not of a message: they stop the whole sender (RFC 3463
3.2; MAIL section 1.3, H10).
"""


class Reply(msgspec.Struct, frozen=True):
    """One whole reply: its code and its text, lines joined by a line feed."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        """A 2xx reply."""
        return 200 <= self.code < 300

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code (RFC 3463), if the reply has one of its own class."""
        found = _ENHANCED.match(self.text)
        return found[1] if found and found[1][0] == str(self.code)[0] else None

    @property
    def queue_id(self) -> str | None:
        """The id under which the server says it queued the message."""
        for pattern in _QUEUED:
            if found := pattern.search(self.text):
                return found[1]
        return None

    @property
    def quotable(self) -> str:
        """The text on one line, without addresses, at most 200 characters."""
        return _SOMEBODY.sub("…", " ".join(self.text.split()))[:200]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one attempt to send one message.

    `accepted`: the server's 250 after the last dot · `deferred`: not now · `failed`: not at all, and trying again is
    no use · `unknown`: the connection broke after the last dot, nobody can say · `pool_down`: nothing was wrong with
    the message, nothing can be sent at present. `phase` is where it ended; `connection_fault` that the connection was
    cut, timed out or turned away. `text` quotes the server without addresses.
    """

    kind: Kind
    phase: Phase
    code: int | None = None
    enhanced: str | None = None
    queue_id: str | None = None
    connection_fault: bool = False
    text: str = ""


def judged(phase: Phase, reply: Reply) -> Outcome:
    """The outcome that a reply to a phase decides: an acceptance in `final`, a refusal in any.

    4xx anywhere is for now (D1); 421 says nothing about the message (D2, D3); a refused MAIL speaks of us, not of a
    recipient; a full mailbox (552, 5.2.2) may be emptied. Everything else 5xx fails the message; whether the address
    is to blame, the enhanced code tells (5.1.x).
    """
    kind: Kind
    if phase == "final" and reply.positive:
        kind = "accepted"
    elif reply.code == 421 or reply.enhanced in _SENDER_WIDE:
        kind = "pool_down"
    elif 400 <= reply.code < 500:
        kind = "deferred"
    elif phase in {"connect", "mail"}:
        kind = "pool_down"
    elif phase == "rcpt" and (reply.enhanced == "5.2.2" or (reply.code == 552 and reply.enhanced is None)):
        kind = "deferred"
    else:
        kind = "failed"
    return Outcome(
        kind=kind,
        phase=phase,
        code=reply.code,
        enhanced=reply.enhanced,
        queue_id=reply.queue_id if kind == "accepted" else None,
        connection_fault=reply.code == 421,
        text=reply.quotable,
    )


def refusal(replies: Sequence[Reply]) -> Outcome | None:
    """What the first bad reply to MAIL, RCPT and DATA decides; nothing where all that came so far are good."""
    for phase, reply in zip(_ENVELOPE, replies, strict=False):
        if not (reply.code == 354 if phase == "data" else reply.positive):
            return judged(phase, reply)
    return None


def cut(phase: Phase, why: str) -> Outcome:
    """The outcome of a connection that was lost or given up in a phase. Only after the last dot is it unknown."""
    return Outcome(kind="unknown" if phase == "final" else "deferred", phase=phase, connection_fault=True, text=why)


class Cut(Exception):
    """The connection ended while replies were awaited; `replies` came before it did."""

    def __init__(self, replies: Sequence[Reply], why: str) -> None:
        super().__init__(why)
        self.replies = replies
        self.why = why
