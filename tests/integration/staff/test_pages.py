"""Signing in through the pages: a GET signs nobody in, every address gets the same answer."""

from typing import Any

import httpx
import msgspec
import pytest
from litestar import get

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.staff import service
from guardian.staff.pages import ROUTES
from guardian.staff.session import current_staff, staff_of
from guardian.web.page import AnyRequest
from tests import seed
from tests.conftest import FixedClock
from tests.integration.staff.browser import browser, form


@get("/school/probe", include_in_schema=False)
async def school_probe(request: AnyRequest) -> dict[str, Any]:
    actor = await staff_of(request, "institution_admin", institution=True)
    return {"id": str(actor.id), "name": request.state.staff.name, "place": request.state.staff.institution_name}


@get("/admin/probe", include_in_schema=False)
async def admin_probe(request: AnyRequest) -> dict[str, str]:
    actor = await staff_of(request, institution=False)
    return {"id": str(actor.id)}


@get("/probe", include_in_schema=False)
async def probe(request: AnyRequest) -> dict[str, bool]:
    return {"signed_in": await current_staff(request) is not None}


PAGES = [*ROUTES, school_probe, admin_probe, probe]


async def _ask(client: httpx.AsyncClient, email: str, path: str = "/sign-in") -> httpx.Response:
    page = await client.get(path)
    return await client.post("/sign-in", data={**form(page, "/sign-in"), "email": email})


async def _enter(client: httpx.AsyncClient, url: str) -> httpx.Response:
    path = httpx.URL(url).path
    page = await client.get(path)
    return await client.post(path, data=form(page, path))


async def _letters(ctx: Context) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval("select count(*) from mail_messages where letter = 'staff_sign_in'"))


async def test_every_address_gets_the_same_answer(ctx: Context) -> None:
    await seed.staff(ctx, await seed.institution(ctx))
    async with browser(ctx, *PAGES) as client:
        known = await _ask(client, "bob@maple.example.org")
        unknown = await _ask(client, "nobody@maple.example.org")
        assert (known.status_code, known.headers["location"]) == (303, "/sign-in/sent")
        assert (unknown.status_code, unknown.headers["location"]) == (303, "/sign-in/sent")
        assert known.headers.get_list("set-cookie") == unknown.headers.get_list("set-cookie")
        assert "Look in your inbox" in (await client.get("/sign-in/sent")).text
    assert await _letters(ctx) == 1


async def test_what_is_no_address_comes_back_with_what_was_typed(ctx: Context) -> None:
    async with browser(ctx, *PAGES) as client:
        page = await _ask(client, 'bob"@x')
        assert page.status_code == 422
        assert "whole e-mail address" in page.text
        assert "bob&#34;@x" in page.text


async def test_a_form_from_elsewhere_is_refused(ctx: Context) -> None:
    await seed.staff(ctx, await seed.institution(ctx))
    async with browser(ctx, *PAGES) as client:
        for data in ({"email": "bob@maple.example.org"}, {"email": "bob@maple.example.org", "_csrf": "0" * 40}):
            assert (await client.post("/sign-in", data=data)).status_code == 403
    assert await _letters(ctx) == 0


async def test_opening_a_link_signs_nobody_in_and_the_button_does_once(ctx: Context) -> None:
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    url = await service.sign_in_link(ctx, bob)
    path = httpx.URL(url).path
    async with browser(ctx, *PAGES) as scanner:
        for method in ("HEAD", "GET", "GET", "HEAD", "GET"):
            assert (await scanner.request(method, path)).status_code == 200
        assert (await scanner.get("/probe")).json() == {"signed_in": False}
    async with browser(ctx, *PAGES) as client:
        entered = await _enter(client, url)
        assert (entered.status_code, entered.headers["location"]) == (303, "/school")
        assert (await client.get("/school/probe")).json() == {
            "id": str(bob), "name": "Bob Staff", "place": "Maple School",
        }  # fmt: skip
        assert (await client.get("/sign-in")).headers["location"] == "/school"
        used = await client.get(path)
        assert (used.status_code, "has been used" in used.text) == (200, True)
    async with browser(ctx, *PAGES) as other:
        page = await other.get("/sign-in")
        refused = await other.post(path, data=form(page, "/sign-in"))
        assert (refused.status_code, "has been used" in refused.text) == (409, True)
        assert (await other.get("/probe")).json() == {"signed_in": False}


