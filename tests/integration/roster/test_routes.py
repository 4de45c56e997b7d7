"""Rosters over the API: sent, planned, written; large ones by the worker."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request

from guardian.context import Context
from guardian.errors import NotSignedIn
from guardian.events import SYSTEM, Actor
from guardian.roster import routes, service, working
from guardian.roster.jobs import CommitRoster, PlanRoster
from guardian.web.application import make_application
from tests import seed
from tests.integration.roster.school import asked, enrolled

TEXT = b"student_id,first_name,last_name,dob,guardian_email\n1,Ada,Kowal,2014-01-10,maria@example.org\n"
KEY = {"authorization": "Bearer key"}


async def client_of(request: Request[Any, Any, Any], scope: str) -> Actor:
    assert scope == "rosters"
    if request.headers.get("authorization") != KEY["authorization"]:
        raise NotSignedIn("key_missing", "No key.")
    return Actor(kind="client", id=UUID(int=1))


@pytest.fixture
async def api(ctx: Context) -> AsyncIterator[AsyncClient]:
    app: Litestar = make_application(ctx.settings, routes.ROUTES, lifespan=[])
    app.state.context = msgspec.structs.replace(ctx, ports={"client_of": client_of})
    transport = ASGITransport(app)  # type: ignore[arg-type] # Litestar names its scope more narrowly
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def form(school: object, text: bytes = TEXT, mode: str = "additions") -> dict[str, object]:
    return {"data": {"institution": str(school), "mode": mode}, "files": {"file": ("roster.csv", text, "text/csv")}}


async def test_a_small_roster_is_planned_at_once_and_written_on_commit(ctx: Context, api: AsyncClient) -> None:
    school = await seed.institution(ctx)
    sent = await api.post("/v1/rosters", headers=KEY, **form(school))  # type: ignore[arg-type]
    assert sent.status_code == 201, sent.text
    plan = sent.json()
    assert (plan["state"], plan["counts"]["new"]) == ("planned", 1)
    assert (await api.get(f"/v1/rosters/{plan['id']}", headers=KEY)).json()["rows"] == plan["rows"]
    done = await api.post(f"/v1/rosters/{plan['id']}/commit", headers=KEY)
    assert (done.status_code, done.json()["state"]) == (200, "committed")
    again = await api.post(f"/v1/rosters/{plan['id']}/commit", headers=KEY, json={"confirm_missing": False})
    assert (again.status_code, again.json()["counts"]) == (200, done.json()["counts"])
    assert set(await enrolled(ctx, school)) == {"Ada"}


async def test_a_large_roster_is_read_and_written_by_the_worker(ctx: Context, api: AsyncClient) -> None:
    school = await seed.institution(ctx)
    lines = [b"%d,Given%d,Family%d,2014-01-10,g%d@example.org,%s\n" % (n, n, n, n, b"x" * 240) for n in range(9_000)]
    text = b"student_id,first_name,last_name,dob,guardian_email,notes\n" + b"".join(lines)
    sent = await api.post("/v1/rosters", headers=KEY, **form(school, text))  # type: ignore[arg-type]
    assert (sent.status_code, sent.json()["state"]) == (202, "received")
    upload = UUID(sent.json()["id"])
    early = await api.post(f"/v1/rosters/{upload}/commit", headers=KEY)
    assert (early.status_code, early.json()["code"]) == (409, "not_planned")
    await working.plan_roster(ctx, PlanRoster(upload))
    shown = (await api.get(f"/v1/rosters/{upload}", headers=KEY)).json()
    assert (shown["state"], shown["counts"]["new"], shown["progress"], shown["total"]) == (
        "planned",
        9_000,
        9_000,
        9_000,
    )
    asked_for = await api.post(f"/v1/rosters/{upload}/commit", headers=KEY)
    assert asked_for.status_code == 202
    await asyncio.gather(*(working.commit_roster(ctx, CommitRoster(upload)) for _ in range(2)))
    assert (await api.get(f"/v1/rosters/{upload}", headers=KEY)).json()["state"] == "committed"
    [row] = await asked(ctx, "select count(*) as learners from learners")
    assert row["learners"] == 9_000
    assert await service.plan_later(ctx, SYSTEM, upload) is False


async def test_without_a_key_nothing_is_answered(ctx: Context, api: AsyncClient) -> None:
    school = await seed.institution(ctx)
    assert (await api.post("/v1/rosters", **form(school))).status_code == 401  # type: ignore[arg-type]
    assert (await api.get(f"/v1/rosters/{school}")).status_code == 401
    assert (await api.post(f"/v1/rosters/{school}/commit")).status_code == 401
    assert not await asked(ctx, "select 1 from roster_uploads")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"institution": "x"}, 404, "unknown_institution"),
        ({"institution": str(UUID(int=5))}, 404, "unknown_institution"),
        ({"mode": "replace"}, 422, "mode_unknown"),
    ],
)
async def test_bad_requests_say_what_is_wrong(
    ctx: Context, api: AsyncClient, change: dict[str, str], status: int, code: str
) -> None:
    sent = form(await seed.institution(ctx))
    sent["data"] = sent["data"] | change  # type: ignore[operator]
    answer = await api.post("/v1/rosters", headers=KEY, **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_request_without_a_file_is_refused(ctx: Context, api: AsyncClient) -> None:
    answer = await api.post("/v1/rosters", headers=KEY, data={"institution": str(await seed.institution(ctx))})
    assert (answer.status_code, answer.json()["code"]) == (422, "file_missing")


@pytest.mark.parametrize("upload", ["x", str(UUID(int=7))])
async def test_an_unknown_upload_is_not_found(api: AsyncClient, upload: str) -> None:
    answer = await api.get(f"/v1/rosters/{upload}", headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_upload")


async def test_a_file_without_a_header_is_read_with_a_mapping(ctx: Context, api: AsyncClient) -> None:
    school = await seed.institution(ctx)
    text = b"1;Kowal;Ada;2014-01-10;maria@example.org\n"
    sent = await api.post("/v1/rosters", headers=KEY, **form(school, text))  # type: ignore[arg-type]
    assert (sent.json()["state"], sent.json()["error"]) == ("failed", "HEADER_MISSING")
    asked_of = (await api.get(f"/v1/rosters/{sent.json()['id']}/columns", headers=KEY)).json()
    assert [column["field"] for column in asked_of["columns"]][-2:] == ["birth_date", "guardian_1_email"]
    letters = {"A": "student_id", "B": "family_name", "C": "given_name", "D": "birth_date", "E": "guardian_1_email"}
    for mapping, status in (
        ("{", 422), ('{"columns": {"A": "nonsense"}}', 422), ('{"columns": ["student_id"]}', 422),
        (msgspec.json.encode({"columns": letters, "header": False}).decode(), 201),
    ):  # fmt: skip
        wanted = form(school, text)
        wanted["data"]["mapping"] = mapping  # type: ignore[index]
        answer = await api.post("/v1/rosters", headers=KEY, **wanted)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
    assert (answer.json()["state"], answer.json()["counts"]["new"]) == ("planned", 1)
    assert "MAPPING_CONFIRMED" in {finding["code"] for finding in answer.json()["findings"]}
    assert await asked(ctx, "select 1 from roster_mappings") == []
