"""One log line per request, and the number by which a person's error page finds it again."""

import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


def is_http(scope: Scope) -> bool:
    """Whether this is a request, and not the server's start or a socket."""
    return str(scope["type"]) == "http" or scope["type"] is ScopeType.HTTP


def request_id_of(scope: Scope) -> str:
    """The number that one request has in log, answer and error page; empty outside `RequestLog`."""
    state: dict[str, Any] = scope.get("state") or {}
    return str(state.get("request_id", ""))


class RequestLog:
    """Wraps an application: numbers each request, and logs its route template, status and duration in milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._level = logging.getLogger("request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_http(scope):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0
        # Our own number, never the caller's: a header from outside could carry anything into the log.
        number = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = number

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=number):
            try:
                await self._app(scope, receive, noting)
            finally:
                if self._level.isEnabledFor(logging.INFO):
                    self._tell(scope, number, status, time.perf_counter() - started)

    @staticmethod
    def _tell(scope: Scope, number: str, status: int, seconds: float) -> None:
        """Written straight: the chain of processors costs more than the rest of a decision's request together."""
        line = {
            "event": "request",
            "method": scope.get("method"),
            # The template, never the path: a path holds tokens and ids.
            "route": scope.get("path_template") or "-",
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": number,
            "level": "info",
            "timestamp": datetime.fromtimestamp(time.time(), UTC).isoformat(),
        }
        sys.stderr.write(f"{msgspec.json.encode(line).decode()}\n")
        sys.stderr.flush()
