"""Logs for machines: JSON lines with ids and route templates, never a person's data, a token or a query string."""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_TOKENS = re.compile(r"(/(?:g|u|sign|sign-in)/)[^\s/?\"'{\[]+")
_SECRETS = re.compile(r"\b(?:gk_|Bearer |eyJ)[^\s\"',;]+")
_QUERIES = re.compile(r"(/[^\s?\"']*)\?[^\s\"']+")
_ADDRESSES = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;]+")
_DEEPEST = 8


def redacted(text: str) -> str:
    """A line without the tokens of mailed links, keys, query strings and mail addresses."""
    if "/" in text:
        text = _QUERIES.sub(r"\1?[query]", _TOKENS.sub(r"\1[token]", text))
    if "@" in text:
        text = _ADDRESSES.sub("[address]", text)
    return _SECRETS.sub("[key]", text)


def places(trace: TracebackType | None) -> list[str]:
    """Where an exception came from, as `module:line`, innermost last. Its text may hold what a person typed."""
    found = []
    while trace is not None:
        found.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-_DEEPEST:]


class Redact(logging.Filter):
    """Takes tokens, keys, queries and addresses out of what any library logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redacted(record.getMessage())
        record.args = None
        return True


class JsonLine(logging.Formatter):
    """One JSON object per record; of an exception its kind and its places, never what it says."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "trace": places(record.exc_info[2])}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        return msgspec.json.encode(line).decode()


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
    return event


def _exception_by_name(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    told = event.pop("exc_info", None)
    if told:
        error = told if isinstance(told, BaseException) else sys.exc_info()[1]
        if error is not None:
            event.setdefault("error", type(error).__name__)
            event["trace"] = places(error.__traceback__)
    return event


def configure(level: str = "INFO") -> None:
    """Set up logging for a process: everything goes to stderr as JSON, redacted."""
    root = logging.getLogger()
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redact())
    handler.setFormatter(JsonLine())
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
