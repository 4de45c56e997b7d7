"""Puts the web application together: routes, headers, errors, limits, the API's document."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import HttpMethod, Litestar, Request, Response, route
from litestar.enums import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ASGIApp

from guardian import __version__
from guardian.settings import Settings
from guardian.web import logging
from guardian.web.headers import SecurityHeaders
from guardian.web.problems import HANDLERS
from guardian.web.request_log import RequestLog
from guardian.web.static_files import static_file

Around = Callable[[ASGIApp], ASGIApp]
_LOOKS = [HttpMethod.GET, HttpMethod.HEAD]  # a balancer may ask by HEAD


def make_application(
    settings: Settings, routes: Sequence[Any], *, lifespan: Sequence[Callable[..., Any]], before: Sequence[Around] = ()
) -> Litestar:
    """The application with these routes; `lifespan` opens and closes what they need. What stands `before` the routes
    sees each request first.
    """
    logging.configure(settings.log_level)
    app = Litestar(
        route_handlers=[static_file, live, ready, *routes],
        lifespan=list(lifespan),
        exception_handlers=HANDLERS,
        request_max_body_size=settings.body_max_bytes,
        openapi_config=OpenAPIConfig(
            title="guardian",
            version=__version__,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"key": []}],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )
    for around in before:
        app.asgi_handler = around(app.asgi_handler)
    # Around the whole application, not as its middleware: that would not see what the router itself answers (404, 405).
    app.asgi_handler = RequestLog(SecurityHeaders(app.asgi_handler, https=settings.https))
    return app


@route("/health/live", http_method=_LOOKS, include_in_schema=False)
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@route("/health/ready", http_method=_LOOKS, include_in_schema=False)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """The database answers, too; 503 while it does not."""
    try:
        async with request.app.state.context.engine.connections.acquire(timeout=2) as connection:
            await connection.fetchval("select 1", timeout=2)
    except Exception:  # noqa: BLE001 (whatever went wrong, we are not ready)
        return Response({"status": "database_unavailable"}, status_code=503, media_type=MediaType.JSON)
    return Response({"status": "ok"})
