"""An application with a few routes of its own, and no database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, cast

import httpx
import msgspec
import pytest
from litestar import HttpMethod, get, post, route
from litestar.params import Parameter

from guardian import keys
from guardian.context import Context, SystemClock
from guardian.errors import TooMany
from guardian.settings import Settings
from guardian.web.application import make_application
from guardian.web.page import AnyRequest, Page, form_of, show

READ = [HttpMethod.GET, HttpMethod.HEAD]
TYPED = "Anna Kowalska anna@example.org"


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    colour: Literal["red", "blue"]
    count: Annotated[int, msgspec.Meta(ge=1)]
    labels: list[str] = []


@post("/v1/things")
async def make_thing(data: Thing) -> Thing:
    return data


@get("/v1/things")
async def things(count: Annotated[int, Parameter(query="count", ge=3)]) -> int:
    return count


@get("/v1/broken")
async def broken() -> None:
    raise ValueError(TYPED)


@get("/broken")
async def broken_page() -> None:
    raise ValueError(TYPED)


@get("/v1/slow-down")
async def slow_down() -> None:
    raise TooMany("too_fast", "Wait %(retry_after)d seconds.", params={"retry_after": 7})


@get("/v1/unreachable")
async def unreachable() -> None:
    # A closed port: what the driver raises when the server is not there.
    import asyncpg

    await asyncpg.connect("postgresql://nobody@127.0.0.1:9/none", timeout=2)


@get("/v1/file-missing")
async def file_missing() -> None:
    raise FileNotFoundError(TYPED)


@route("/g/{token:str}", http_method=READ)
async def letter(request: AnyRequest, token: str) -> Page:
    return show(request, "error.html", title="Title", message="Message", code=token[:0] or "code")


@post("/g/{token:str}", status_code=200)
async def answer(request: AnyRequest, token: str) -> str:
    return (await form_of(request)).get("name", token)


@get("/school/learners")
async def desk(request: AnyRequest) -> Page:
    return show(request, "components.html")


ROUTES = [
    make_thing, things, broken, broken_page, slow_down, unreachable, file_missing, letter, answer, desk,
]  # fmt: skip


@asynccontextmanager
async def visiting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = make_application(settings, ROUTES, lifespan=[])
    app.state.context = Context(
        settings=settings, keys=keys.parse(settings.secret), clock=SystemClock(), engine=cast("Any", None)
    )
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
        yield client


@pytest.fixture
async def site() -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(Settings(secret="a:" + "s" * 40, base_url="http://guardian.example")) as client:
        yield client


@pytest.fixture
async def https_site() -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(Settings(secret="a:" + "s" * 40, base_url="https://guardian.example")) as client:
        yield client
