"""Writes that are sent again: an `Idempotency-Key` stands for one request, and its repetition does nothing twice.

What is remembered is what the first request made, never what it answered: answers may speak of people, and a
repetition is told how things stand now.
"""

from datetime import timedelta
from uuid import UUID

from guardian.context import Context, Tx
from guardian.errors import Refused
from guardian.events import SYSTEM, Actor
from guardian.i18n import gettext_noop as N_
from guardian.platform import store

LONGEST = 255
REMEMBERED = timedelta(days=7)
"""So long a repetition is known as one: longer than any upload lives."""


async def once(ctx: Context, tx: Tx, actor: Actor, key: str, *, request: bytes, subject: UUID) -> UUID | None:
    """None for the first request of this client with this key; for a repetition, the subject of the first one.

    Written in the caller's transaction: remembered if and only if the act was done. A second request that runs at the
    same time waits for the first one's end. `request`: SHA-256 over all that was asked. Raises Refused for a key that
    stands for another request, or that is none.
    """
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Refused(
            "idempotency_key_invalid",
            N_("An Idempotency-Key has 1 to %(most)d printable ASCII characters, such as a UUID."),
            params={"most": LONGEST}, where="Idempotency-Key",
        )  # fmt: skip
    assert actor.id is not None
    first = await store.remember(tx, ctx.new_id(), actor.id, key, request=request, subject=subject)
    if first is None:
        return None
    if first.request != request:
        raise Refused(
            "idempotency_key_reused",
            N_("This Idempotency-Key stands for another request. Send a new key with a new request."),
            where="Idempotency-Key",
        )
    return first.subject


async def forget_old(ctx: Context) -> int:
    """Forget the keys of requests that nobody repeats any more; answers how many."""
    async with ctx.transaction(SYSTEM) as tx:
        return await store.forget_repeats(tx, tx.now - REMEMBERED)
