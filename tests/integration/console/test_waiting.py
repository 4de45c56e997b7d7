"""The page of a learner who is blocked: a reason in plain words, a next step, and nobody's answer given away."""

import re
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from guardian.access.codes import CODES, PERMITS
from guardian.access.plain import kind_of
from guardian.console import front
from guardian.context import Context
from guardian.web.application import make_application

KINDS = ("school", "guardian", "you", "check", "gone", "later")
TELLING = ("declined", "withdrawn", "revoked", "disagree", "refus", "odmów", "wycof", "nie zgodz", "mère", "mother")


@pytest.fixture
async def web(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    app = make_application(ctx.settings, front.ROUTES, lifespan=[])
    app.state.context = ctx
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def test_each_kind_says_something_of_its_own_in_each_language(web: httpx.AsyncClient) -> None:
    for language in ("en", "fr", "pl"):
        pages = [(await web.get("/waiting", params={"why": kind, "lang": language})).text for kind in ("", *KINDS)]
        bodies = [page[page.index("<main") : page.index("</main>")] for page in pages]
        assert len(set(bodies)) == len(bodies)
        for body in bodies:
            assert body.count("<li>") >= 1, "a next step"
            assert not [word for word in TELLING if word in body.casefold()]


async def test_a_code_becomes_its_kind_before_anything_is_shown(web: httpx.AsyncClient) -> None:
    for code in CODES:
        answer = await web.get("/waiting", params={"why": code})
        expected = "/waiting" if code in PERMITS else f"/waiting?why={kind_of(code)}"
        assert (code, answer.status_code, answer.headers["location"]) == (code, 303, expected)
    asked = {kind_of(code) for code in CODES if code.startswith(("consent_", "guardians_", "no_guardian", "method_"))}
    assert asked | {kind_of("verification_pending")} == {"guardian"}, "whatever guardians did, it looks the same"


@pytest.mark.parametrize("why", ["", *KINDS, "<script>", "consent", "a" * 300])
async def test_every_link_on_it_works_while_blocked(web: httpx.AsyncClient, why: str) -> None:
    page = await web.get("/waiting", params={"why": why})
    assert page.status_code == 200
    assert "<script" not in page.text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"#]+)"', page.text)]
    assert [link for link in links if link.startswith("/waiting")]
    for link in links:
        if not link.startswith(("mailto:", "data:")):
            assert (await web.get(link)).status_code == 200, link
            assert (await web.head(link)).status_code == 200, link
