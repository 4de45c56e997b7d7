"""The decision API, asked as a learning platform asks it: over HTTP, with a key, in all the ways it can go wrong."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

import httpx
import msgspec
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.platform import routes
from guardian.platform.answers import Answers
from guardian.platform.domain import Client, Scope
from guardian.platform.quick import Quick
from guardian.platform.service import add_client, revoke_client
from guardian.web.application import make_application
from tests import seed
from tests.conftest import FixedClock

CANARY = "anna.kowal@example.org"


class Site(NamedTuple):
    http: httpx.AsyncClient
    client: Client
    school: UUID
    anna: UUID
    name: str


def serving(ctx: Context, key: str | None = None, *, quick: bool = True) -> httpx.AsyncClient:
    app = make_application(ctx.settings, routes.ROUTES, lifespan=[], before=[Quick] if quick else [])
    app.state.context, app.state.answers = ctx, Answers(ctx)
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=transport, base_url=ctx.settings.base_url, headers=headers)


@pytest.fixture(params=["quick", "routes"])
async def site(ctx: Context, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """Anna, whose guardian has said yes to lessons, and a client that may ask: by either way."""
    school = await seed.institution(ctx)
    notice = await seed.notice(ctx)
    await seed.authorisation(ctx, school, notice, await seed.staff(ctx, school))
    anna = await seed.learner(ctx, school, platform_id="p-anna", student_id="A-1")
    alice = await seed.guardian(ctx, school, anna)
    await seed._insert(
        ctx, "consents", learner=anna, guardian=alice, purpose="lessons", state="given", method="signed_form",
        notice_version=1, notice_sha256="0" * 64, recorded_at=ctx.clock.now(), completed_at=ctx.clock.now(),
        act=ctx.new_id(),
    )  # fmt: skip
    client, key = await add_client(ctx, SYSTEM, "Platform", ["decide"])
    async with serving(ctx, key, quick=request.param == "quick") as http:
        yield Site(http, client, school, anna, "p-anna")


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """A problem document of this code, with nothing in it of what was sent."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert document["code"] == code
    assert document["status"] == status
    assert document["detail"]
    assert CANARY not in answer.text
    return document


# --- who may ask ---


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "api_key_missing"),
        ("", "api_key_missing"),
        ("Bearer", "api_key_missing"),
        ("Bearer gk_" + "x" * 43, "api_key_wrong"),
        ("Bearer " + CANARY, "api_key_wrong"),
        ("Bearer gk_" + "x" * 100_000, "api_key_wrong"),
        ("Basic Z2s6eA==", "api_key_wrong"),
        ("gk_" + "x" * 43, "api_key_missing"),
    ],
)
async def test_without_a_key_of_ours_nothing_is_said(ctx: Context, site: Site, header: str | None, code: str) -> None:
    async with serving(ctx) as nobody:
        for path in ("/v1/learners/p-anna/decision", "/v1/learners/p-nobody/decision"):
            answer = await nobody.get(path, headers={"authorization": header} if header is not None else {})
            problem(answer, 401, code)
            assert answer.headers["www-authenticate"] == "Bearer"
        posted = await nobody.post(
            "/v1/decisions", json={"learners": ["p-anna"]}, headers={"authorization": header or ""}
        )
        problem(posted, 401, code)


async def test_the_word_bearer_may_be_written_in_any_case(ctx: Context, site: Site) -> None:
    key = site.http.headers["authorization"].partition(" ")[2]
    async with serving(ctx) as http:
        answer = await http.get("/v1/learners/p-anna/decision", headers={"authorization": f"bearer  {key}"})
    assert answer.status_code == 200


async def test_a_key_that_was_ended_is_wrong_at_once(ctx: Context, site: Site) -> None:
    await revoke_client(ctx, SYSTEM, site.client.id)
    problem(await site.http.get("/v1/learners/p-anna/decision"), 401, "api_key_wrong")


