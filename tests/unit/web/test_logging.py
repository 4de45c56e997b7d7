"""Logs hold route templates and numbers: no token, no address, no query, no text of an exception."""

import io
import json
import logging
import sys

import httpx
import pytest
import structlog

from guardian.web.logging import JsonLine, Redact, configure, places, redacted


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("GET /g/Abc-123_x failed", "GET /g/[token] failed"),
        ("https://guardian.example/sign/Abc123/notice", "https://guardian.example/sign/[token]/notice"),
        ("POST /u/Abc and /sign-in/Def", "POST /u/[token] and /sign-in/[token]"),
        ("GET /school/learners?name=Anna", "GET /school/learners?[query]"),
        ("refused anna.k+1@example.org, retry", "refused [address], retry"),
        ("Authorization: Bearer gk_abc.def", "Authorization: [key]"),
        ("bad key gk_0123abcd", "bad key [key]"),
        ("ticket eyJhbGciOi.eyJzdWIi.c2ln", "ticket [key]"),
        ("route /g/{token}", "route /g/{token}"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_what_is_taken_out_of_a_line(line: str, kept: str) -> None:
    assert redacted(line) == kept


def _written(level: int, message: str, *args: object, exc_info: bool = False) -> dict[str, object]:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(Redact())
    handler.setFormatter(JsonLine())
    logger = logging.getLogger("guardian.test")
    logger.propagate = False
    logger.handlers[:] = [handler]
    logger.log(level, message, *args, exc_info=exc_info)
    (line,) = text.getvalue().splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_a_library_writes_one_json_line_with_any_text_in_it() -> None:
    line = _written(logging.WARNING, 'said "%s"\nand went to %s', "hello", "/g/Abc123")
    assert (line["event"], line["level"]) == ('said "hello"\nand went to /g/[token]', "warning")


def _fail() -> None:
    raise ValueError("Anna Kowalska")


def test_of_an_exception_the_kind_and_the_place_are_kept_and_the_text_is_not() -> None:
    try:
        _fail()
    except ValueError:
        line = _written(logging.ERROR, "it failed", exc_info=True)
    assert line["error"] == "ValueError"
    assert str(line["trace"]).count(__name__) == 2
    assert "Anna" not in str(line)


def test_our_own_logger_keeps_the_same_rule(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    configure()
    try:
        _fail()
    except ValueError:
        structlog.get_logger().exception("it.failed", to="anna@example.org")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["error"], line["to"], line["level"]) == ("ValueError", "[address]", "error")
    assert "Anna" not in str(line)


def test_the_innermost_places_are_kept() -> None:
    def deep(steps: int) -> None:
        if steps == 0:
            raise ValueError
        deep(steps - 1)

    with pytest.raises(ValueError) as raised:
        deep(30)
    assert len(places(raised.value.__traceback__)) == 8
    assert places(None) == []


@pytest.mark.parametrize(
    ("path", "template", "status"),
    [("/g/Abc123?x=anna", "/g/{token}", 200), ("/nowhere/Abc123", "-", 404), ("/broken", "/broken", 500)],
)
async def test_a_request_is_told_by_its_template(
    site: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], path: str, template: str, status: int
) -> None:
    answer = await site.get(path)
    written = capsys.readouterr().err
    line = json.loads(written.splitlines()[-1])
    assert (line["method"], line["route"], line["status"]) == ("GET", template, status)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["ms"] >= 0
    assert "Abc123" not in written
    assert "anna" not in written


async def test_a_quiet_log_stays_quiet(site: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel("ERROR")
    try:
        await site.get("/health/live")
    finally:
        root.setLevel(before)
    assert capsys.readouterr().err == ""
    assert sys.stderr is not None
