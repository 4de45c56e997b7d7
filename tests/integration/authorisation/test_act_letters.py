"""Whoever asked and whoever signed hear of every act, with its reason, in their language."""

import pytest

from guardian.authorisation import checking, lapse, service, signature
from guardian.context import Context
from guardian.errors import Refused
from guardian.mail.composing import Composed, Skip
from guardian.mail.rendering import render
from tests.conftest import FixedClock
from tests.integration.authorisation import made

BOB = "bob@maple.example.org"
WHY = "Our council wants to look at it first."


async def _said(ctx: Context, letter: str) -> dict[str, str]:
    waiting = [each for each in await made.letters(ctx, letter) if isinstance(each, Composed)]
    return {each.recipient: render(each.letter, each.language).text for each in waiting}


async def test_a_refusal_reaches_the_staff_with_its_reason(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    handle = await made.handle_of(ctx, await made.asked(ctx, school.bob))
    ticket = await made.ticket_of(ctx, handle, clock)
    with pytest.raises(Refused) as refused:
        await signature.refuse(ctx, handle, ticket, "x" * 501)
    assert refused.value.code == "reason_too_long"
    await signature.refuse(ctx, handle, ticket, f"  {WHY} ")
    said = await _said(ctx, "authorisation_refused")
    assert list(said) == [BOB]
    assert WHY in said[BOB]
    assert "refused on Monday 7 September 2026, 10:00 (Warsaw)" in said[BOB]
    assert "http://127.0.0.1:8000/school/authorisations" in said[BOB]
    assert (await signature.open_page(ctx, handle)).authorisation.reason == WHY


async def test_a_signature_that_was_not_confirmed(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock, language="pl")
    with pytest.raises(Refused) as refused:
        await checking.reject(ctx, school.olga, signed, "  ")
    assert refused.value.code == "reason_missing"
    await checking.reject(ctx, school.olga, signed, WHY)
    said = await _said(ctx, "authorisation_refused")
    assert set(said) == {BOB, made.HEAD}
    assert "could not confirm" in said[BOB]
    assert "nie udało się potwierdzić" in said[made.HEAD]


async def test_in_force_suspended_lifted_revoked(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    active = await made.in_force(ctx, school, clock, language="fr")
    said = await _said(ctx, "authorisation_active")
    assert "is checked and in force. It holds through Tuesday 31 August 2027." in said[BOB]
    assert "est vérifiée et en vigueur" in said[made.HEAD]
    await service.suspend(ctx, school.olga, active, WHY)
    said = await _said(ctx, "authorisation_suspended")
    assert "Guardian demo operator suspended" in said[BOB]
    assert WHY in said[made.HEAD]
    assert await made.letters(ctx, "authorisation_active") == [Skip("cancelled", "moved_on")] * 2
    await service.resume(ctx, school.olga, active)
    said = await _said(ctx, "authorisation_active")
    assert "The suspension is lifted" in said[BOB]
    await service.suspend(ctx, school.bob, active)  # the school may, without a word
    assert "The school suspended" in (await _said(ctx, "authorisation_suspended"))[BOB]
    await service.revoke(ctx, school.bob, active)
    said = await _said(ctx, "authorisation_revoked")
    assert "The school revoked" in said[BOB]
    assert "L’établissement a révoqué" in said[made.HEAD]
    assert await made.to(ctx, "authorisation_suspended") == []


async def test_a_question_that_is_taken_back_before_the_signature_tells_nobody(ctx: Context) -> None:
    school = await made.school(ctx)
    await service.revoke(ctx, school.bob, await made.asked(ctx, school.bob))
    assert await made.letters(ctx, "authorisation_revoked") == []


async def test_the_end_of_the_school_is_told_once(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    await made.in_force(ctx, school, clock)
    await made.asked(ctx, school.bob)
    await lapse.end_institution(ctx, school.olga, school.id)
    said = await _said(ctx, "authorisation_revoked")
    assert set(said) == {BOB, made.HEAD}
    assert "no longer works with" in said[BOB]
    assert "save what you need" in said[BOB]