@pytest.mark.parametrize(("scope", "status"), [("events", 403), ("rosters", 403), ("admin", 200)])
async def test_a_key_does_what_its_scopes_say(ctx: Context, site: Site, scope: Scope, status: int) -> None:
    _, key = await add_client(ctx, SYSTEM, "Other", [scope])
    async with serving(ctx, key) as http:
        answer = await http.get("/v1/learners/p-anna/decision")
        assert answer.status_code == status
        if status == 403:
            assert problem(answer, 403, "scope_missing")["detail"].count("decide") == 1


async def test_keys_lie_hashed_in_the_database(ctx: Context, site: Site) -> None:
    key = site.http.headers["authorization"].partition(" ")[2]
    async with ctx.transaction(SYSTEM) as tx:
        kept = await tx.fetchval("select string_agg(to_jsonb(c)::text, '') from api_clients c")
        kept += await tx.fetchval("select string_agg(to_jsonb(a)::text, '') from audit a")
    assert key not in kept
    assert key.removeprefix("gk_") not in kept


# --- one decision ---


async def test_a_decision_has_every_member_of_the_contract(site: Site) -> None:
    answer = await site.http.get("/v1/learners/p-anna/decision")
    assert answer.status_code == 200
    assert list(answer.json()) == [
        "learner", "access", "purposes", "reasons", "basis", "since", "until", "next_step", "flag", "purge_due_at",
        "revision",
    ]  # fmt: skip
    assert (answer.json()["learner"], answer.json()["access"]) == ("p-anna", "permit")
    assert answer.json()["purposes"]["recordings"] == {"access": "block", "reason": "consent_missing"}
    assert "Kowal" not in answer.text
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert "Authorization" in answer.headers["vary"]


async def test_a_copy_that_is_still_true_is_confirmed_and_an_old_one_replaced(ctx: Context, site: Site) -> None:
    first = await site.http.get("/v1/learners/p-anna/decision")
    tag = {"if-none-match": first.headers["etag"]}
    same = await site.http.get("/v1/learners/p-anna/decision", headers=tag)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update authorisations set state = 'revoked'")
    changed = await site.http.get("/v1/learners/p-anna/decision", headers=tag)
    assert (changed.status_code, changed.json()["access"]) == (200, "block")
    assert changed.headers["etag"] != first.headers["etag"]


async def test_a_copy_is_never_kept_past_until(ctx: Context, clock: FixedClock, site: Site) -> None:
    longest = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, decision_max_age=300))
    key = site.http.headers["authorization"].partition(" ")[2]
    async with serving(longest, key) as http:
        assert (await http.get("/v1/learners/p-anna/decision")).headers["cache-control"] == "private, max-age=300"
        clock.advance(days=365, seconds=-10)
        assert (await http.get("/v1/learners/p-anna/decision")).headers["cache-control"] == "private, max-age=10"
        clock.advance(seconds=10)
        blocked = await http.get("/v1/learners/p-anna/decision")
        assert (blocked.json()["access"], blocked.headers["cache-control"]) == ("block", "private, max-age=0")


async def test_an_unknown_learner_is_404_alone(site: Site) -> None:
    problem(await site.http.get(f"/v1/learners/{CANARY}/decision"), 404, "unknown_learner")


async def test_an_id_may_hold_what_an_address_may_hold(ctx: Context, site: Site) -> None:
    odd = "schüler 7%/ż+?#"
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set platform_id = $1", odd.replace("/", "-"))
    quoted = "sch%C3%BCler%207%25-%C5%BC%2B%3F%23"
    assert (await site.http.get(f"/v1/learners/{quoted}/decision")).status_code == 200
    posted = await site.http.post("/v1/decisions", json={"learners": [odd.replace("/", "-")]})
    assert posted.json()["decisions"][0]["access"] == "permit"


