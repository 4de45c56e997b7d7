"""How a slice writes its letters: it looks up the address and mints the links when the letter is about to be sent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal
from uuid import UUID

import msgspec

from guardian.context import Context, Tx
from guardian.mail.outbox import Claimed


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A letter ready to be rendered. `letter` is one of the Structs in `guardian.mail.letters`."""

    recipient: str
    language: str
    letter: msgspec.Struct
    reply_to: str | None = None
    list_unsubscribe: str | None = None
    references: UUID | None = None
    """The message this one follows up on, so that mail programs show them together."""


class Skip(msgspec.Struct, frozen=True):
    """That a letter is not to be sent after all, and why."""

    state: Literal["cancelled", "suppressed", "failed"]
    code: str


Composer = Callable[[Context, Tx, list[Claimed]], Awaitable[Mapping[UUID, Composed | Skip]]]
"""Composes a batch of letters of one kind, in the transaction that claimed them."""

Accepted = Callable[[Context, Tx, list[Claimed]], Awaitable[None]]
"""What follows from the mail server's 250, in the transaction that records it."""
