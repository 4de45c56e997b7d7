"""A form counts only from the browser that was shown it."""

import re

import httpx
import pytest

from guardian import keys
from guardian.errors import NotAllowed
from guardian.web import csrf

RING = keys.parse("a:" + "s" * 40)
COOKIE = csrf.new_cookie()


def test_the_field_of_the_cookie_is_accepted() -> None:
    csrf.check(RING, COOKIE, csrf.field_of(RING, COOKIE))


@pytest.mark.parametrize(
    ("cookie", "field"),
    [
        (None, csrf.field_of(RING, COOKIE)),
        (COOKIE, None),
        (COOKIE, ""),
        (COOKIE, "ż" * 40),
        (COOKIE, csrf.field_of(RING, csrf.new_cookie())),
        (csrf.new_cookie(), csrf.field_of(RING, COOKIE)),
        (COOKIE, csrf.field_of(keys.parse("a:" + "t" * 40), COOKIE)),
        ("x" * 5000, csrf.field_of(RING, "x" * 5000)),
    ],
    ids=["no cookie", "no field", "empty field", "other letters", "field of another", "cookie of another",
         "made with another key", "endless cookie"],
)  # fmt: skip
def test_anything_else_is_refused(cookie: str | None, field: str | None) -> None:
    with pytest.raises(NotAllowed) as refusal:
        csrf.check(RING, cookie, field)
    assert refusal.value.code == "csrf_failed"


def test_a_page_that_was_open_while_the_key_was_renewed_still_counts() -> None:
    csrf.check(keys.parse("b:" + "t" * 40 + "\na:" + "s" * 40), COOKIE, csrf.field_of(RING, COOKIE))


def test_only_https_gets_the_prefix_that_binds_to_the_host() -> None:
    assert csrf.cookie_name(https=True).startswith("__Host-")
    assert not csrf.cookie_name(https=False).startswith("__Host-")


async def test_the_cookie_is_closed_to_scripts_and_other_sites(https_site: httpx.AsyncClient) -> None:
    cookie = (await https_site.get("/school/learners")).headers["set-cookie"].lower()
    assert cookie.startswith("__host-")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


async def test_a_form_sent_back_is_read_and_one_without_proof_is_explained(site: httpx.AsyncClient) -> None:
    page = (await site.get("/school/learners")).text
    found = re.search(r'name="_csrf" value="(\w+)"', page)
    assert found
    sent = await site.post("/g/token", data={"_csrf": found[1], "name": " Zoë\x00 "})
    assert (sent.status_code, sent.text) == (200, "Zoë")
    again = await site.post("/g/token", data={"_csrf": found[1], "name": "Zoë"}, files={"nothing": b""})
    assert (again.status_code, again.text) == (200, "Zoë")
    refused = await site.post("/g/token", data={"name": "Zoë"}, headers={"accept": "text/html"})
    assert refused.status_code == 403
    assert "reload the page and press the button again" in refused.text
    assert "csrf_failed" in refused.text


async def test_two_tabs_share_one_cookie(site: httpx.AsyncClient) -> None:
    first = re.findall(r'name="_csrf" value="(\w+)"', (await site.get("/school/learners")).text)
    second = re.findall(r'name="_csrf" value="(\w+)"', (await site.get("/school/learners")).text)
    assert first == second != []
