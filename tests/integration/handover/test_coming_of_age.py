"""Anna turns 16 in Poland on 1 October 2026: told ahead, her own page, her mother's control ends, nothing widens."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

import httpx
import msgspec
import pytest

from guardian.access.service import decide_many
from guardian.consent import pages as guardian_pages
from guardian.console import front
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.handover import announcing, pages
from guardian.handover.letters import COMPOSERS
from guardian.mail.composing import Composed, Skip
from guardian.mail.outbox import Claimed
from guardian.mail.rendering import render
from guardian.purge.sweeps import check_learners
from guardian.web.application import make_application
from tests import seed
from tests.conftest import NOW, FixedClock
from tests.integration.consent.conftest import all_rows, link_for, one

pytestmark = pytest.mark.time

BIRTHDAY = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
"""Midnight of 1 October in Warsaw."""
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


class Cast(NamedTuple):
    school: UUID
    anna: UUID
    alice: UUID


async def said(ctx: Context, learner: UUID, guardian: UUID, purpose: str, state: str) -> None:
    now = ctx.clock.now()
    await seed._insert(
        ctx, "consents", learner=learner, guardian=guardian, purpose=purpose, state=state, method="signed_form",
        notice_version=1, notice_sha256="0" * 64, recorded_at=now, completed_at=now, act=ctx.new_id(),
    )  # fmt: skip


@pytest.fixture
async def cast_(ctx: Context) -> Cast:
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    await seed.authorisation(ctx, school, await seed.notice(ctx), bob)
    anna = await seed.learner(
        ctx, school, birth_date="2010-10-01", email="anna@pupils.example.org", email_key="anna@pupils.example.org"
    )
    alice = await seed.guardian(ctx, school, anna)
    await said(ctx, anna, alice, "lessons", "given")
    await said(ctx, anna, alice, "recordings", "declined")
    return Cast(school, anna, alice)


@pytest.fixture
async def web(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    app = make_application(ctx.settings, [*pages.ROUTES, *guardian_pages.ROUTES, *front.ROUTES], lifespan=[])
    app.state.context = ctx
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def purposes(ctx: Context, learner: UUID) -> Mapping[str, tuple[str, str]]:
    decision = (await decide_many(ctx, [learner]))[learner].decision
    return {"": (decision.access, decision.reasons[0])} | {
        name: (one.access, one.reason) for name, one in decision.purposes.items()
    }


async def letters(ctx: Context, kind: str) -> list[Claimed]:
    rows = await all_rows(
        ctx, "select id, institution, letter, recipient_kind, recipient, subject, sequence, attempts, created_at "
        "from mail_messages where letter = $1 order by sequence", kind,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Claimed) for row in rows]


async def composed(ctx: Context, kind: str) -> list[Composed | Skip]:
    batch = await letters(ctx, kind)
    async with ctx.transaction(SYSTEM) as tx:
        made = await COMPOSERS[kind](ctx, tx, batch)
    return [made[one.id] for one in batch]


async def post(web: httpx.AsyncClient, clock: FixedClock, path: str, **form: str) -> httpx.Response:
    web.cookies.clear()
    page = await web.get(path.removesuffix("/close"))
    found = TICKET.search(page.text)
    clock.advance(seconds=5)
    return await web.post(path, data={"ticket": found[1] if found else "", **form})


async def test_guardian_and_learner_are_told_a_month_ahead_once(ctx: Context, clock: FixedClock, cast_: Cast) -> None:
    clock.instant = BIRTHDAY - timedelta(days=31)
    assert await announcing.announce_due(ctx) == 0
    clock.advance(days=1, hours=1)
    assert await announcing.announce_due(ctx) == 1
    assert await announcing.announce_due(ctx) == 0
    (told,) = await composed(ctx, "age_up_guardian")
    assert isinstance(told, Composed)
    assert told.recipient == "alice@example.org"
    letter: Any = told.letter
    assert (letter.day, letter.child.given_name) == ("Thursday 1 October 2026", "Anna")
    ahead, come = await composed(ctx, "age_up_learner")
    assert isinstance(ahead, Composed)
    assert isinstance(come, Composed)
    assert ahead.recipient == "anna@pupils.example.org"
    due = await all_rows(ctx, "select not_before from mail_messages where sequence = 1")
    assert due[0]["not_before"] == BIRTHDAY
    for language in ("en", "fr", "pl"):
        for each in (told.letter, ahead.letter):
            shown = render(each, language)
            assert "Anna" in shown.text
            assert "Anna" not in shown.subject
    entry = await one(ctx, "select payload from audit where action = 'handover.announced'")
    assert "Anna" not in entry


async def test_a_corrected_birth_date_takes_the_letter_back(ctx: Context, clock: FixedClock, cast_: Cast) -> None:
    assert await announcing.announce_due(ctx) == 1
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set birth_date = null")
    assert [type(one) for one in await composed(ctx, "age_up_learner")] == [Skip, Skip]
    assert [type(one) for one in await composed(ctx, "age_up_guardian")] == [Skip]


async def test_a_letter_to_the_learner_never_goes_to_a_guardians_mailbox(
    ctx: Context, clock: FixedClock, cast_: Cast
) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set email = 'Alice+anna@example.org'")
    assert await announcing.announce_due(ctx) == 1
    assert [type(one) for one in await composed(ctx, "age_up_learner")] == [Skip, Skip]


async def test_the_sweep_looks_once_a_day(ctx: Context, clock: FixedClock, cast_: Cast) -> None:
    await seed._insert(ctx, "sweeps", at=clock.now(), finished_at=clock.now(), counts="{}")
    assert await announcing.announce_due(ctx) == 0
    clock.advance(days=1)
    assert await announcing.announce_due(ctx) == 1


@pytest.mark.parametrize(
    ("born", "told"),
    [("2010-10-01", 1), ("2010", 0), ("2010-09", 1), ("2010-10", 0), ("2010-10-08", 0), ("2009-01-01", 0), (None, 0)],
)
async def test_who_is_told(ctx: Context, clock: FixedClock, born: str | None, told: int) -> None:
    school = await seed.institution(ctx)
    await seed.learner(ctx, school, birth_date=born)
    assert await announcing.announce_due(ctx) == told


async def test_at_local_midnight_control_passes_and_nothing_is_switched_on(
    ctx: Context, clock: FixedClock, cast_: Cast
) -> None:
    clock.instant = BIRTHDAY - timedelta(microseconds=1)
    assert await purposes(ctx, cast_.anna) == {
        "": ("permit", "authorised"),
        "lessons": ("permit", "authorised"),
        "recordings": ("block", "consent_declined"),
    }
    clock.instant = BIRTHDAY
    of_age = {
        "": ("permit", "own_consent"),
        "lessons": ("permit", "own_consent"),
        "recordings": ("block", "assent_missing"),
    }
    assert await purposes(ctx, cast_.anna) == of_age
    # Nothing that a guardian says now binds any more.
    await said(ctx, cast_.anna, cast_.alice, "lessons", "withdrawn")
    await said(ctx, cast_.anna, cast_.alice, "recordings", "given")
    clock.advance(days=1)
    assert await purposes(ctx, cast_.anna) == of_age


async def test_what_the_guardian_allowed_goes_on(ctx: Context, clock: FixedClock, cast_: Cast) -> None:
    clock.advance(days=1)
    await said(ctx, cast_.anna, cast_.alice, "recordings", "given")
    clock.instant = BIRTHDAY + timedelta(days=400)
    assert (await purposes(ctx, cast_.anna))["recordings"] == ("permit", "own_consent")


async def test_of_a_learner_who_came_of_age_everything_permits_but_a_standing_no(
    ctx: Context, clock: FixedClock, cast_: Cast
) -> None:
    ola = await seed.learner(ctx, cast_.school, "Ola", birth_date="2005-01-01")
    assert {access for access, _ in (await purposes(ctx, ola)).values()} == {"permit"}
    zofia = await seed.guardian(ctx, cast_.school, ola, email="zofia@example.org")
    await said(ctx, ola, zofia, "recordings", "declined")
    assert (await purposes(ctx, ola))["recordings"] == ("block", "assent_missing")


async def test_the_learner_decides_on_a_page_of_their_own(
    ctx: Context, clock: FixedClock, cast_: Cast, web: httpx.AsyncClient
) -> None:
    path = f"/l/{await link_for(ctx, cast_.anna, 'own', days=500)}"
    before = await web.get(path)
    assert before.status_code == 200
    assert "<form" not in before.text
    assert "1 października 2026" in before.text
    early = await post(web, clock, path, **{"purpose-lessons": "yes", "purpose-recordings": "yes"})
    assert early.status_code in {409, 422}
    assert await one(ctx, "select count(*) from own_answers") == 0

    clock.instant = BIRTHDAY + timedelta(hours=9)
    web.cookies.clear()
    page = await web.get(path, params={"lang": "en"})
    assert page.status_code == 200
    assert " checked" not in page.text
    assert "<script" not in page.text
    assert "Alice" not in page.text
    assert "declined" not in page.text
    assert (await web.head(path)).status_code == 200
    assert await one(ctx, "select count(*) from own_answers") == 0

    half = await post(web, clock, path, **{"purpose-lessons": "yes"})
    assert half.status_code == 422
    done = await post(web, clock, path, **{"purpose-lessons": "yes", "purpose-recordings": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, f"{path}/done")
    assert {access for access, _ in (await purposes(ctx, cast_.anna)).values()} == {"permit"}
    again = await post(web, clock, path, **{"purpose-lessons": "yes", "purpose-recordings": "yes"})
    assert again.status_code == 303
    assert await one(ctx, "select count(*) from own_answers") == 2
    assert await one(ctx, "select count(*) from audit where action = 'handover.answered'") == 1
    for inner in re.findall(r'href="(/[^"#]*)"', (await web.get(path)).text):
        if not inner.startswith("/static"):
            assert (await web.get(inner.replace("&amp;", "&"))).status_code == 200, inner


async def test_taking_everything_back_closes_the_account_and_starts_the_clock(
    ctx: Context, clock: FixedClock, cast_: Cast, web: httpx.AsyncClient
) -> None:
    clock.instant = BIRTHDAY + timedelta(days=3)
    path = f"/l/{await link_for(ctx, cast_.anna, 'own', days=500)}"
    closed = await post(web, clock, f"{path}/close")
    assert closed.status_code == 303
    at = clock.now()
    found = (await decide_many(ctx, [cast_.anna]))[cast_.anna]
    assert (found.decision.access, found.decision.reasons) == ("block", ("assent_declined",))
    assert (found.decision.since, found.decision.purge_due_at) == (at, at + timedelta(days=7))
    clock.advance(days=6)
    await check_learners(ctx)
    assert await one(ctx, "select count(*) from flags where state = 'open' and kind = 'no_basis'") == 1
    back = await post(web, clock, path, **{"purpose-lessons": "yes", "purpose-recordings": "no"})
    assert back.status_code == 303
    await check_learners(ctx)
    assert await one(ctx, "select count(*) from flags where state = 'open'") == 0
    assert (await purposes(ctx, cast_.anna))[""] == ("permit", "own_consent")


async def test_two_acts_at_once_are_one_history(
    ctx: Context, clock: FixedClock, cast_: Cast, web: httpx.AsyncClient
) -> None:
    clock.instant = BIRTHDAY + timedelta(days=3)
    path = f"/l/{await link_for(ctx, cast_.anna, 'own', days=500)}"
    tickets = [TICKET.search((await web.get(path)).text) for _ in range(2)]
    clock.advance(seconds=5)
    yes, no = ({"purpose-lessons": word, "purpose-recordings": word} for word in ("yes", "no"))
    won = await web.post(path, data={"ticket": cast("Any", tickets[0])[1], **yes})
    lost = await web.post(path, data={"ticket": cast("Any", tickets[1])[1], **no})
    assert (won.status_code, lost.status_code) == (303, 409)
    assert (await purposes(ctx, cast_.anna))["lessons"] == ("permit", "own_consent")


async def test_a_guardians_page_ends_with_the_control(
    ctx: Context, clock: FixedClock, cast_: Cast, web: httpx.AsyncClient
) -> None:
    jan = await seed.learner(ctx, cast_.school, "Jan")
    await seed._insert(
        ctx, "guardianships", learner=jan, guardian=cast_.alice, relationship="mother", authority="full",
        eligible="yes", position=1, created_at=NOW,
    )  # fmt: skip
    notice = await one(ctx, "select id from notices")
    request = await seed._insert(
        ctx, "consent_requests", institution=cast_.school, guardian=cast_.alice, notice=notice, state="sent",
        version=1, created_at=NOW, sent_at=NOW, expires_at=NOW + timedelta(days=3000),
    )  # fmt: skip
    for learner in (cast_.anna, jan):
        await seed._insert(ctx, "consent_request_learners", request=request, learner=learner)
    path = f"/g/{await link_for(ctx, request, days=3000)}"
    before = (await web.get(path)).text
    assert f"answer-{cast_.anna}" in before
    clock.instant = BIRTHDAY
    page = (await web.get(f"{path}/change")).text
    assert f"answer-{cast_.anna}" not in page
    assert f"answer-{jan}" in page
    state = (await web.get(f"{path}/done")).text
    assert "Anna is old enough to decide alone now" in state
    assert str(cast_.anna) not in (await web.get(f"{path}/withdraw")).text
    clock.advance(seconds=5)
    ticket = cast("Any", TICKET.search(page))[1]
    forged = await web.post(
        f"{path}/withdraw", data={"ticket": ticket, "learner": str(cast_.anna), f"learner-{cast_.anna}": "yes"}
    )
    assert forged.status_code == 422
    assert await one(ctx, "select count(*) from consents where state = 'withdrawn'") == 0
    clock.instant = datetime(2028, 9, 30, 21, 59, 59, tzinfo=UTC)
    assert "Anna" in (await web.get(f"{path}/done")).text
    clock.instant = datetime(2028, 9, 30, 22, 0, tzinfo=UTC)
    adult = (await web.get(f"{path}/done")).text
    assert "Anna" not in adult
    assert "Jan" in adult


async def test_a_learner_in_erasure_and_a_foreign_link_open_nothing(
    ctx: Context, clock: FixedClock, cast_: Cast, web: httpx.AsyncClient
) -> None:
    handle = await link_for(ctx, cast_.anna, "own", days=500)
    assert (await web.get(f"/l/{await link_for(ctx, cast_.anna, 'consent')}")).status_code == 404
    assert (await web.get("/l/nonsense")).status_code == 404
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set standing = 'erasure_in_progress'")
    assert (await web.get(f"/l/{handle}")).status_code == 404
    assert (await web.post(f"/l/{handle}", data={"ticket": "x"})).status_code == 404
