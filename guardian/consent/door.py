"""Following a mailed link: from a handle to the guardian and the request it belongs to, and no further.

A transaction is opened wide only to look the link up; then its scope is narrowed to that one guardian, so that
row-level security hides everybody else from all that follows.
"""

import contextlib
from collections.abc import AsyncIterator

import msgspec

from guardian.consent import reading
from guardian.consent.reading import Request
from guardian.context import Context, Tx
from guardian.errors import NotFound
from guardian.events import SYSTEM, Actor
from guardian.i18n import gettext_noop as N_
from guardian.mail import links
from guardian.mail.links import Link, Purpose

DEAD = frozenset({"expired", "cancelled", "superseded"})
"""States of a request whose links open nothing any more."""


class Door(msgspec.Struct, frozen=True):
    """A link that opened: whose it is, and which request it is about."""

    link: Link
    request: Request
    actor: Actor


def closed() -> NotFound:
    """The one answer to every link that opens nothing, whatever the reason."""
    return NotFound("unknown_link", N_("This link opens nothing (any more). Ask for a new one below."))


async def enter(tx: Tx, handle: str, purpose: Purpose = "consent", *, lock: bool = False) -> Door:
    """Follow a link inside an open transaction and narrow the scope to its guardian. Raises NotFound for an
    unknown, expired or revoked link, one for another purpose, and one whose request is over.
    """
    link = await links.find(tx, purpose, handle)
    if link is None or not link.open(tx.now):
        raise closed()
    request = await reading.request(tx, link.subject)
    if request is None or (purpose == "consent" and request.state in DEAD):
        raise closed()
    actor = Actor(kind="guardian", id=request.guardian)
    await tx.execute("select set_config('app.scope', $1, true)", actor.scope)
    if lock:
        request = await reading.request(tx, link.subject, lock=True)
        if request is None or (purpose == "consent" and request.state in DEAD):
            raise closed()
    return Door(link, request, actor)


@contextlib.asynccontextmanager
async def through(
    ctx: Context, handle: str, purpose: Purpose = "consent", *, lock: bool = False
) -> AsyncIterator[tuple[Tx, Door]]:
    """One command through a link: transaction, link, scope."""
    async with ctx.transaction(SYSTEM) as tx:
        yield tx, await enter(tx, handle, purpose, lock=lock)
