"""A NUL or half a character: JSON and addresses can carry them, no text in the database can. Never an error of ours."""

from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from guardian.access.service import decide_by_platform_id
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.web.problems import HANDLERS


@pytest.mark.parametrize("name", ["\0", "L-1\0", "\ud800"])
async def test_an_id_that_no_text_can_be_is_an_unknown_learner(ctx: Context, name: str) -> None:
    found = await decide_by_platform_id(ctx, [name, "L-nobody"])
    assert [found[one].reasons for one in (name, "L-nobody")] == [("unknown_learner",)] * 2


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_elsewhere_it_is_refused_with_a_sentence(ctx: Context, value: str) -> None:
    @get("/v1/kept")
    async def keep() -> str:
        async with ctx.transaction(SYSTEM) as tx:
            return str(await tx.fetchval("select $1::text", value))

    asgi: Any = Litestar([keep], exception_handlers=HANDLERS)
    transport = httpx.ASGITransport(app=asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://guardian.example.org") as client:
        answer = await client.get("/v1/kept")
    assert (answer.status_code, answer.json()["code"]) == (422, "text_unusable")
    assert answer.headers["content-type"] == "application/problem+json"