async def test_the_cookie_is_kept_from_scripts_and_other_sites(ctx: Context) -> None:
    olga = await seed.staff(ctx, None, "olga@operator.example.org")
    async with browser(ctx, *PAGES) as client:
        entered = await _enter(client, await service.sign_in_link(ctx, olga))
        assert entered.headers["location"] == "/admin"
        made = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("guardian-staff="))
        assert "HttpOnly" in made
        assert "SameSite=lax" in made
        assert "Path=/" in made
        assert "Secure" not in made
    secure = msgspec.structs.replace(
        ctx, settings=msgspec.structs.replace(ctx.settings, base_url="https://guardian.example.org")
    )
    async with browser(secure, *PAGES) as client:
        entered = await _enter(client, await service.sign_in_link(secure, olga))
        made = next(c for c in entered.headers.get_list("set-cookie") if c.startswith("__Host-guardian-staff="))
        assert "Secure" in made
        assert "Domain" not in made


async def test_a_desk_sends_a_stranger_to_sign_in_and_back(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    async with browser(ctx, *PAGES) as client:
        sent = await client.get("/school/probe")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/school/probe")
        await _ask(client, "bob@maple.example.org", sent.headers["location"])
        entered = await _enter(client, await service.sign_in_link(ctx, bob))
        assert entered.headers["location"] == "/school/probe"


@pytest.mark.parametrize("wish", ["//evil.example.com", "https://evil.example.com", "/g/abc"])
async def test_nobody_is_sent_elsewhere_after_signing_in(ctx: Context, wish: str) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    async with browser(ctx, *PAGES) as client:
        page = await client.get("/sign-in", params={"next": wish})
        assert "evil" not in page.text
        await client.post("/sign-in", data={**form(page, "/sign-in"), "email": "bob@maple.example.org", "next": wish})
        client.cookies.set("guardian-next", wish)
        entered = await _enter(client, await service.sign_in_link(ctx, bob))
        assert entered.headers["location"] == "/school"


async def test_each_side_is_closed_to_the_other(ctx: Context) -> None:
    school = await seed.institution(ctx)
    bob, rita = await seed.staff(ctx, school), await seed.staff(ctx, school, "rita@maple.example.org", role="read_only")
    olga = await seed.staff(ctx, None, "olga@operator.example.org")
    for staff, path, status in (
        (bob, "/admin/probe", 403), (rita, "/school/probe", 403), (olga, "/school/probe", 403),
        (olga, "/admin/probe", 200),
    ):  # fmt: skip
        async with browser(ctx, *PAGES) as client:
            await _enter(client, await service.sign_in_link(ctx, staff))
            assert (await client.get(path)).status_code == status


async def test_signing_out_takes_the_cookie_away(ctx: Context, clock: FixedClock) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    async with browser(ctx, *PAGES) as client:
        await _enter(client, await service.sign_in_link(ctx, bob))
        token = client.cookies["guardian-staff"]
        assert (await client.get("/sign-out")).status_code == 405
        page = await client.get("/sign-in/sent")
        assert (await client.post("/sign-out")).status_code == 403
        link = await client.get(httpx.URL(await service.sign_in_link(ctx, bob)).path)
        fields = {"_csrf": form(link, "/sign-in/")["_csrf"]}
        assert page.status_code == 200
        out = await client.post("/sign-out", data=fields)
        assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
        assert "guardian-staff" not in client.cookies
    assert await service.present(ctx, token) is None


@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("fr", "Se connecter"), ("pl", "Zaloguj się")])
async def test_the_page_speaks_the_readers_language(ctx: Context, language: str, word: str) -> None:
    async with browser(ctx, *PAGES, language=language) as client:
        page = await client.get("/sign-in")
        assert f'<html lang="{language}"' in page.text
        assert word in page.text
