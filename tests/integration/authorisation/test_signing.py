"""The head reads the whole notice, then signs or refuses, once."""

import asyncio

import msgspec
import pytest

from guardian.authorisation import document, reading, service, signature
from guardian.authorisation.domain import Authorisation
from guardian.authorisation.signing import Signing
from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM
from guardian.notice import service as notices
from guardian.notice.defaults import default_draft
from guardian.tokens import SIGN_TICKET, mint
from tests.conftest import FixedClock
from tests.integration.authorisation import made


async def test_a_signature_keeps_who_when_what_and_which_words(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    opened = await signature.open_page(ctx, handle)
    ticket = await made.ticket_of(ctx, handle, clock, "pl")
    signed = await signature.sign(ctx, handle, ticket, msgspec.structs.replace(made.WHOLE, name="  Hanna   Żak "))
    assert (signed.state, signed.scopes) == ("awaiting_verification", ("use_services", "collect_information"))
    assert (signed.signatory_name, signed.signatory_title) == ("Hanna Żak", "Head teacher")
    assert (signed.notice, signed.notice_sha256) == (opened.notice.id, opened.notice.texts["pl"].sha256)
    assert (signed.language, signed.method, signed.signed_at) == ("pl", "email_link", clock.now())
    assert signed.statement
    assert "Maple School" in signed.statement
    assert document.intact(signed)
    assert document.intact(await reading.get(ctx, school.bob, asked))
    async with ctx.transaction(SYSTEM) as tx:
        entry = await tx.fetchrow("select * from audit where action = 'authorisation.signed'")
        letter = await tx.fetchrow("select recipient from mail_messages where letter = 'authorisation_signed'")
    assert entry is not None
    assert letter is not None
    assert (entry["actor_kind"], entry["actor"], entry["institution"]) == ("signatory", asked, school.id)
    assert "Hanna" not in entry["payload"]
    assert letter["recipient"] == school.bob.id


async def test_of_twenty_presses_at_once_one_signs(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    handle = await made.handle_of(ctx, await made.asked(ctx, school.bob))
    ticket = await made.ticket_of(ctx, handle, clock)
    results = await asyncio.gather(
        *(signature.sign(ctx, handle, ticket, made.WHOLE) for _ in range(10)),
        *(signature.refuse(ctx, handle, ticket) for _ in range(10)),
        return_exceptions=True,
    )
    won = [result for result in results if isinstance(result, Authorisation)]
    assert len(won) == 1
    assert all(isinstance(result, Conflict) for result in results if result not in won)
    moves = await made.entries(ctx, "authorisation.signed") + await made.entries(ctx, "authorisation.refused")
    assert moves == 1


async def test_opening_the_page_changes_nothing(ctx: Context) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    for _ in range(5):
        await signature.open_page(ctx, handle)
    assert await made.state(ctx, asked) == "awaiting_signature"
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from links where used_at is not null") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": ("use_services",)}, "collect_information"),
        ({"scopes": ()}, "use_services"),
        ({"statement_confirmed": False}, "statement"),
        ({"name": ""}, "name"),
        ({"title": " "}, "title"),
    ],
)
async def test_an_incomplete_form_is_no_signature(
    ctx: Context, clock: FixedClock, change: dict[str, object], field: str
) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    ticket = await made.ticket_of(ctx, handle, clock)
    with pytest.raises(Refused) as refused:
        await signature.sign(ctx, handle, ticket, msgspec.structs.replace(made.WHOLE, **change))
    assert (refused.value.code, refused.value.where) == ("signing_incomplete", field)
    assert await made.state(ctx, asked) == "awaiting_signature"


