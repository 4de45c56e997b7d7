"""Notices in the control room: begun, written, compared, weighed, published; read by all, written by officers."""

import html
import re

import httpx
import pytest

from guardian.context import Context
from tests import seed
from tests.integration.console import desk
from tests.integration.console.desk import World, at, one


@pytest.fixture
async def world(ctx: Context) -> World:
    return await desk.build(ctx)


async def post(client: httpx.AsyncClient, path: str, page: str, **fields: str) -> httpx.Response:
    """Send a form of a page, with what the page hides in it."""
    shown = await client.get(page)
    found = re.findall(r'<input type="hidden" name="(seen|_\w+)" value="([^"]+)"', shown.text)
    return await client.post(path, data={**dict(found), **fields})


async def text_fields(client: httpx.AsyncClient, language: str) -> dict[str, str]:
    """The fields of the text form, as a browser would send them."""
    page = (await client.get(f"/admin/notices/draft/text/{language}")).text
    found = dict(re.findall(r'<input id="([\w.]+)" name="[\w.]+" type="text"[^>]*? value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea id="([\w.]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    return {name: html.unescape(value) for name, value in found.items()}


async def test_from_the_first_word_to_the_published_version(ctx: Context, world: World) -> None:
    async with at(ctx, world.olga) as olga:
        assert "Version 1" in (await olga.get("/admin/notices")).text
        made = await post(olga, "/admin/notices/draft", "/admin/notices")
        assert (made.status_code, made.headers["location"]) == (303, "/admin/notices/draft")
        assert "exactly what the version in force says" in (await olga.get("/admin/notices/draft")).text
        path = "/admin/notices/draft/text/fr"
        fields = await text_fields(olga, "fr")
        assert len(fields) == 22 + 4 * 4
        again = await post(olga, path, path, **fields)
        assert again.status_code == 303
        assert "exactly what the version in force says" in (await olga.get("/admin/notices/draft")).text
        await post(olga, path, path, **{**fields, "rights": " ", "intro": "Zażółć <b>gęślą</b> jaźń"})
        shown = (await olga.get("/admin/notices/draft")).text
        assert "One thing is missing" in shown
        assert "16 CFR 312.6, GDPR art. 13(2)(b)" in shown
        assert "Check and publish" not in shown
        await post(olga, path, path, **{**fields, "intro": "Zażółć <b>gęślą</b> jaźń"})
        compared = (await olga.get("/admin/notices/draft/compare?text=fr")).text
        assert "Zażółć &lt;b&gt;gęślą&lt;/b&gt; jaźń" in re.sub(r"</?ins>", "", compared)
        weighed = (await olga.get("/admin/notices/draft/publish")).text
        assert 'value="no" checked' in weighed
        done = await post(olga, "/admin/notices/draft/publish", "/admin/notices/draft/publish", material="no")
        assert done.headers["location"] == "/admin/notices?done=published"
        assert "Version 2" in (await olga.get("/admin/notices?done=published")).text
    assert await one(ctx, "select count(*) from notices where version = 0") == 0
    assert await one(ctx, "select material from notices where version = 2") is False


async def test_the_weighing_names_whom_a_material_change_concerns(ctx: Context, world: World) -> None:
    now = ctx.clock.now()
    for purpose in ("lessons", "recordings", "analytics"):
        await seed._insert(
            ctx, "consents", learner=world.anna, guardian=world.alice, purpose=purpose, state="given",
            method="email_plus", notice_version=1, notice_sha256="0" * 64, recorded_at=now, completed_at=now,
            act=ctx.new_id(),
        )  # fmt: skip
    async with at(ctx, world.olga, "pl") as olga:
        await post(olga, "/admin/notices/draft", "/admin/notices")
        page = "/admin/notices/draft/purpose?code=lessons"
        fields = {
            "code": "lessons",
            "core": "yes",
            "retention": "P2Y",
            "categories": "identity, chat",
            "recipients": "school",
        }
        saved = await post(olga, "/admin/notices/draft/purpose", page, **fields)
        assert saved.status_code == 303
        weighed = (await olga.get("/admin/notices/draft/publish")).text
        assert "Maple School" in weighed
        assert str(world.anna) in weighed
        assert "Kowal" not in weighed  # ids, no names
        refused = await post(olga, "/admin/notices/draft/publish", "/admin/notices/draft/publish", material="no")
        assert refused.status_code == 422
        assert "istotna zmiana" in refused.text
        weighed_again = await post(
            olga, "/admin/notices/draft/simulate", "/admin/notices/draft/publish",
            **{"material": "yes", "changed-recordings": "yes"},
        )  # fmt: skip
        assert weighed_again.status_code == 200
        assert weighed_again.text.count(" checked") == 3  # yes; lessons, which must be asked again; recordings
        done = await post(olga, "/admin/notices/draft/publish", "/admin/notices/draft/publish", material="yes")
        assert done.status_code == 303
    assert await one(ctx, "select changed from notices where version = 2") == ["lessons"]


async def test_what_somebody_else_saved_is_not_lost(ctx: Context, world: World) -> None:
    async with at(ctx, world.olga) as olga:
        await post(olga, "/admin/notices/draft", "/admin/notices")
        fields = await text_fields(olga, "en")
        path = "/admin/notices/draft/text/en"
        old = re.search(r'name="seen" value="([0-9a-f]+)"', (await olga.get(path)).text)
        assert old is not None
        await post(olga, path, path, **{**fields, "intro": "First."})
        late = await post(olga, path, path, **{**fields, "intro": "Second."}, seen=old[1])
        assert late.status_code == 409
        assert "Second." in late.text  # what was typed is still there
        for page in ("/admin/notices/draft/publish", "/admin/notices/draft/purpose/drop"):
            assert (await post(olga, page, path, seen=old[1], material="no", code="lessons")).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "a b", "retention": "P1Y"},
        {"code": "", "retention": "P1Y"},
        {"code": "x" * 200},
        {"code": "../../etc"},
        {"code": "lessons;drop"},
    ],
)
async def test_a_purpose_without_a_proper_name_is_refused(ctx: Context, world: World, fields: dict[str, str]) -> None:
    async with at(ctx, world.olga) as olga:
        await post(olga, "/admin/notices/draft", "/admin/notices")
        page = "/admin/notices/draft/purpose"
        assert (await post(olga, page, page, **fields)).status_code == 422


