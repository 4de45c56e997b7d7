"""`kill -9` of the web process, of the worker and of the database at every stage of a roster: nothing is half written,
the plan is made and written once by whoever comes next, no mail goes out from a plan, no file is left in the open.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from tests.journeys.killing import Ground, kill
from tests.journeys.rosters import Site, Stored, new_school, roster, takes_rosters

SOAK = os.environ.get("GUARDIAN_SOAK") == "1"
SEED = int(os.environ.get("GUARDIAN_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
LARGE, WIDE, SMALL = 24_000, 4_000, 40
PIECES = 3
NOTHING = Stored(learners=0, guardians=0, links=0, shown=0, pieces=0, questions=0, committed=0)

RECEIVING = "lock table roster_chunks in share mode"
READING = "select from roster_uploads where id::text = $1 for update"
PLANNING = "lock table roster_rows in share mode"
WRITING = "lock table guardianships in share mode"
WRITTEN = "lock table roster_chunks in share mode"
"""What a step must wait for: the first piece that is kept; word of the first 20,000 records; the rows that are shown;
the links of a merge; and the erasure of the file, after which a commit has but its audit entry to write.
"""

pytestmark = pytest.mark.timeout(3600 if SOAK else 600)
Scene = Callable[[Site], Awaitable[None]]


@pytest.fixture(scope="module")
def ground() -> Iterator[tuple[Ground, str]]:
    with takes_rosters() as made:
        yield made


def play(ground: tuple[Ground, str], scene: Scene, *, authorised: bool = True) -> None:
    """A scene at a school of its own; whatever it started is ended."""

    async def played() -> None:
        site = await new_school(*ground, authorised=authorised)
        await site.serve()
        await scene(site)
        await site.until(lambda: nothing_open(site))
        _, broken = await site.chain()
        assert broken is None

    try:
        asyncio.run(played())
    finally:
        ground[0].end()


def planned(learners: int, *, pieces: int = PIECES) -> Stored:
    """A plan stands, nothing else."""
    return msgspec.structs.replace(NOTHING, shown=min(learners, 20_000), pieces=pieces)


async def all_written(site: Site, learners: int, *, shown: int, commits: int = 1) -> None:
    """Everything is there once. Each learner has one guardian."""
    assert await site.stored() == Stored(
        learners=learners, guardians=learners, links=learners, shown=shown, pieces=0, questions=0, committed=commits
    )


async def killed_at(site: Site, upload: str, *stages: str) -> None:
    """Start a worker for each stage, and kill it there."""
    for stage in stages:
        before = await site.stored()
        async with site.holding(stage, *([upload] if "$1" in stage else [])) as met:
            worker = site.found.start_worker()
            await met()
            assert site.places(), "it is being read"
            kill(worker)
        assert await site.stored() == before, "nothing half written"


def test_a_plan_by_a_worker_that_is_killed_is_made_by_the_next(ground: tuple[Ground, str]) -> None:
    async def scene(site: Site) -> None:
        sent = await site.send(roster(LARGE), "a")
        assert (sent.status_code, sent.json()["state"]) == (202, "received")
        upload = sent.json()["id"]
        await killed_at(site, upload, READING, READING, PLANNING, PLANNING)
        assert (await site.plan(upload))["state"] == "read"
        assert await site.stored() == msgspec.structs.replace(NOTHING, pieces=PIECES)
        left = site.places()
        assert left
        site.found.start_worker()
        plan = await site.reaches(upload, "planned")
        assert (plan["counts"]["new"], plan["progress"], plan["total"]) == (LARGE, LARGE, LARGE)
        assert await site.stored() == planned(LARGE)
        assert not left & site.places()

    play(ground, scene)


def test_a_commit_by_a_worker_that_is_killed_is_written_once_by_the_next(ground: tuple[Ground, str]) -> None:
    async def commit(site: Site, text: bytes, key: str) -> None:
        worker = site.found.start_worker()
        upload = (await site.send(text, key)).json()["id"]
        await site.reaches(upload, "planned")
        kill(worker)
        assert (await site.commit(upload, key + " commit")).status_code == 202
        await killed_at(site, upload, WRITING, WRITTEN, WRITTEN)
        assert (await site.plan(upload))["state"] == "planned"
        worker = site.found.start_worker()
        assert (await site.commit(upload, key + " commit")).status_code in {200, 202}
        await site.reaches(upload, "committed")
        await site.until(lambda: idle(site))
        kill(worker)

    async def scene(site: Site) -> None:
        await commit(site, roster(WIDE, width=600), "first")
        await all_written(site, WIDE, shown=WIDE)
        await commit(site, roster(WIDE, first=WIDE // 2, width=600), "second")
        await all_written(site, WIDE + WIDE // 2, shown=2 * WIDE, commits=2)

    play(ground, scene, authorised=False)


def test_an_upload_that_its_web_process_received_is_whole_or_not_there(ground: tuple[Ground, str]) -> None:
    async def scene(site: Site) -> None:
        text = roster(SMALL)
        await half_sent(site, text)
        assert site.web is not None
        kill(site.web)
        assert await site.stored() == NOTHING
        await site.serve()
        async with site.holding(RECEIVING) as met:
            sending = asyncio.ensure_future(site.send(text, "a"))
            await met()
            await broken_off(site, sending)
        assert await site.stored() == NOTHING
        await site.serve()
        again = await site.send(text, "a")
        assert (again.status_code, again.json()["counts"]["new"]) == (201, SMALL)
        assert (await site.send(text, "a")).json()["id"] == again.json()["id"]
        assert await site.stored() == planned(SMALL, pieces=1)

    play(ground, scene)


def test_a_plan_by_a_web_process_that_is_killed_is_made_by_the_worker(ground: tuple[Ground, str]) -> None:
    async def scene(site: Site) -> None:
        text = roster(SMALL)
        async with site.holding(PLANNING) as met:
            sending = asyncio.ensure_future(site.send(text, "a"))
            await met()
            await broken_off(site, sending)
        assert await site.stored() == msgspec.structs.replace(NOTHING, pieces=1)
        site.found.start_worker()
        await site.serve()
        assert not site.places(), "swept at the start"
        await site.until(lambda: has(site, planned(SMALL, pieces=1)))
        again = await site.send(text, "a")
        assert (again.status_code, again.json()["state"]) == (201, "planned")
        assert await site.stored() == planned(SMALL, pieces=1)

    play(ground, scene)


def test_a_commit_by_a_web_process_that_is_killed_is_written_when_it_is_sent_again(ground: tuple[Ground, str]) -> None:
    async def scene(site: Site) -> None:
        upload = (await site.send(roster(SMALL), "a")).json()["id"]
        for stage in (WRITING, WRITTEN):
            async with site.holding(stage) as met:
                committing = asyncio.ensure_future(site.commit(upload, "b"))
                await met()
                await broken_off(site, committing)
            assert await site.stored() == planned(SMALL, pieces=1)
            await site.serve()
        done = await site.commit(upload, "b")
        assert (done.status_code, done.json()["state"]) == (200, "committed")
        again = (await site.commit(upload, "b")).json()
        assert again == {name: done.json()[name] for name in again}, "the same, but for what was said of the file"
        await all_written(site, SMALL, shown=SMALL)
        site.found.start_worker()
        await site.until(lambda: asked(site, SMALL))

    play(ground, scene)


def test_a_database_that_is_killed_comes_back_and_the_work_goes_on(ground: tuple[Ground, str]) -> None:
    async def scene(site: Site) -> None:
        site_worker = site.found.start_worker()
        async with site.holding(PLANNING) as met:
            upload = (await site.send(roster(LARGE), "a")).json()["id"]
            await met()
            assert site.found.kill_database() > 1
        await site.until(site.ready)
        await site.reaches(upload, "planned")
        assert await site.stored() == planned(LARGE)
        async with site.holding(WRITTEN) as met:
            assert (await site.commit(upload, "b")).status_code == 202
            await met()
            assert site.found.kill_database() > 1
        await site.until(site.ready)
        await site.reaches(upload, "committed")
        await all_written(site, LARGE, shown=20_000)
        assert site_worker.poll() is None
        assert site.web is not None
        assert site.web.poll() is None

    play(ground, scene, authorised=False)


@pytest.mark.parametrize("learners", [SMALL, LARGE])
def test_commits_from_several_processes_are_one(ground: tuple[Ground, str], learners: int) -> None:
    async def scene(site: Site) -> None:
        first, site.port = site.port, 0
        await site.serve()
        for _ in range(2):
            site.found.start_worker()
        upload = (await site.send(roster(learners), "a")).json()["id"]
        await site.reaches(upload, "planned")
        sent = await asyncio.gather(
            *(site.commit(upload, f"{n}", port=port) for port in (first, site.port) for n in range(4))
        )
        assert {one.status_code for one in sent} <= {200, 202}, [one.text for one in sent]
        await site.reaches(upload, "committed")
        await site.until(lambda: idle(site))
        await all_written(site, learners, shown=min(learners, 20_000))

    play(ground, scene, authorised=False)


@pytest.mark.parametrize(
    ("learners", "schools"),
    [pytest.param(LARGE, 1, id="1 school"), pytest.param(200_000, 10, id="10 schools", marks=pytest.mark.soak)],
)
def test_killed_at_any_moment(ground: tuple[Ground, str], learners: int, schools: int) -> None:
    dice = random.Random(SEED)

    async def hunted(site: Site, upload: str, state: str) -> None:
        for _ in range(3):
            worker = site.found.start_worker()
            await asyncio.sleep(1 + dice.random() * learners / 12_000)
            kill(worker)
            found = await site.stored()
            assert (found.learners, found.committed) in {(0, 0), (learners, 1)}, f"seed {SEED}: {found}"
        worker = site.found.start_worker()
        await site.reaches(upload, state)
        await site.until(lambda: idle(site))
        kill(worker)

    async def scene(site: Site) -> None:
        upload = (await site.send(roster(learners), "a")).json()["id"]
        await hunted(site, upload, "planned")
        assert (await site.commit(upload, "b")).status_code == 202
        await hunted(site, upload, "committed")
        await all_written(site, learners, shown=20_000)

    for _ in range(schools):
        play(ground, scene, authorised=False)


async def nothing_open(site: Site) -> bool:
    return not site.places()


async def has(site: Site, stored: Stored) -> bool:
    return await site.stored() == stored


async def asked(site: Site, guardians: int) -> bool:
    return (await site.stored()).questions == guardians


async def idle(site: Site) -> bool:
    """Whether no worker has a roster in hand or waiting."""
    async with site.look() as connection:
        return not await connection.fetchval("select exists (select from pgqueuer where entrypoint like 'roster.%')")


async def broken_off(site: Site, request: "asyncio.Future[Any]") -> None:
    """Kill the web process under a request."""
    assert site.web is not None
    kill(site.web)
    with contextlib.suppress(httpx.HTTPError):
        answer = await request
        raise AssertionError(answer.text)


async def half_sent(site: Site, text: bytes) -> None:
    """A client that has sent half of its file, and waits."""
    body = (
        b'--x\r\ncontent-disposition: form-data; name="institution"\r\n\r\n' + site.school.encode() + b"\r\n"
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="roster.csv"\r\n\r\n' + text + b"\r\n--x--\r\n"
    )
    head = (
        f"POST /v1/rosters HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {site.key}\r\n"
        f"content-type: multipart/form-data; boundary=x\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(head.encode() + body[: len(body) // 2])
    await writer.drain()
    await asyncio.sleep(0.5)
