"""A browser without JavaScript: it keeps cookies and sends forms as they stand on the page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any, cast

import httpx
from litestar import Litestar

from guardian.context import Context
from guardian.web.application import make_application


@asynccontextmanager
async def browser(ctx: Context, *routes: Any, language: str = "en") -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with these routes."""

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        app.state.context = ctx
        yield

    app = make_application(ctx.settings, routes, lifespan=[life])
    app.state.context = ctx
    transport = httpx.ASGITransport(app=cast("Any", app))
    headers = {"accept-language": language, "accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url=ctx.settings.base_url, headers=headers) as client:
        yield client


def form(page: httpx.Response, action: str) -> dict[str, str]:
    """The fields of the form with this action, as a browser would send them untouched."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert found, f"no form {action}"
    fields = {}
    for tag in re.findall(r"<input[^>]*>", found.group(1)):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if attributes.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in attributes:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    return fields
