"""Static files may be kept for ever under the address that names their content, and only there."""

import gzip

import httpx
import pytest

from guardian.resources import STATIC
from guardian.web.static_files import load
from guardian.web.templating import asset


async def test_under_its_hash_it_is_kept_for_ever(site: httpx.AsyncClient) -> None:
    answer = await site.get(asset("guardian.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.content == (STATIC / "guardian.css").read_bytes()


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000"])
async def test_under_any_other_address_it_is_asked_for_again(site: httpx.AsyncClient, query: str) -> None:
    assert (await site.get(f"/static/guardian.css{query}")).headers["cache-control"] == "no-cache"


async def test_it_is_not_sent_twice(site: httpx.AsyncClient) -> None:
    tag = (await site.get("/static/guardian.js")).headers["etag"]
    again = await site.get("/static/guardian.js", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_it_is_packed_only_for_who_can_unpack_it(site: httpx.AsyncClient) -> None:
    plain = await site.get("/static/guardian.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(load("guardian.css").content)
    packed = await site.get("/static/guardian.css", headers={"accept-encoding": "gzip"})
    assert int(packed.headers["content-length"]) == len(load("guardian.css").packed) < len(plain.content) / 2
    assert gzip.decompress(load("guardian.css").packed) == plain.content


@pytest.mark.parametrize(
    "path", ["/static/", "/static/nothing.css", "/static/..%2f__init__.py", "/static/%2e%2e/page.py", "/static/.css"]
)
async def test_nothing_else_can_be_had(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.get(path)).status_code == 404


async def test_a_head_answers_like_a_get(site: httpx.AsyncClient) -> None:
    got, headed = await site.get("/static/guardian.css"), await site.head("/static/guardian.css")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"]
