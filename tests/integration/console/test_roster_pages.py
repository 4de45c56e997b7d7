"""From a file to learners: the plan is shown, nothing is written before the commit, a bad file gets a sentence."""

import re
from pathlib import Path

import httpx
import pytest

from guardian.context import Context
from guardian.roster.jobs import PlanRoster
from tests.integration.console import desk
from tests.integration.console.desk import at
from tests.integration.staff.browser import form

GOOD = """Student ID,First name,Last name,Date of birth,Class,Guardian 1 name,Guardian 1 relationship,Guardian 1 email
1001,Maja,Kowalska,2016-05-01,4a,Maria Kowalska,mother,maria@example.org
1002,Jan,Kowalski,2014-11-23,6b,Piotr Kowalski,father,piotr@example.org
1003,=1+1,Formula,2014-11-23,6b,Piotr Formula,father,formula@example.org
"""


def upload_form(page: httpx.Response) -> dict[str, str]:
    """The fields beside the file."""
    return {name: value for name, value in form(page, "/school/rosters").items() if name != "file"}


async def send(
    client: httpx.AsyncClient, content: bytes, mode: str = "additions", name: str = "list.csv"
) -> httpx.Response:
    fields = upload_form(await client.get("/school/rosters"))
    return await client.post("/school/rosters", data={**fields, "mode": mode}, files={"file": (name, content)})


async def press(client: httpx.AsyncClient, page: str, what: str, **more: str) -> httpx.Response:
    fields = form(await client.get(page), f"{page}/{what}")
    return await client.post(f"{page}/{what}", data={**fields, **more})


async def test_upload_plan_commit(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        answer = await send(bob, GOOD.encode())
        assert answer.status_code == 303
        where = answer.headers["location"]
        page = (await bob.get(where)).text
        assert "What this roster would change" in page
        assert "Maja Kowalska" in page
        assert "The name is a spreadsheet formula; the row is refused." in page
        assert "FORMULA_IN_NAME" in page
        assert "Maja" not in (await bob.get(f"{where}?state=rejected")).text
        assert await desk.one(ctx, "select count(*) from learners where given_name = 'Maja'") == 0
        done = await press(bob, where, "commit")
        assert done.headers["location"] == where
        assert "The roster is committed" in (await bob.get(where)).text
        assert "Maja" in (await bob.get("/school/learners")).text
    assert await desk.one(ctx, "select count(*) from learners where given_name = 'Maja'") == 1


async def test_committed_twice_is_committed_once(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, GOOD.encode())).headers["location"]
        fields = form(await bob.get(where), f"{where}/commit")
        for _ in range(2):
            assert (await bob.post(f"{where}/commit", data=fields)).status_code == 303
    assert await desk.one(ctx, "select count(*) from audit where action = 'roster.committed'") == 1


async def test_missing_learners_are_marked_only_with_the_tick(ctx: Context) -> None:
    world = await desk.build(ctx)
    for tick, marked in (("", 0), ("yes", 2)):
        async with at(ctx, world.bob) as bob:
            where = (
                await send(bob, GOOD.encode() + f"{tick or 'no'},X,Y,2015-01-01,4a,,,\n".encode(), "snapshot")
            ).headers["location"]
            page = (await bob.get(where)).text
            assert "are not in the file" in page
            assert not re.search(r'name="confirm_missing"[^>]* checked', page)
            await press(bob, where, "commit", **({"confirm_missing": tick} if tick else {}))
        found = await desk.one(
            ctx, "select count(*) from enrolments where missing_since is not null and learner = any($1)",
            [world.anna, world.leon],
        )  # fmt: skip
        assert (tick, found) == (tick, marked)


async def test_a_cancelled_upload_writes_nothing_and_keeps_no_file(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, GOOD.encode())).headers["location"]
        assert (await press(bob, where, "cancel")).status_code == 303
        assert "This upload was cancelled" in (await bob.get(where)).text
    assert await desk.one(ctx, "select count(*) from roster_chunks") == 0
    assert await desk.one(ctx, "select count(*) from learners where given_name = 'Maja'") == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Export it again, then send it."),
        (b"%PDF-1.4 " * 50, "This kind of file cannot be read."),
        (b"1;2;3\n4;5;6\n", "The file has no row with column names that we know"),
    ],
)
async def test_a_bad_file_gets_a_sentence_and_changes_nothing(ctx: Context, content: bytes, sentence: str) -> None:
    world = await desk.build(ctx)
    before = await desk.one(ctx, "select count(*) from learners")
    async with at(ctx, world.bob) as bob:
        answer = await send(bob, content)
        page = answer if answer.status_code != 303 else await bob.get(answer.headers["location"])
        assert sentence in page.text
    assert await desk.one(ctx, "select count(*) from learners") == before


async def test_no_file_and_no_mode_are_told_apart(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        fields = upload_form(await bob.get("/school/rosters"))
        answer = await bob.post("/school/rosters", data={**fields, "mode": "additions"}, files={"file": ("", b"")})
        assert (answer.status_code, "Choose a file first." in answer.text) == (422, True)
        answer = await bob.post("/school/rosters", data=fields, files={"file": ("a.csv", GOOD.encode())})
        assert (answer.status_code, "The mode must be one of" in answer.text) == (422, True)


async def test_nothing_of_an_upload_lies_in_the_open_afterwards(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        await send(bob, GOOD.encode())
        await send(bob, b"%PDF-1.4 " * 50)
    assert _files(ctx.settings.home) == []


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


async def test_a_large_file_is_read_by_the_worker_and_its_page_says_how_far_it_is(ctx: Context) -> None:
    world = await desk.build(ctx)
    lines = "".join(
        f"{n},Many,Learner{n},2015-01-01,4a,G {n},mother,{'x' * 40}{n}@example.org\n" for n in range(2000, 32_000)
    )
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, (GOOD + lines).encode())).headers["location"]
        page = (await bob.get(where)).text
        assert "Your roster is being read" in page
        assert (await bob.get(f"{where}/progress")).json()["state"] == "received"
    assert await desk.one(ctx, "select count(*) from pgqueuer where entrypoint = $1", PlanRoster.name) == 1


async def test_charlie_sees_and_commits_nothing_of_bobs_upload(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, GOOD.encode())).headers["location"]
    async with at(ctx, world.charlie) as charlie:
        fields = form(await charlie.get("/school/rosters"), "/school/rosters")
        assert (await charlie.get(where)).status_code == 404
        assert (await charlie.get(f"{where}/progress")).status_code == 404
        for act in ("commit", "cancel"):
            assert (await charlie.post(f"{where}/{act}", data=fields)).status_code == 404
    assert await desk.one(ctx, "select state from roster_uploads") == "planned"
