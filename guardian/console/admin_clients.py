"""API keys of learning platforms: make one (shown once), end one."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import admin_store
from guardian.console.frame import OPERATOR_ZONE, READ, in_room, room, same_for_strangers, sentence_of
from guardian.context import Context
from guardian.errors import Conflict, GuardianError, NotFound, Refused
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_
from guardian.platform import service, store
from guardian.platform.domain import SCOPES
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect

SCOPE_WORDS: dict[str, str] = {
    "decide": N_("Ask whether a learner may come in"),
    "events": N_("Hear about changes"),
    "erasures": N_("Take and acknowledge erasures"),
    "rosters": N_("Send rosters"),
    "admin": N_("Everything"),
}


@route("/admin/clients", http_method=READ, include_in_schema=False)
async def clients(request: AnyRequest) -> Page:
    """All keys, and the form for a new one."""
    return await _page(request)


@post("/admin/clients", status_code=200, include_in_schema=False)
async def add(request: AnyRequest) -> Page:
    """Make a key and show it this once. The same name again is refused, so that a reload makes no second one."""
    fields = await form_of(request)
    actor = await in_room(request, "operator_admin")
    ctx, name = context_of(request), fields.get("name", "")[:255]
    scopes = [scope for scope in SCOPES if fields.get(f"scopes-{scope}") == "yes"]
    try:
        await _refuse_twin(ctx, actor, name.strip())
        _, key = await service.add_client(ctx, actor, name, scopes)
    except (Refused, Conflict) as error:
        return await _page(
            request, status=409 if isinstance(error, Conflict) else 422, name=name, scopes=scopes, error=error
        )
    return await _page(request, key=key, made=name.strip())


@route("/admin/clients/{client:uuid}/revoke", http_method=READ, include_in_schema=False)
async def revoke_page(request: AnyRequest, client: FromPath[UUID]) -> Page:
    """What ending a key does."""
    actor = await in_room(request, "operator_admin")
    async with context_of(request).transaction(actor) as tx:
        found = next((one for one in await store.everyone(tx) if one.id == client and one.revoked_at is None), None)
    if found is None:
        raise same_for_strangers()
    return room(request, "client_revoke.html", client=found)


@post("/admin/clients/{client:uuid}/revoke", include_in_schema=False)
async def revoke(request: AnyRequest, client: FromPath[UUID]) -> Response[Any]:
    """End a key at once."""
    await form_of(request)
    actor = await in_room(request, "operator_admin")
    try:
        await service.revoke_client(context_of(request), actor, client)
    except NotFound as error:
        return await _page(request, status=409, error=error)
    return redirect("/admin/clients")


async def _refuse_twin(ctx: Context, actor: Actor, name: str) -> None:
    async with ctx.transaction(actor) as tx:
        names = await admin_store.client_names(tx)
    if name in names:
        raise Conflict(
            "client_exists", N_("There is a key of this name already. End it first, or choose another name.")
        )


async def _page(
    request: AnyRequest, *, status: int = 200, key: str | None = None, made: str = "", name: str = "",
    scopes: list[Any] | None = None, error: GuardianError | None = None,
) -> Page:  # fmt: skip
    actor = await in_room(request)
    async with context_of(request).transaction(actor) as tx:
        found = await store.everyone(tx)
    return room(
        request, "clients.html", status=status, clients=found, key=key, made=made, typed=name, scopes=scopes or [],
        scope_words=SCOPE_WORDS, message=sentence_of(request, error) if error else None, zone=OPERATOR_ZONE,
        may=actor.role == "operator_admin",
    )  # fmt: skip


ROUTES: list[Any] = [clients, add, revoke_page, revoke]
