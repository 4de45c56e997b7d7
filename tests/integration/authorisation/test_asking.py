"""Bob asks the head to sign: who may be asked, for what, until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guardian.authorisation import checking, reading, service, signature
from guardian.context import Context
from guardian.errors import Conflict, NotAllowed, NotFound, Refused, TooMany
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made


async def test_the_question_waits_for_a_signature_and_a_letter_goes_to_the_signatory(ctx: Context) -> None:
    school = await made.school(ctx, state="invited")
    asked = await made.asked(ctx, school.bob)
    found = await reading.get(ctx, school.bob, asked)
    assert (found.state, found.scopes, found.purposes) == ("awaiting_signature", (), ("lessons", "recordings"))
    assert found.valid_until == datetime(2027, 8, 31, 22, tzinfo=UTC)
    async with ctx.transaction(SYSTEM) as tx:
        letter = await tx.fetchrow("select letter, recipient_kind, recipient, institution, state from mail_messages")
        payload = await tx.fetchval("select payload from audit where action = 'authorisation.sent'")
        institution = await tx.fetchval("select state from institutions where id = $1", school.id)
    assert letter is not None
    assert tuple(letter) == ("authorisation_request", "signatory", asked, school.id, "queued")
    assert "example.org" not in payload
    assert institution == "active"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "kid@pupils.example.org"}, "signatory_is_pupil"),
        ({"email": "Bob+head@maple.example.org"}, "signatory_is_starter"),
        ({"email": "head"}, "address_invalid"),
        ({"purposes": ["lessons", "newsletter"]}, "purpose_commercial"),
        ({"purposes": ["recordings"]}, "purpose_core_missing"),
        ({"valid_until": datetime(2026, 9, 1, tzinfo=UTC)}, "valid_until_out_of_range"),
        ({"valid_until": datetime(2036, 9, 1, tzinfo=UTC)}, "valid_until_out_of_range"),
    ],
)
async def test_a_wrong_question_is_refused_and_leaves_nothing(ctx: Context, change: dict[str, Any], code: str) -> None:
    school = await made.school(ctx)
    with pytest.raises(Refused) as refused:
        await made.asked(ctx, school.bob, **change)
    assert refused.value.code == code
    assert await reading.of_institution(ctx, school.bob, school.id) == []
    assert await made.entries(ctx, "authorisation.sent") == 0


async def test_a_model_that_does_not_fit_the_country_is_refused(ctx: Context) -> None:
    school = await made.school(ctx, legal_model="school_agent")
    with pytest.raises(Refused) as refused:
        await made.asked(ctx, school.bob)
    assert refused.value.code == "legal_model_not_allowed"
    american = await made.school(
        ctx, "Elm School", "ann@elm.example.org", legal_model="school_agent", jurisdiction="US-CA"
    )
    await made.asked(ctx, american.bob, "head@elm.example.org")


async def test_only_an_administrator_of_a_school_that_has_not_ended_asks(ctx: Context) -> None:
    school = await made.school(ctx)
    manager = seed.staff_actor(school.bob.id, school.id, "roster_manager")  # type: ignore[arg-type]
    for actor in (manager, school.olga, SYSTEM):
        with pytest.raises(NotAllowed):
            await made.asked(ctx, actor)
    ended = await made.school(ctx, "Old School", "old@old.example.org", state="ended")
    with pytest.raises(NotFound):
        await made.asked(ctx, ended.bob)


async def test_asking_again_at_a_corrected_address_closes_the_first_link(ctx: Context) -> None:
    school = await made.school(ctx)
    first = await made.asked(ctx, school.bob, "haed@maple.example.org")
    handle = await made.handle_of(ctx, first)
    second = await made.asked(ctx, school.bob)
    assert (await made.state(ctx, first), await made.state(ctx, second)) == ("superseded", "awaiting_signature")
    with pytest.raises(NotFound):
        await signature.open_page(ctx, handle)
    async with ctx.transaction(SYSTEM) as tx:
        states = await tx.fetch("select state from mail_messages order by state")
    assert [row["state"] for row in states] == ["cancelled", "queued"]


async def test_the_letter_can_be_sent_again_once_an_hour(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    with pytest.raises(TooMany) as refused:
        await service.resend(ctx, school.bob, asked)
    assert 0 < refused.value.params["retry_after"] <= 3600
    clock.advance(hours=1)
    await service.resend(ctx, school.bob, asked)
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select sequence from mail_messages where subject = $1 order by sequence", asked)
    assert [row["sequence"] for row in rows] == [0, 1]
    await service.revoke(ctx, school.bob, asked)
    clock.advance(hours=2)
    with pytest.raises(Conflict):
        await service.resend(ctx, school.bob, asked)


async def test_an_expired_link_is_renewed_at_the_stored_address_without_a_word(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    clock.instant += timedelta(days=14)
    with pytest.raises(NotFound):
        await signature.open_page(ctx, handle)
    for _ in range(3):  # pressed three times: one letter
        await signature.renew(ctx, handle)
    await signature.renew(ctx, "A" * 27)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from mail_messages where subject = $1", asked) == 2
    assert await made.entries(ctx, "authorisation.link_renewed") == 1


async def test_charlie_of_another_school_finds_nothing(ctx: Context) -> None:
    school = await made.school(ctx)
    charlie = (await made.school(ctx, "Oak School", "charlie@oak.example.org")).bob
    asked = await made.asked(ctx, school.bob)
    for command in (service.resend, service.revoke, service.suspend, reading.get):
        with pytest.raises(NotFound):
            await command(ctx, charlie, asked)
    for command in (checking.verify, checking.reject, service.resume):
        with pytest.raises(NotAllowed):
            await command(ctx, charlie, asked)
    with pytest.raises(NotFound):
        await reading.of_institution(ctx, charlie, school.id)
    assert await made.state(ctx, asked) == "awaiting_signature"
