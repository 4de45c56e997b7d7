"""The guardian's pages through the web application: complete without a script or a cookie, and nothing on a GET."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from guardian.consent.pages import ROUTES
from guardian.consent.reading import RENEWED
from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, link_for, one

FIELD = re.compile(r'<input[^>]*type="radio"[^>]*name="(answer-[^"]+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


@pytest.fixture
async def web(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without cookies."""
    app = Litestar(route_handlers=ROUTES, openapi_config=None)
    app.state.context = ctx
    transport = httpx.ASGITransport(app=cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def get(web: httpx.AsyncClient, path: str, **more: Any) -> httpx.Response:
    web.cookies.clear()
    return await web.get(path, **more)


async def post(web: httpx.AsyncClient, path: str, form: dict[str, str], **more: Any) -> httpx.Response:
    web.cookies.clear()
    return await web.post(path, data=form, **more)


def form_of(html: str, choice: str = "yes", **more: str) -> dict[str, str]:
    """What a person would send: every question answered, a name typed."""
    fields = dict.fromkeys(FIELD.findall(html), choice)
    return {"ticket": ticket_of(html), **fields, "relationship": "mother", "name": "Alice Kowal", **more}


def ticket_of(html: str) -> str:
    found = TICKET.search(html)
    assert found is not None
    return found[1]


async def state_of(ctx: Context) -> list[tuple[str, str]]:
    return [tuple(row) for row in await all_rows(ctx, "select purpose, state from consents order by purpose, state")]


async def test_the_page_asks_each_child_and_purpose_apart_and_chooses_nothing(
    web: httpx.AsyncClient, story: Story
) -> None:
    page = await get(web, f"/g/{story.handle}")
    assert page.status_code == 200
    html = page.text
    assert len(set(FIELD.findall(html))) == 4
    assert " checked" not in html
    assert "<script" not in html
    assert len(page.content) < 50_000
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert "Maple School" in title
    assert not {"Anna", "Jan", "Alice"} & set(re.findall(r"\w+", title))
    for said in ("Maple School", "office@maple.example.org", "Guardian demo operator", "privacy@example.org"):
        assert said in html
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', html)


async def test_get_head_and_scanners_change_nothing(ctx: Context, web: httpx.AsyncClient, story: Story) -> None:
    before = await one(ctx, "select count(*) from audit")
    for path in ("", "/change", "/done", "/notice", "/later", "/withdraw", "/not-mine", "/receipt.json"):
        for agent in ("", "BingPreview/1.0b", "Mozilla/5.0 Chrome/130"):
            assert (await get(web, f"/g/{story.handle}{path}", headers={"user-agent": agent})).status_code == 200
        head = await web.head(f"/g/{story.handle}{path}")
        assert (head.status_code, head.content) == (200, b"")
    stop = await link_for(ctx, story.request, "unsubscribe")
    for _ in range(3):
        assert (await get(web, f"/u/{stop}")).status_code == 200
        assert (await web.head(f"/u/{stop}")).status_code == 200
    assert await one(ctx, "select state from consent_requests") == "sent"
    assert await one(ctx, "select count(*) from links where used_at is not null") == 0
    assert await one(ctx, "select reminders_stopped_at from consent_requests") is None
    assert await one(ctx, "select count(*) from audit") == before


@pytest.mark.time
async def test_answering_is_one_press_after_the_link_and_ends_on_what_was_recorded(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}")).text
    clock.advance(seconds=2)
    sent = await post(web, f"/g/{story.handle}", form_of(html))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/g/{story.handle}/done")
    assert await state_of(ctx) == [("lessons", "given")] * 2 + [("recordings", "given")] * 2
    done = (await get(web, f"/g/{story.handle}/done")).text
    assert "Your answers are recorded" in done
    assert {"Anna", "Jan"} <= set(re.findall(r"\w+", done))
    assert f"/g/{story.handle}/withdraw" in done
    again = await post(web, f"/g/{story.handle}", form_of(html))
    assert again.status_code == 303
    assert await one(ctx, "select count(*) from consents") == 4
    other = await post(web, f"/g/{story.handle}", form_of(html, "no"))
    assert other.status_code == 409
    assert "This answer was not recorded" in other.text
    assert await one(ctx, "select count(*) from consents") == 4


@pytest.mark.time
async def test_a_press_in_the_first_two_seconds_shows_the_page_again_with_all_that_was_typed(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}")).text
    clock.advance(seconds=1.9)
    early = await post(web, f"/g/{story.handle}", form_of(html, name="Zofia Żółć"))
    assert early.status_code == 422
    assert "Zofia Żółć" in early.text
    assert early.text.count(" checked") == 4
    assert await state_of(ctx) == []
    clock.advance(seconds=3)
    assert (await post(web, f"/g/{story.handle}", form_of(early.text))).status_code == 303


@pytest.mark.time
async def test_a_page_left_open_over_night_loses_nothing(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}")).text
    clock.advance(hours=9)
    late = await post(web, f"/g/{story.handle}", form_of(html, "no"))
    assert late.status_code == 422
    clock.advance(seconds=5)
    assert (await post(web, f"/g/{story.handle}", form_of(late.text, "no"))).status_code == 303


async def test_what_is_missing_is_said_on_top_and_nothing_typed_is_lost(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}")).text
    clock.advance(seconds=3)
    form = form_of(html, name="", relationship="queen")
    gone = next(name for name in form if name.startswith("answer-"))
    del form[gone]
    page = await post(web, f"/g/{story.handle}", form)
    assert page.status_code == 422
    assert page.text.count(" checked") == 3
    for target in (gone, "relationship", "name"):
        assert f'href="#{target}"' in page.text
        assert f'id="{target}"' in page.text
    assert await state_of(ctx) == []


async def test_forms_without_a_choice_a_ticket_or_anything_decide_nothing(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}")).text
    clock.advance(seconds=3)
    ticket = ticket_of(html)
    for form in ({}, {"ticket": ticket}, {**form_of(html), "ticket": "x.y.z"}, {"ticket": "\ud7ff" * 900}):
        assert (await post(web, f"/g/{story.handle}", form)).status_code == 422
    raw = await web.post(f"/g/{story.handle}", content=b'{"a": 1}', headers={"content-type": "application/json"})
    assert raw.status_code == 422
    assert await state_of(ctx) == []


async def test_a_ticket_of_another_guardian_s_page_decides_nothing(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    ola = await seed.learner(ctx, story.school, "Ola")
    carol = await seed.guardian(ctx, story.school, ola, name="Carol", email="carol@example.org")
    from guardian.consent import asking
    from guardian.people.jobs import AskGuardians

    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    request = await one(ctx, "select id from consent_requests where guardian = $1", carol)
    hers = await link_for(ctx, request)
    html = (await get(web, f"/g/{hers}")).text
    clock.advance(seconds=3)
    mine = form_of((await get(web, f"/g/{story.handle}")).text)
    clock.advance(seconds=3)
    stolen = {**mine, "ticket": ticket_of(html)}
    assert (await post(web, f"/g/{story.handle}", stolen)).status_code >= 400
    assert await state_of(ctx) == []
    assert (await post(web, f"/g/{hers}", mine)).status_code == 422


async def test_every_dead_link_gets_one_and_the_same_page(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    stop = await link_for(ctx, story.request, "unsubscribe")
    pages = set()
    for handle in ("x" * 27, stop):
        page = await get(web, f"/g/{handle}")
        pages.add((page.status_code, page.text.replace(handle, "")))
    clock.advance(days=15)
    page = await get(web, f"/g/{story.handle}")
    pages.add((page.status_code, page.text.replace(story.handle, "")))
    stripped = {(status, re.sub(r'value="[0-9a-f]{40}"', "", text)) for status, text in pages}
    assert len(stripped) == 1
    assert next(iter(stripped))[0] == 404
    for path in ("", "/withdraw", "/not-mine", "/notice", "/receipt.json", "/done", "/later"):
        assert (await get(web, f"/g/{'x' * 27}{path}")).status_code == 404
    for path in ("", "/withdraw"):
        assert (await post(web, f"/g/{'x' * 27}{path}", {})).status_code == 404
    assert (await get(web, "/u/" + "x" * 27)).status_code == 404
    assert (await post(web, "/u/" + "x" * 27, {})).status_code == 404


async def test_a_new_link_is_promised_in_the_same_words_to_everybody(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update mail_messages set state = 'accepted'")
    clock.advance(days=15)
    dead = await get(web, f"/g/{story.handle}")
    assert f'value="{story.handle}"' in dead.text
    said = set()
    for handle in (story.handle, "x" * 27, ""):
        page = await post(web, "/g/fresh", {"handle": handle})
        said.add((page.status_code, page.text))
    assert len(said) == 1
    assert "alice@" not in next(iter(said))[1]
    assert await one(ctx, "select count(*) from mail_messages where sequence >= $1", RENEWED) == 1


async def test_withdrawing_takes_one_page_and_one_button(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    await answer(ctx, story.handle)
    html = (await get(web, f"/g/{story.handle}/withdraw")).text
    ticket = ticket_of(html)
    assert " checked" not in html
    clock.advance(seconds=3)
    nobody = await post(web, f"/g/{story.handle}/withdraw", {"ticket": ticket})
    assert nobody.status_code == 422
    sent = await post(web, f"/g/{story.handle}/withdraw", {"ticket": ticket, f"learner-{story.anna}": "yes"})
    assert sent.status_code == 303
    assert await one(ctx, "select count(*) from consents where state = 'withdrawn'") == 2
    again = await post(web, f"/g/{story.handle}/withdraw", {"ticket": ticket, f"learner-{story.anna}": "yes"})
    assert again.status_code == 303
    assert await one(ctx, "select count(*) from consents where state = 'withdrawn'") == 2


async def test_not_my_child_thanks_and_a_double_click_thanks_again(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    html = (await get(web, f"/g/{story.handle}/not-mine")).text
    form = {"ticket": ticket_of(html), f"learner-{story.anna}": "yes", f"learner-{story.jan}": "yes"}
    clock.advance(seconds=3)
    for _ in range(2):
        sent = await post(web, f"/g/{story.handle}/not-mine", form)
        assert (sent.status_code, sent.headers["location"]) == (303, "/g/thanks")
    assert (await get(web, "/g/thanks")).status_code == 200
    assert await one(ctx, "select count(*) from flags") == 2
    assert (await get(web, f"/g/{story.handle}")).status_code == 404


async def test_one_click_stops_reminders_and_nothing_else(ctx: Context, web: httpx.AsyncClient, story: Story) -> None:
    stop = await link_for(ctx, story.request, "unsubscribe")
    for _ in range(2):
        page = await post(web, f"/u/{stop}", {"List-Unsubscribe": "One-Click"})
        assert page.status_code == 200
    assert await one(ctx, "select reminders_stopped_at from consent_requests") is not None
    assert await one(ctx, "select state from consent_requests") == "sent"
    assert (await get(web, f"/g/{story.handle}")).status_code == 200


async def test_an_answered_link_shows_what_stands_and_lets_it_be_changed(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    await answer(ctx, story.handle, recordings="no")
    page = (await get(web, f"/g/{story.handle}")).text
    assert "Where things stand" in page
    form = (await get(web, f"/g/{story.handle}/change")).text
    assert form.count(" checked") == 4
    clock.advance(seconds=3)
    assert (await post(web, f"/g/{story.handle}", form_of(form, "yes"))).status_code == 303
    assert ("recordings", "given") in await state_of(ctx)


async def test_the_receipt_names_no_child(ctx: Context, web: httpx.AsyncClient, story: Story) -> None:
    await answer(ctx, story.handle)
    page = await get(web, f"/g/{story.handle}/receipt.json")
    receipt = page.json()
    assert page.headers["content-type"].startswith("application/json")
    assert not re.search("Anna|Jan|Kowal|alice@", page.text)
    assert receipt["schema_version"].startswith("https://w3id.org/dpv/")
    assert {record["pii_principal_id"] for record in receipt["records"]} == {str(story.anna), str(story.jan)}
    for record in receipt["records"]:
        for field in ("record_id", "privacy_notice", "withdrawal_method", "jurisdiction", "pii_controllers"):
            assert record[field]
        assert {event["event_state"] for event in record["events"]} == {"ConsentGiven"}


@pytest.mark.parametrize(("language", "button"), [("fr", "Enregistrer mes réponses"), ("pl", "Zapisz moje odpowiedzi")])
async def test_the_page_speaks_the_guardian_s_language_and_switches(
    ctx: Context, web: httpx.AsyncClient, story: Story, language: str, button: str
) -> None:
    assert button in unescape((await get(web, f"/g/{story.handle}?lang={language}")).text)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set language = $1", language)
    page = await get(web, f"/g/{story.handle}", headers={"accept-language": "en"})
    assert button in unescape(page.text)
    assert f'<html lang="{language}"' in page.text


async def test_without_an_authorisation_nothing_is_asked_but_a_withdrawal_works(
    ctx: Context, web: httpx.AsyncClient, story: Story, clock: FixedClock
) -> None:
    await answer(ctx, story.handle)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update authorisations set state = 'revoked'")
    page = await get(web, f"/g/{story.handle}")
    assert page.status_code == 200
    assert 'name="ticket"' not in page.text
    html = (await get(web, f"/g/{story.handle}/withdraw")).text
    clock.advance(seconds=3)
    form = {"ticket": ticket_of(html), f"learner-{story.jan}": "yes"}
    assert (await post(web, f"/g/{story.handle}/withdraw", form)).status_code == 303


async def test_twenty_children_still_fit_and_every_name_is_escaped(
    ctx: Context, web: httpx.AsyncClient, story: Story
) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set given_name = '<script>alert(1)</script>' where id = $1", story.anna)
    page = await get(web, f"/g/{story.handle}")
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
