"""Who may open which page: the right side sees it, everybody else is refused, and nothing happens without our form."""

import re
from uuid import UUID

import pytest

from guardian.console.pages import ROUTES
from guardian.context import Context
from tests.integration.console import desk
from tests.integration.console.desk import World, at

SCHOOL = [
    "/school", "/school/learners", "/school/learners?state=waiting", "/school/learners?class=4a", "/school/rosters",
    "/school/learners/{anna}", "/school/learners/{leon}", "/school/learners/{anna}/guardians/{alice}",
    "/school/authorisations", "/school/authorisations/new", "/school/authorisations/{authorisation}/revoke",
    "/school/authorisations/{authorisation}/suspend",
    "/school/rosters/progress.js",
]  # fmt: skip
ADMIN = [
    "/admin", "/admin/flags", "/admin/flags?kind=no_basis", "/admin/institutions", "/admin/institutions/invite",
    "/admin/institutions/{school}", "/admin/learners/{anna}", "/admin/learners/{leon}", "/admin/learners/{anna}/purge",
    "/admin/learners/{anna}/hold", "/admin/purges", "/admin/purges?state=done", "/admin/clients", "/admin/audit",
    "/admin/audit?check=yes", "/admin/authorisations/{authorisation}/suspend", "/admin/institutions/{school}/end",
]  # fmt: skip
OFFICERS_ONLY = [path for path in ADMIN if re.search(r"purge$|hold$|suspend|invite", path)]


def filled(path: str, world: World) -> str:
    return path.format(**{name: getattr(world, name) for name in World.__struct_fields__})


async def test_pages_of_a_school_open_for_its_staff_and_for_nobody_else(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob, at(ctx, world.olga) as olga, at(ctx, None) as nobody:
        for path in [filled(path, world) for path in SCHOOL]:
            assert (path, (await bob.get(path)).status_code) == (path, 200)
            assert (path, (await bob.head(path)).status_code) == (path, 200)
            if path.endswith(".js"):
                continue
            assert (path, (await olga.get(path)).status_code) == (path, 403)
            assert (await nobody.get(path)).headers["location"].startswith("/sign-in")


async def test_pages_of_the_operator_open_for_the_operator_and_for_nobody_else(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga, at(ctx, world.bob) as bob, at(ctx, None) as nobody:
        for path in [filled(path, world) for path in ADMIN]:
            assert (path, (await olga.get(path)).status_code) == (path, 200)
            assert (path, (await olga.head(path)).status_code) == (path, 200)
            assert (path, (await bob.get(path)).status_code) == (path, 403)
            assert (await nobody.get(path)).headers["location"].startswith("/sign-in")


async def test_who_may_only_look_at_the_operators_may_not_act(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.rita) as rita:
        assert (await rita.get(f"/admin/learners/{world.anna}")).status_code == 200
        for path in [filled(path, world) for path in OFFICERS_ONLY]:
            assert (path, (await rita.get(path)).status_code) == (path, 403)


@pytest.mark.parametrize("language", ["en", "fr", "pl"])
async def test_every_page_speaks_the_readers_language(ctx: Context, language: str) -> None:
    world = await desk.build(ctx)
    for staff, paths in ((world.bob, SCHOOL[:-1]), (world.olga, ADMIN)):
        async with at(ctx, staff, language) as client:
            for path in paths:
                page = await client.get(filled(path, world))
                assert page.status_code == 200
                assert f'<html lang="{language}"' in page.text


async def test_another_schools_things_are_not_found(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.charlie) as charlie:
        for path in [filled(path, world) for path in SCHOOL if "{" in path]:
            assert (path, (await charlie.get(path)).status_code) == (path, 404)
        assert "Anna" not in (await charlie.get("/school/learners")).text


def _posts() -> list[str]:
    return sorted(
        path for handler in ROUTES for path in handler.paths if "POST" in {str(m) for m in handler.http_methods}
    )


async def test_no_form_is_taken_that_is_not_ours(ctx: Context) -> None:
    world = await desk.build(ctx)
    before = await desk.one(ctx, "select count(*) from audit")
    assert len(_posts()) > 15
    async with at(ctx, world.bob) as bob, at(ctx, world.olga) as olga:
        for path in _posts():
            where = re.sub(r"\{act:str\}", "suspend", re.sub(r"\{\w+:uuid\}", str(UUID(int=7)), path))
            client = olga if where.startswith("/admin") else bob
            answer = await client.post(where, data={"_csrf": "0" * 40, "mode": "additions"})
            assert (path, answer.status_code) == (path, 403)
    assert await desk.one(ctx, "select count(*) from audit") == before


async def test_the_first_address_leads_to_ones_own_desk(ctx: Context) -> None:
    world = await desk.build(ctx)
    for staff, home in ((world.bob, "/school"), (world.olga, "/admin"), (None, "/sign-in")):
        async with at(ctx, staff) as client:
            assert (await client.get("/")).headers["location"] == home


async def test_the_waiting_page_knows_nobody(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, None) as client:
        page = await client.get("/waiting")
        assert page.status_code == 200
        assert "nothing wrong" in page.text
        asked = (await client.get(f"/waiting?learner={world.anna}")).text
        assert "Anna" not in asked
        assert [part.partition("</nav>")[2] for part in (page.text, asked)] == [page.text.partition("</nav>")[2]] * 2
        assert "<script" not in page.text


async def test_the_signed_document_is_no_act_of_the_operators(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga:
        answer = await olga.get(f"/admin/authorisations/{world.authorisation}/document.pdf")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
