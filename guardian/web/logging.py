"""Logs for machines: JSON lines with ids and route templates, never a person's data, a token or a query string."""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_TOKENS = re.compile(r"(/(?:g|u|sign|sign-in)/)[^\s/?\"']+")
_ADDRESSES = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;]+")


def redacted(text: str) -> str:
    """A line without the tokens of mailed links, and without mail addresses."""
    return _ADDRESSES.sub("[address]", _TOKENS.sub(r"\1[token]", text))


class _Redact(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redacted(record.getMessage())
        record.args = None
        return True


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
    return event


def configure(level: str = "INFO") -> None:
    """Set up logging for a process: everything goes to stderr as JSON, redacted."""
    root = logging.getLogger()
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Redact())
    handler.setFormatter(logging.Formatter('{"level":"%(levelname)s","logger":"%(name)s","event":"%(message)s"}'))
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "pgqueuer", "mail.log", "_granian", "asyncio"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_by_name,
            _redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, 20)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _exception_by_name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where an exception came from, drop what it says: its text may hold what a person typed."""
    if event.pop("exc_info", None):
        trace, places = sys.exc_info()[2], []
        while trace is not None:
            places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["trace"] = places[-8:]
    return event


def is_http(scope: Scope) -> bool:
    """Whether this is a request, and not the server's start or a socket."""
    return str(scope["type"]) == "http" or scope["type"] is ScopeType.HTTP


class RequestLog:
    """Middleware: one line per request with its route template, status and duration in milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger("request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_http(scope):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            spent = round((time.perf_counter() - started) * 1000, 1)
            # The template, never the path: a path holds tokens and ids.
            template = scope.get("path_template") or "-"
            self._log.info("request", method=scope.get("method"), route=template, status=status, ms=spent)
