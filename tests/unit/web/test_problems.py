"""Errors become problem documents (RFC 9457) or pages, and repeat nothing that was sent."""

from typing import Any

import httpx
import pytest

from guardian import errors
from guardian.web.problems import STATUS, TITLES
from tests.unit.web.conftest import TYPED

JSON = {"content-type": "application/json"}
HTML = {"accept": "text/html,application/xhtml+xml"}


async def posted(site: httpx.AsyncClient, body: str, kind: str = "application/json") -> httpx.Response:
    return await site.post("/v1/things", content=body, headers={"content-type": kind})


async def wrong(site: httpx.AsyncClient, body: str) -> list[dict[str, Any]]:
    answer = await posted(site, body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    found: list[dict[str, Any]] = answer.json()["errors"]
    return found


def test_every_kind_of_refusal_has_a_status_and_a_title() -> None:
    kinds = {kind.kind for kind in errors.GuardianError.__subclasses__()} | {errors.GuardianError.kind}
    assert kinds == set(STATUS)
    assert set(STATUS.values()) <= set(TITLES)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ('{"colour": "TYPED", "count": 1}', "#/colour", "wrong_value"),
        ('{"colour": "red", "count": "TYPED"}', "#/count", "wrong_type"),
        ('{"colour": "red", "count": 0}', "#/count", "wrong_type"),
        ('{"count": 1}', "#/colour", "missing"),
        ('{"colour": "red", "count": 1, "TYPED": 1}', "#", "unknown_field"),
        ('{"colour": "red", "count": 1, "labels": [7]}', "#/labels/0", "wrong_type"),
    ],
)
async def test_each_wrong_field_is_pointed_at_and_not_repeated(
    site: httpx.AsyncClient, body: str, pointer: str, code: str
) -> None:
    found = await wrong(site, body.replace("TYPED", TYPED))
    assert [(one["pointer"], one["in"], one["code"]) for one in found] == [(pointer, "body", code)]
    assert "Anna" not in str(found)


async def test_the_query_is_judged_alike_and_not_repeated(site: httpx.AsyncClient) -> None:
    answer = await site.get("/v1/things", params={"count": TYPED})
    assert [(one["pointer"], one["in"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/count", "query", "wrong_type")
    ]
    assert "Anna" not in answer.text
    absent = (await site.get("/v1/things")).json()["errors"]
    assert [(one["pointer"], one["in"], one["code"]) for one in absent] == [("#/count", "query", "missing")]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{{", "application/json", 400, "request_malformed"),
        ("a=1", "text/plain", 415, "media_type_unsupported"),
        ("x" * 2_000_000, "application/json", 413, "body_too_large"),
    ],
)
async def test_unreadable_bodies(site: httpx.AsyncClient, body: str, kind: str, status: int, code: str) -> None:
    answer = await posted(site, body, kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_problem_has_its_stable_members(site: httpx.AsyncClient) -> None:
    answer = await site.get("/v1/nowhere?email=anna@example.org")
    problem = answer.json()
    assert problem["type"] == "urn:guardian:problem:not_found"
    assert (problem["status"], problem["code"], problem["title"]) == (404, "not_found", "Not found")
    assert "/schema/openapi.json" in problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "anna" not in answer.text


async def test_405_keeps_the_allowed_methods(site: httpx.AsyncClient) -> None:
    answer = await site.put("/v1/things")
    assert answer.status_code == 405
    assert "`Allow`" in answer.json()["detail"]
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


async def test_429_says_when_to_come_back(site: httpx.AsyncClient) -> None:
    answer = await site.get("/v1/slow-down")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["detail"] == "Wait 7 seconds."


async def test_a_database_that_is_gone_is_503(site: httpx.AsyncClient) -> None:
    answer = await site.get("/v1/unreachable")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/v1/broken", "/v1/file-missing"])
async def test_a_defect_is_500_and_tells_nothing(
    site: httpx.AsyncClient, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "Anna" not in answer.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "This page does not exist"), ("fr", "Cette page n’existe pas"), ("pl", "Ta strona nie istnieje")],
)
async def test_a_browser_gets_a_page_in_its_language(site: httpx.AsyncClient, language: str, title: str) -> None:
    answer = await site.get("/nowhere?email=anna@example.org", headers={**HTML, "accept-language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert title in answer.text
    assert "not_found" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "anna" not in answer.text


async def test_who_asks_for_json_gets_json_anywhere(site: httpx.AsyncClient) -> None:
    answer = await site.get("/nowhere", headers={"accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_who_sends_json_is_answered_in_json_wherever_it_was_sent(site: httpx.AsyncClient) -> None:
    answer = await site.post("/nowhere", content="{}", headers={**JSON, "accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    browser = await site.post("/nowhere", content="{}", headers={**JSON, **HTML})
    assert browser.headers["content-type"].startswith("text/html")


async def test_a_balancer_may_ask_for_health_by_head(site: httpx.AsyncClient) -> None:
    assert (await site.head("/health/live")).status_code == 200