async def test_ugly_addresses_and_fields(ctx: Context, world: World) -> None:
    async with at(ctx, world.olga) as olga:
        for path in ("draft/text/en", "draft/purpose", "draft/compare", "draft/publish", "draft"):
            assert (await olga.get(f"/admin/notices/{path}")).status_code == 303  # nothing is begun
        await post(olga, "/admin/notices/draft", "/admin/notices")
        for path in ("draft/text/xx", "draft/purpose?code=nothing", f"{ctx.new_id()}"):
            assert (await olga.get(f"/admin/notices/{path}")).status_code == 404, path
        long = await post(olga, "/admin/notices/draft/text/en", "/admin/notices/draft/text/en", intro="x" * 10_001)
        assert long.status_code == 422
        assert (await olga.get("/admin/notices/draft/compare?text=%00")).status_code == 200
        gone = await post(olga, "/admin/notices/draft/discard", "/admin/notices/draft")
        assert gone.headers["location"] == "/admin/notices?done=discarded"


async def test_who_may_read_and_who_may_write(ctx: Context, world: World) -> None:
    async with at(ctx, world.olga) as olga:
        await post(olga, "/admin/notices/draft", "/admin/notices")
    async with at(ctx, world.rita) as rita:
        assert (await rita.get("/admin/notices/draft")).status_code == 200
        assert (await rita.get("/admin/notices/draft/compare")).status_code == 200
        assert (await rita.get(f"/admin/notices/{world.notice}")).status_code == 200
        for path in ("draft/text/en", "draft/purpose", "draft/publish"):
            assert (await rita.get(f"/admin/notices/{path}")).status_code == 403
        assert (await post(rita, "/admin/notices/draft/discard", "/admin/notices")).status_code == 403
    async with at(ctx, world.bob) as bob:
        assert (await bob.get("/admin/notices")).status_code in {303, 403, 404}
    assert await one(ctx, "select count(*) from notices where version = 0") == 1
