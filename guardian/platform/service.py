"""API clients: let one in, know it by its key, end it."""

from collections.abc import Sequence
from uuid import UUID

from guardian.audit import store as audit
from guardian.context import Context
from guardian.errors import NotAllowed, NotFound, NotSignedIn, Refused
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.platform import store
from guardian.platform.domain import PREFIX, SCOPES, Client, Scope, key_hash, new_key


async def add_client(ctx: Context, actor: Actor, name: str, scopes: Sequence[Scope]) -> tuple[Client, str]:
    """Let a platform in; answers it with its key, which is shown this once. Raises Refused."""
    if not name.strip() or not scopes or not set(scopes) <= set(SCOPES):
        raise Refused("client_incomplete", N_("A client needs a name and at least one of the known scopes."))
    key = new_key()
    async with ctx.transaction(actor) as tx:
        client = Client(
            id=ctx.new_id(), name=name.strip()[:255], scopes=tuple(scopes), created_at=tx.now, last_used_at=None,
            revoked_at=None,
        )  # fmt: skip
        await store.insert(tx, client, key_hash(key))
        await audit.append(
            tx,
            actor,
            Event(action="client.added", subject_kind="client", subject=client.id, payload={"scopes": list(scopes)}),
        )
    return client, key


async def revoke_client(ctx: Context, actor: Actor, client: UUID) -> None:
    """End a client's key at once. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        if not await store.revoke(tx, client):
            raise NotFound("unknown_client", N_("There is no such API client, or its key was ended already."))
        await audit.append(tx, actor, Event(action="client.revoked", subject_kind="client", subject=client))


async def authenticate(ctx: Context, authorization: str | None, scope: Scope) -> Actor:
    """Who an `Authorization: Bearer` header speaks for. Raises NotSignedIn, NotAllowed."""
    kind, _, key = (authorization or "").strip().partition(" ")
    if not key:
        raise NotSignedIn("api_key_missing", N_("Send your API key in the header `Authorization: Bearer <key>`."))
    key = key.strip()
    wrong = NotSignedIn(
        "api_key_wrong", N_("This API key is not known. Check it, or ask the operator of this service for a new one.")
    )
    if kind.casefold() != "bearer" or not key.startswith(PREFIX) or len(key) > 200 or not key.isascii():
        raise wrong
    async with ctx.transaction(SYSTEM) as tx:
        client = (await store.by_keys(tx, [key_hash(key)])).get(key_hash(key))
    if client is None:
        raise wrong
    if not client.may(scope):
        raise NotAllowed(
            "scope_missing",
            N_("This API key may not do that: it lacks the scope `%(scope)s`. Ask the operator for it."),
            params={"scope": scope},
        )
    return Actor(kind="client", id=client.id)
