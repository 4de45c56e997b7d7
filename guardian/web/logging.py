"""Logs for machines: JSON lines with ids and route templates, never a person's data, a token or a query string."""

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec
import structlog

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