async def test_without_the_page_there_is_no_signature(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    other = await made.school(ctx, "Oak School", "charlie@oak.example.org")
    other_handle = await made.handle_of(ctx, await made.asked(ctx, other.bob, "head@oak.example.org"))
    too_early = await made.fresh_ticket(ctx, handle)
    someone_elses = await made.ticket_of(ctx, other_handle, clock)
    claims = {"sub": "x", "jti": "x", "notice": "x", "lang": "en", "sha": "x"}
    forged = mint(ctx.keys, SIGN_TICKET, claims, now=clock.now(), issuer=ctx.settings.base_url)
    clock.advance(seconds=3)
    for ticket, code in (
        ("", "ticket_malformed"), ("a.b.c", "ticket_malformed"), (someone_elses, "ticket_malformed"),
        (forged, "ticket_malformed"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await signature.sign(ctx, handle, ticket, made.WHOLE)
        assert refused.value.code == code
    clock.advance(hours=2)
    with pytest.raises(Refused) as refused:
        await signature.sign(ctx, handle, too_early, made.WHOLE)
    assert refused.value.code == "ticket_expired"
    fresh = await made.fresh_ticket(ctx, handle)
    clock.advance(seconds=1)
    with pytest.raises(Refused) as refused:
        await signature.refuse(ctx, handle, fresh)
    assert refused.value.code == "ticket_too_early"
    assert await made.state(ctx, asked) == "awaiting_signature"


async def test_a_notice_that_changed_meanwhile_must_be_read_again(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    handle = await made.handle_of(ctx, await made.asked(ctx, school.bob))
    ticket = await made.ticket_of(ctx, handle, clock)
    await notices.publish(ctx, SYSTEM, default_draft(ctx.settings))
    with pytest.raises(Conflict) as refused:
        await signature.sign(ctx, handle, ticket, made.WHOLE)
    assert refused.value.code == "notice_changed"
    signed = await signature.sign(ctx, handle, await made.ticket_of(ctx, handle, clock), made.WHOLE)
    assert signed.state == "awaiting_verification"


async def test_a_refusal_is_final_for_this_question(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    ticket = await made.ticket_of(ctx, handle, clock)
    await signature.refuse(ctx, handle, ticket)
    with pytest.raises(Conflict):
        await signature.sign(ctx, handle, ticket, made.WHOLE)
    assert (await signature.open_page(ctx, handle)).state == "refused"
    assert await made.state(ctx, asked) == "refused"


async def test_after_signing_the_link_shows_what_was_recorded(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    await signature.sign(ctx, handle, await made.ticket_of(ctx, handle, clock, "fr"), made.WHOLE)
    await notices.publish(ctx, SYSTEM, default_draft(ctx.settings))
    opened = await signature.open_page(ctx, handle)
    words = signature.words(ctx, opened, "pl")
    assert (opened.state, words.ticket) == ("awaiting_verification", None)
    assert (opened.notice.version, words.shown.language) == (1, "fr")
    await service.revoke(ctx, school.bob, asked)
    with pytest.raises(NotFound):
        await signature.open_page(ctx, handle)


async def test_the_document_is_the_same_each_time_and_shows_tampering(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.signed(ctx, school.bob, clock)
    handle = await made.handle_of(ctx, asked)
    first = await signature.open_page(ctx, handle)
    pages = [
        document.pdf(first.authorisation, first.institution, first.notice.texts["en"].text, first.notice.version)
        for _ in range(2)
    ]
    assert pages[0] == pages[1]
    assert pages[0].startswith(b"%PDF-")
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update authorisations set signatory_name = 'Somebody Else' where id = $1", asked)
    assert not document.intact((await signature.open_page(ctx, handle)).authorisation)


async def test_markup_that_somebody_types_stays_text(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    odd = Signing(name='#panic("x") ]} \\ $', title="*Ключ* 校長", statement_confirmed=True, scopes=made.WHOLE.scopes)
    await signature.sign(ctx, handle, await made.ticket_of(ctx, handle, clock), odd)
    opened = await signature.open_page(ctx, handle)
    made_pdf = document.pdf(
        opened.authorisation, opened.institution, opened.notice.texts["en"].text, opened.notice.version
    )
    assert made_pdf.startswith(b"%PDF-")
