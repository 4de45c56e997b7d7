"""Which client a request comes from."""

from typing import Any

from litestar import Request

from guardian.context import Context
from guardian.events import Actor
from guardian.platform.domain import Scope
from guardian.platform.service import authenticate


async def client_of(request: Request[Any, Any, Any], scope: Scope) -> Actor:
    """The API client that sent this request and may do what `scope` says. Raises NotSignedIn, NotAllowed."""
    context: Context = request.app.state.context
    return await authenticate(context, request.headers.get("authorization"), scope)
