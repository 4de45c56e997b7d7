"""Requests that are sent again with their Idempotency-Key do nothing twice, and never write a plan nobody looked at."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient, Response

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.platform import repeats
from guardian.platform.service import add_client
from guardian.registry import PORTS
from guardian.roster import routes, service
from guardian.roster.jobs import CommitRoster, PlanRoster
from guardian.roster.working import commit_roster, plan_roster
from guardian.web.application import make_application
from tests import seed
from tests.conftest import FixedClock
from tests.integration.roster.school import asked, brought

HEADER = b"student_id,first_name,last_name,dob,guardian_email\n"
ADA = HEADER + b"1,Ada,Kowal,2014-01-10,maria@example.org\n"
BEN = HEADER + b"2,Ben,Nowak,2014-02-11,piotr@example.org\n"
LARGE = HEADER + b"".join(b"%d,G%d,F%d,2014-01-10,g%d@example.org\n" % (n, n, n, n) for n in range(70_000))


class Platform(msgspec.Struct):
    """A client of the API, and a school of its own."""

    http: AsyncClient
    school: UUID

    async def send(self, text: bytes, key: str, *, mode: str = "additions") -> Response:
        return await self.http.post(
            "/v1/rosters", headers={"Idempotency-Key": key}, data={"institution": str(self.school), "mode": mode},
            files={"file": ("roster.csv", text, "text/csv")},
        )  # fmt: skip

    async def commit(self, upload: str, key: str, **body: Any) -> Response:
        return await self.http.post(f"/v1/rosters/{upload}/commit", headers={"Idempotency-Key": key}, json=body)


@pytest.fixture
async def platform(ctx: Context) -> AsyncIterator[Platform]:
    app = make_application(ctx.settings, routes.ROUTES, lifespan=[])
    app.state.context = msgspec.structs.replace(ctx, ports=PORTS)
    _, key = await add_client(ctx, SYSTEM, "Platform", ["rosters"])
    transport = ASGITransport(app)  # type: ignore[arg-type] # Litestar names its scope more narrowly
    headers = {"authorization": f"Bearer {key}"}
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as http:
        yield Platform(http, await seed.institution(ctx))


async def test_the_same_request_again_is_the_same_upload_even_when_it_was_committed(
    ctx: Context, platform: Platform
) -> None:
    first = await platform.send(ADA, "a")
    assert (first.status_code, first.json()["state"]) == (201, "planned")
    upload = first.json()["id"]
    assert (await platform.send(ADA, "a")).json() == first.json()
    done = await platform.commit(upload, "b")
    assert done.json()["state"] == "committed"
    assert (await platform.commit(upload, "b")).json() == done.json()
    again = await platform.send(ADA, "a")
    assert (again.json()["id"], again.json()["state"]) == (upload, "committed")
    assert (await platform.send(ADA, "c")).json()["id"] != upload
    assert len(await asked(ctx, "select 1 from roster_uploads")) == 2
    assert len(await asked(ctx, "select 1 from audit where action = 'roster.committed'")) == 1


async def test_a_key_stands_for_one_request(ctx: Context, platform: Platform) -> None:
    upload = (await platform.send(ADA, "a")).json()["id"]
    others = [
        await platform.send(BEN, "a"),
        await platform.send(ADA, "a", mode="snapshot"),
        await platform.commit(upload, "a"),
    ]
    assert [(one.status_code, one.json()["code"]) for one in others] == [(422, "idempotency_key_reused")] * 3
    assert all("new key" in one.json()["detail"] for one in others)
    assert len(await asked(ctx, "select 1 from roster_uploads")) == 1
    assert (await platform.commit(upload, "b")).status_code == 200
    changed = await platform.commit(upload, "b", confirm_missing=True)
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 256, "\u00e9".encode().decode("latin-1"), "a\tb"])
async def test_a_key_that_is_none_is_refused_and_nothing_done(ctx: Context, platform: Platform, key: str) -> None:
    sent = await platform.send(ADA, key.encode("latin-1"))  # type: ignore[arg-type] # as bytes, what no client would
    assert (sent.status_code, sent.json()["code"]) == (422, "idempotency_key_invalid")
    assert not await asked(ctx, "select 1 from roster_uploads")


async def test_ten_at_once_are_one(ctx: Context, platform: Platform) -> None:
    sent = await asyncio.gather(*(platform.send(ADA, "a") for _ in range(10)))
    [upload] = {one.json()["id"] for one in sent}
    done = await asyncio.gather(*(platform.commit(upload, "b") for _ in range(10)))
    assert {(one.status_code, one.json()["state"]) for one in done} == {(200, "committed")}
    assert len(await asked(ctx, "select 1 from learners")) == 1
    assert len(await asked(ctx, "select 1 from audit where action = 'roster.committed'")) == 1


async def test_another_client_has_keys_of_its_own(ctx: Context, platform: Platform) -> None:
    await platform.send(ADA, "a")
    _, key = await add_client(ctx, SYSTEM, "Other", ["rosters"])
    platform.http.headers["authorization"] = f"Bearer {key}"
    assert (await platform.send(BEN, "a")).status_code == 201


async def test_a_repeated_commit_never_writes_a_plan_that_nobody_looked_at(
    ctx: Context, platform: Platform, tmp_path: Any
) -> None:
    upload = (await platform.send(ADA, "a")).json()["id"]
    await brought(ctx, tmp_path, platform.school, ADA.decode())
    for _ in range(2):
        refused = await platform.commit(upload, "b")
        assert (refused.status_code, refused.json()["code"]) == (409, "plan_outdated")
    assert (await platform.commit(upload, "c")).json()["state"] == "committed"
    assert (await platform.commit(upload, "b")).json()["state"] == "committed"


async def test_a_repeated_commit_of_a_large_roster_asks_the_worker_once(ctx: Context, platform: Platform) -> None:
    sent = await platform.send(LARGE, "a")
    assert (sent.status_code, sent.json()["state"]) == (202, "received")
    upload = UUID(sent.json()["id"])
    [waiting] = await asked(ctx, "select execute_after <= now() as due from pgqueuer where entrypoint = 'roster.plan'")
    assert waiting["due"]
    await service.cancel(ctx, SYSTEM, upload)
    assert (await platform.send(LARGE, "a")).json()["state"] == "cancelled"
    upload = UUID((await platform.send(LARGE, "b")).json()["id"])
    await plan_roster(ctx, PlanRoster(upload))
    assert (await platform.commit(str(upload), "c")).status_code == 202
    await ctx.engine.connections.execute("delete from pgqueuer")
    assert (await platform.commit(str(upload), "c")).status_code == 202
    assert not await asked(ctx, "select 1 from pgqueuer")
    await commit_roster(ctx, CommitRoster(upload))
    assert (await platform.commit(str(upload), "c")).json()["state"] == "committed"


async def test_keys_are_forgotten_when_nobody_repeats_any_more(
    ctx: Context, platform: Platform, clock: FixedClock
) -> None:
    await platform.send(ADA, "a")
    clock.instant += repeats.REMEMBERED - timedelta(seconds=1)
    assert await repeats.forget_old(ctx) == 0
    clock.instant += timedelta(seconds=2)
    assert await repeats.forget_old(ctx) == 1
    assert await repeats.forget_old(ctx) == 0