@pytest.mark.parametrize("zone", ["Z", "%2B02:00", "+02:00", "-05:00"])
async def test_a_decision_of_another_instant_is_answered_and_never_kept(
    clock: FixedClock, site: Site, zone: str
) -> None:
    before = (clock.now() - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S")
    answer = await site.http.get(f"/v1/learners/p-anna/decision?at={before}{zone}")
    assert (answer.status_code, answer.json()["access"]) == (200, "block")
    assert answer.headers["cache-control"] == "private, max-age=0"


@pytest.mark.parametrize(
    "at",
    ["2026-09-07T08:00:00", "2026-09-07", "now", CANARY, "", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"],
)
async def test_an_instant_without_a_zone_is_refused(site: Site, at: str) -> None:
    answer = await site.http.get("/v1/learners/p-anna/decision", params={"at": at})
    assert problem(answer, 422, "instant_invalid")["where"] == "at"
    posted = await site.http.post("/v1/decisions", json={"learners": ["p-anna"], "at": at})
    assert problem(posted, 422, "instant_invalid")["where"] == "/at"


async def test_one_purpose_alone(site: Site) -> None:
    answer = await site.http.get("/v1/learners/p-anna/decision?purpose=recordings")
    assert list(answer.json()["purposes"]) == ["recordings"]
    assert answer.json()["access"] == "permit", "the access is that of the account, not of the purpose"
    problem(await site.http.get(f"/v1/learners/p-anna/decision?purpose={CANARY}"), 422, "unknown_purpose")


async def test_a_head_request_is_not_an_error_of_ours(site: Site) -> None:
    answer = await site.http.head("/v1/learners/p-anna/decision")
    assert answer.status_code in {200, 405}
    assert answer.content == b""


# --- many decisions ---


async def test_a_batch_is_answered_in_order_with_repeats_and_unknown_ones_in_place(ctx: Context, site: Site) -> None:
    await seed.learner(ctx, site.school, "Ben", platform_id="p-ben")
    asked = ["p-ben", "p-nobody", "p-anna", "p-ben", "", "p-anna"]
    answer = await site.http.post("/v1/decisions", json={"learners": asked})
    assert answer.status_code == 200
    found = answer.json()["decisions"]
    assert [one["learner"] for one in found] == asked
    assert [one["access"] for one in found] == ["block", "block", "permit", "block", "block", "permit"]
    assert found[1]["reasons"] == found[4]["reasons"] == ["unknown_learner"]
    assert found[1]["next_step"] == "check_learner_id"


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (1_000, 200), (1_001, 422)])
async def test_a_batch_has_1_to_1000_learners(site: Site, count: int, status: int) -> None:
    answer = await site.http.post("/v1/decisions", json={"learners": [f"p-{n}" for n in range(count)]})
    assert answer.status_code == status
    if status == 422:
        assert str(count) in problem(answer, 422, "learners_count")["detail"]
    else:
        assert len(answer.json()["decisions"]) == count


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "request_invalid"),
        (b"{", 400, "request_malformed"),
        (b"\xff\xfe", 400, "request_malformed"),
        (b"[" * 20_000, 400, "request_malformed"),
        (b"null", 422, "request_invalid"),
        (b"[]", 422, "request_invalid"),
        (b"{}", 422, "request_invalid"),
        (json.dumps({"learners": CANARY}).encode(), 422, "request_invalid"),
        (json.dumps({"learners": [CANARY, 7]}).encode(), 422, "request_invalid"),
        (json.dumps({"learners": ["p-anna"], CANARY: 1}).encode(), 422, "request_invalid"),
        (json.dumps({"learners": ["p-anna"], "at": 7}).encode(), 422, "request_invalid"),
        (json.dumps({"learners": ["x" * 2_000_000]}).encode(), 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_not_the_contracts_is_refused_and_not_repeated(
    site: Site, body: bytes, status: int, code: str
) -> None:
    answer = await site.http.post("/v1/decisions", content=body, headers={"content-type": "application/json"})
    problem(answer, status, code)


async def test_a_body_without_its_length_is_bounded_all_the_same(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 100_000

    answer = await site.http.post("/v1/decisions", content=endless(), headers={"content-type": "application/json"})
    problem(answer, 413, "body_too_large")


async def test_another_content_type_is_415(site: Site) -> None:
    answer = await site.http.post("/v1/decisions", content=b"learners=p-anna", headers={"content-type": "text/plain"})
    problem(answer, 415, "media_type_unsupported")


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1/decisions"), ("GET", "/v1/decisions"), ("POST", "/v1/learners/p-anna/decision")],
)
async def test_another_method_is_405_and_names_those_that_go(site: Site, method: str, path: str) -> None:
    answer = await site.http.request(method, path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


# --- finding ---


async def test_a_learner_is_found_by_school_and_number_and_never_by_name(ctx: Context, site: Site) -> None:
    await seed.learner(ctx, site.school, "Ben", platform_id="p-ben", student_id="B-2")
    found = await site.http.get("/v1/learners", params={"institution": str(site.school), "student_id": "A-1"})
    assert found.json() == {"items": [{"platform_id": "p-anna", "student_id": "A-1"}], "next": None}
    assert "Anna" not in found.text
    none = await site.http.get("/v1/learners", params={"institution": str(site.school), "student_id": "Z-9"})
    assert none.json() == {"items": [], "next": None}


async def test_a_list_is_read_page_by_page_to_its_end(ctx: Context, site: Site) -> None:
    for number in range(5):
        await seed.learner(ctx, site.school, f"Child {number}", platform_id=f"p-{number}")
    seen: list[str] = []
    after: str | None = None
    while True:
        params = {"institution": str(site.school), "limit": "2", **({"after": after} if after else {})}
        page = (await site.http.get("/v1/learners", params=params)).json()
        seen += [one["platform_id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(seen) == ["p-0", "p-1", "p-2", "p-3", "p-4", "p-anna"]


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({}, 422, "request_invalid"),
        ({"institution": CANARY}, 422, "request_invalid"),
        ({"institution": str(UUID(int=7))}, 404, "unknown_institution"),
        ({"institution": str(UUID(int=7)), "limit": "0"}, 422, "request_invalid"),
        ({"institution": str(UUID(int=7)), "limit": "1001"}, 422, "request_invalid"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_a_problem(
    site: Site, params: dict[str, str], status: int, code: str
) -> None:
    problem(await site.http.get("/v1/learners", params=params), status, code)


async def test_when_a_key_was_last_used_is_noted_at_most_once_a_minute(
    ctx: Context, clock: FixedClock, site: Site
) -> None:
    async def seen() -> Any:
        async with ctx.transaction(SYSTEM) as tx:
            return await tx.fetchval("select last_used_at from api_clients where id = $1", site.client.id)

    assert await seen() is None
    await site.http.get("/v1/learners/p-anna/decision")
    first = clock.now()
    clock.advance(seconds=60)
    await site.http.get("/v1/learners/p-anna/decision")
    assert await seen() == first
    clock.advance(seconds=1)
    await site.http.get("/v1/learners/p-anna/decision")
    assert await seen() == clock.now()


async def test_the_document_of_the_api_names_what_it_serves(site: Site) -> None:
    document = (await site.http.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/learners/{platform_id}/decision", "/v1/decisions", "/v1/learners"} <= set(document["paths"])


async def test_the_past_can_be_asked_as_known_then_and_as_known_now(
    ctx: Context, clock: FixedClock, site: Site
) -> None:
    at = (clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock.advance(days=1)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set birth_date = '2001-01-01' where platform_id = 'p-anna'")
    clock.advance(days=1)
    path = "/v1/learners/p-anna/decision"
    answers = [(await site.http.get(path, params={"at": at, **more})).json() for more in ({}, {"known": "then"})]
    assert answers[0] == answers[1]
    later = (await site.http.get(path, params={"at": at, "known": "now"})).json()
    assert (answers[0]["reasons"] == ["own_consent"], later["reasons"]) == (False, ["own_consent"])
    batch = {"learners": ["p-anna"], "at": at, "known": "now"}
    assert (await site.http.post("/v1/decisions", json=batch)).json()["decisions"] == [later]
    wrong = await site.http.get(path, params={"at": at, "known": "maybe"})
    assert 400 <= wrong.status_code < 500
