"""The signatory's page: everything to read, two ticks, a name; then a document."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from guardian.authorisation import service
from guardian.authorisation.pages import ROUTES
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.notice import service as notices
from guardian.notice.defaults import default_draft
from guardian.notice.pages import ROUTES as NOTICE_ROUTES
from guardian.staff import service as staff_service
from guardian.staff.pages import ROUTES as STAFF_ROUTES
from tests.conftest import FixedClock
from tests.integration.authorisation import made
from tests.integration.staff.browser import browser, form

PAGES = [*ROUTES, *STAFF_ROUTES, *NOTICE_ROUTES]
SIGNED = {
    "use_services": "yes", "collect_information": "yes", "name": "Hanna Żak", "title": "Head teacher",
    "statement": "yes",
}  # fmt: skip


async def _path(ctx: Context) -> tuple[UUID, str, made.School]:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    return asked, f"/sign/{await made.handle_of(ctx, asked)}", school


async def _read(client: httpx.AsyncClient, path: str, clock: FixedClock) -> dict[str, str]:
    page = await client.get(path)
    clock.advance(seconds=5)
    return form(page, path.partition("?")[0])


async def test_nothing_is_ticked_and_everything_stands_on_the_page(ctx: Context) -> None:
    _, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        page = await client.get(path)
    assert page.status_code == 200
    assert " checked>" not in page.text
    assert "<script" not in page.text
    assert len(page.content) < 50_000
    text = default_draft(ctx.settings).texts["en"]
    for said in (
        "Maple School", "Bob Staff", "Tuesday 31 August 2027", text.intro, text.how_to_consent, text.rights,
        text.deletion_deadline, text.operator.phone, text.purposes["recordings"].items[0].name,
    ):  # fmt: skip
        assert said in page.text.replace("&#39;", "'"), said
    assert page.text.count("Not part of this authorisation.") == 2
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert "Maple" not in title


async def test_a_scanner_changes_nothing(ctx: Context) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as scanner:
        for method in ("HEAD", "GET", "HEAD", "GET", "GET"):
            assert (await scanner.request(method, path)).status_code == 200
        assert (await scanner.get(f"{path}/refuse")).status_code == 405
        assert (await scanner.get(f"{path}/renew")).status_code == 405
        assert (await scanner.get(f"{path}/document.pdf")).status_code == 303
    assert await made.state(ctx, asked) == "awaiting_signature"
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from audit where actor_kind = 'signatory'") == 0


async def test_a_signature_leads_to_what_was_recorded_and_its_document(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        fields = {**await _read(client, path, clock), **SIGNED}
        answers = [await client.post(path, data=fields) for _ in range(2)]  # a double click
        assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, path)] * 2
        page = await client.get(path)
        assert "your signature is recorded" in page.text
        assert "Hanna Żak, Head teacher" in page.text
        document = await client.get(f"{path}/document.pdf")
        assert document.headers["content-type"] == "application/pdf"
        assert document.content.startswith(b"%PDF-")
        assert document.headers["cache-control"] == "no-store"
        # refusing now is another answer, and it comes too late
        late = await client.post(f"{path}/refuse", data=fields)
        assert late.status_code == 409
        assert "moved on" in late.text
    assert await made.state(ctx, asked) == "awaiting_verification"
    assert await made.entries(ctx, "authorisation.signed") == 1


async def test_a_refusal_is_recorded(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        page = await client.get(path)
        clock.advance(seconds=5)
        fields = form(page, f"{path}/refuse")
        answers = [await client.post(f"{path}/refuse", data=fields) for _ in range(2)]
        assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, path)] * 2
        assert "You have refused" in (await client.get(path)).text
    assert await made.state(ctx, asked) == "refused"


async def test_what_lacks_is_named_and_nothing_typed_is_lost(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        fields = await _read(client, path, clock)
        page = await client.post(path, data={**fields, "use_services": "yes", "name": 'Hanna "<b>Żak'})
        assert page.status_code == 422
        for target in ("collect_information", "title", "statement"):
            assert f'href="#{target}"' in page.text
        assert 'href="#use_services"' not in page.text
        assert 'value="Hanna &#34;&lt;b&gt;Żak"' in page.text
        assert page.text.count(" checked>") == 1
        again = form(page, path)
        clock.advance(seconds=5)
        signed = await client.post(path, data={**again, **SIGNED})
        assert signed.status_code == 303
    assert await made.state(ctx, asked) == "awaiting_verification"


async def test_a_form_without_the_page_signs_nothing(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        assert (await client.post(path, data=SIGNED)).status_code == 422
        page = await client.get(path)
        too_fast = await client.post(path, data={**form(page, path), **SIGNED})
        assert too_fast.status_code == 422
        assert "faster than the notice can be read" in too_fast.text
    assert await made.state(ctx, asked) == "awaiting_signature"


async def test_after_a_change_of_the_notice_the_ticks_are_gone(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        fields = await _read(client, path, clock)
        await notices.publish(ctx, SYSTEM, default_draft(ctx.settings))
        page = await client.post(path, data={**fields, **SIGNED})
        assert page.status_code == 409
        assert "notice was changed" in page.text
        assert " checked>" not in page.text
        assert "Hanna Żak" in page.text
    assert await made.state(ctx, asked) == "awaiting_signature"


async def test_every_dead_link_gets_the_same_page(ctx: Context, clock: FixedClock) -> None:
    asked, path, school = await _path(ctx)
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    revoked_asked = await made.asked(ctx, other.bob, "head@oak.example.org")
    revoked = f"/sign/{await made.handle_of(ctx, revoked_asked)}"
    await service.revoke(ctx, other.bob, revoked_asked)
    bob_in = httpx.URL(await staff_service.sign_in_link(ctx, school.bob.id)).path  # type: ignore[arg-type]
    clock.advance(days=14)
    dead = [path, revoked, "/sign/" + "A" * 27, "/sign/short", bob_in.replace("/sign-in/", "/sign/")]
    async with browser(ctx, *PAGES) as client:
        pages = [await client.get(each) for each in dead]
        assert {page.status_code for page in pages} == {404}
        bodies = set()
        for page, each in zip(pages, dead, strict=True):
            handle = each.removeprefix("/sign/")
            plain = page.text.replace(handle, "HANDLE").replace("/sign/unknown", "/sign/HANDLE")
            bodies.add("".join(line for line in plain.splitlines() if "_csrf" not in line))
        assert len(bodies) == 1
        answers = {(a.status_code, a.headers["location"]) for a in [await client.post(f"{d}/renew") for d in dead]}
        assert answers == {(303, "/sign/renewed")}
        assert "Look in your inbox" in (await client.get("/sign/renewed")).text
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from mail_messages where subject = $1", asked) == 2
        assert await tx.fetchval("select count(*) from mail_messages where subject = $1", revoked_asked) == 1


async def test_what_a_mail_program_adds_to_the_link_does_no_harm(ctx: Context, clock: FixedClock) -> None:
    asked, path, _ = await _path(ctx)
    async with browser(ctx, *PAGES) as client:
        fields = await _read(client, path, clock)
        page = await client.get(f"{path}).")
        assert page.status_code == 200
        assert f'action="{path}?' in page.text
        assert (await client.post(f"{path}.", data={**fields, **SIGNED})).headers["location"] == path
    assert await made.state(ctx, asked) == "awaiting_verification"


async def test_the_document_is_for_that_school_and_the_operator_only(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    unsigned = await made.asked(ctx, school.bob)
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    for actor, desk, authorisation, status in (
        (school.bob, "school", signed, 200), (school.olga, "admin", signed, 200), (other.bob, "school", signed, 404),
        (school.bob, "school", unsigned, 404), (None, "school", signed, 303),
    ):  # fmt: skip
        async with browser(ctx, *PAGES) as client:
            if actor is not None:
                entry = httpx.URL(await staff_service.sign_in_link(ctx, actor.id)).path  # type: ignore[arg-type]
                await client.post(entry, data=form(await client.get(entry), entry))
            answer = await client.get(f"/{desk}/authorisations/{authorisation}/document.pdf")
            assert answer.status_code == status
            assert (answer.headers["content-type"] == "application/pdf") is (status == 200)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Votre décision", "Refuser de signer", "mardi 31 août 2027", "Quelles données sur les élèves"]),
        ("pl", ["Państwa decyzja", "Odmawiam podpisu", "wtorek 31 sierpnia 2027", "Jakie dane uczniów zbieramy"]),
    ],
)
async def test_the_page_speaks_the_letters_language_and_then_the_readers(
    ctx: Context, clock: FixedClock, language: str, words: list[str]
) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob, language=language)
    path = f"/sign/{await made.handle_of(ctx, asked)}"
    async with browser(ctx, *PAGES, language="en") as client:
        page = (await client.get(path)).text
        for word in words:
            assert word in page
        fields = {**await _read(client, f"{path}?lang=en", clock), **SIGNED}
        assert "Your decision" in (await client.get(f"{path}?lang=en")).text
        await client.post(f"{path}?lang=en", data=fields)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select language from authorisations where id = $1", asked) == "en"


@pytest.mark.parametrize(("language", "word"), [("en", "Your rights"), ("fr", "Vos droits"), ("pl", "Państwa prawa")])
async def test_the_notice_is_open_to_anybody(ctx: Context, language: str, word: str) -> None:
    await notices.ensure_default(ctx)
    async with browser(ctx, *PAGES, language=language) as client:
        page = await client.get("/notice")
    text: Any = default_draft(ctx.settings).texts[language]
    assert page.status_code == 200
    assert word in page.text
    assert text.retention in page.text.replace("&#39;", "'")
