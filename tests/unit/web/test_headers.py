"""Every answer carries the security headers, whoever gives it."""

import time

import httpx
import pytest

from guardian.web.headers import SecurityHeaders

ANSWERS = [
    ("GET", "/g/some-token"), ("HEAD", "/g/some-token"), ("GET", "/school/learners"), ("GET", "/nowhere"),
    ("PUT", "/school/learners"), ("GET", "/broken"), ("GET", "/v1/broken"), ("GET", "/v1/nowhere"),
    ("GET", "/static/guardian.css"), ("GET", "/static/nothing.css"), ("OPTIONS", "/g/some-token"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ANSWERS)
async def test_every_answer_has_them(site: httpx.AsyncClient, method: str, path: str) -> None:
    sent = (await site.request(method, path)).headers
    assert sent["x-content-type-options"] == "nosniff"
    assert sent["referrer-policy"] == "no-referrer"
    assert sent["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in sent["permissions-policy"]
    assert sent["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in sent["content-security-policy"]
    assert "unsafe" not in sent["content-security-policy"]
    assert len(sent["x-request-id"]) == 16


async def test_a_letter_runs_no_script(site: httpx.AsyncClient) -> None:
    assert "script-src" not in (await site.get("/g/some-token")).headers["content-security-policy"]


async def test_a_desk_runs_only_our_own_script(site: httpx.AsyncClient) -> None:
    assert "script-src 'self'" in (await site.get("/school/learners")).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/g/some-token", "/u/some-token", "/sign/some-token", "/sign-in/some-token"])
async def test_mailed_pages_are_not_indexed_nor_kept(site: httpx.AsyncClient, path: str) -> None:
    sent = (await site.get(path)).headers
    assert (sent["x-robots-tag"], sent["cache-control"]) == ("noindex, nofollow", "no-store")


async def test_only_https_is_remembered_for_https(site: httpx.AsyncClient, https_site: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await site.get("/health/live")).headers
    assert "max-age=" in (await https_site.get("/health/live")).headers["strict-transport-security"]


async def test_a_caller_cannot_choose_the_request_number(site: httpx.AsyncClient) -> None:
    answer = await site.get("/health/live", headers={"x-request-id": "anna@example.org"})
    assert answer.headers.get_list("x-request-id") != ["anna@example.org"]
    assert len(answer.headers.get_list("x-request-id")) == 1


async def test_what_a_response_says_itself_stands() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"private")]})  # type: ignore[operator]

    sent: list[tuple[bytes, bytes]] = []

    async def send(message: dict[str, list[tuple[bytes, bytes]]]) -> None:
        sent.extend(message["headers"])

    await SecurityHeaders(app, https=False)({"type": "http", "path": "/v1/x"}, None, send)  # type: ignore[arg-type]
    assert [value for name, value in sent if name.lower() == b"cache-control"] == [b"private"]


async def test_the_headers_cost_less_than_20_microseconds() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b"x"), (b"vary", b"y")]})  # type: ignore[operator]

    async def send(message: object) -> None:
        pass

    scope = {"type": "http", "path": "/v1/learners/a/decision", "state": {"request_id": "0" * 16}}

    async def seconds(one: object) -> float:
        started = time.perf_counter()
        for _ in range(500):
            await one(scope, None, send)  # type: ignore[operator]
        return (time.perf_counter() - started) / 500

    wrapped = SecurityHeaders(app, https=True)
    # The least of several: a shared machine is only ever slower than the code.
    bare = min([await seconds(app) for _ in range(7)])
    assert min([await seconds(wrapped) for _ in range(7)]) - bare < 20e-6
