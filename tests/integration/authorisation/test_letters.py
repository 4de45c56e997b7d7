"""What the letters to signatories and staff say, and when they are not written after all."""

from datetime import timedelta

import msgspec
import pytest

from guardian.authorisation import checking, service, signature
from guardian.authorisation.letters import COMPOSERS
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail.composing import Composed, Skip
from guardian.mail.outbox import Claimed
from guardian.mail.rendering import render
from guardian.staff import service as staff_service
from guardian.staff.letters import COMPOSERS as STAFF_COMPOSERS
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made

ALL = {**COMPOSERS, **STAFF_COMPOSERS}


async def _compose(ctx: Context, letter: str) -> list[Composed | Skip]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select id, institution, letter, recipient_kind, recipient, subject, sequence, attempts, created_at "
            "from mail_messages where letter = $1 order by created_at, sequence",
            letter,
        )
        batch = [msgspec.convert(dict(row), Claimed) for row in rows]
        composed = await ALL[letter](ctx, tx, batch)
    return [composed[claimed.id] for claimed in batch]


async def _one(ctx: Context, letter: str) -> Composed:
    (composed,) = await _compose(ctx, letter)
    assert isinstance(composed, Composed)
    return composed


async def test_the_signatory_reads_who_asks_what_for_and_until_when(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob, language="pl")
    composed = await _one(ctx, "authorisation_request")
    assert (composed.recipient, composed.language) == (made.HEAD, "pl")
    assert composed.reply_to == "office@maple.example.org"
    said = msgspec.structs.asdict(composed.letter)
    assert (said["institution"], said["asked_by"], said["signatory"]) == ("Maple School", "Bob Staff", None)
    assert [line.title for line in said["purposes"]] == ["Lekcje", "Nagrania"]
    assert said["in_force_until"] == "wtorek 31 sierpnia 2027"
    handle = said["url"].rpartition("/")[2]
    assert (await signature.open_page(ctx, handle)).authorisation.id == asked
    clock.advance(minutes=6)  # written again after a crash: the same letter, the same end
    assert await _one(ctx, "authorisation_request") == composed
    for language in ("en", "fr", "pl"):
        assert said["url"] in render(composed.letter, language).text


async def test_a_link_never_outlives_what_would_be_signed(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    await made.asked(ctx, school.bob, valid_until=clock.now() + timedelta(days=3))
    said = msgspec.structs.asdict((await _one(ctx, "authorisation_request")).letter)
    assert said["expires"].startswith("Thursday 10 September 2026, 10:00")


async def test_a_question_that_was_taken_back_is_not_sent(ctx: Context) -> None:
    school = await made.school(ctx)
    await service.revoke(ctx, school.bob, await made.asked(ctx, school.bob))
    assert await _compose(ctx, "authorisation_request") == [Skip("cancelled", "moved_on")]


async def test_the_colleague_hears_where_it_stands_when_the_letter_leaves(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    composed = await _one(ctx, "authorisation_signed")
    said = msgspec.structs.asdict(composed.letter)
    assert composed.recipient == "bob@maple.example.org"
    assert (said["state"], said["signatory"]) == ("awaiting_verification", "Hanna Żak")
    assert "Hanna Żak" in render(composed.letter, "fr").text
    await checking.verify(ctx, school.olga, signed)
    assert msgspec.structs.asdict((await _one(ctx, "authorisation_signed")).letter)["state"] == "active"
    await service.revoke(ctx, school.bob, signed)
    assert await _compose(ctx, "authorisation_signed") == [Skip("cancelled", "moved_on")]


async def test_a_sign_in_letter_carries_a_link_that_signs_in(ctx: Context, clock: FixedClock) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx), language="fr")
    await staff_service.request_sign_in(ctx, "bob@maple.example.org")
    composed = await _one(ctx, "staff_sign_in")
    said = msgspec.structs.asdict(composed.letter)
    assert (composed.language, said["minutes"]) == ("fr", 20)
    assert (await staff_service.sign_in(ctx, said["url"].rpartition("/")[2])).actor.id == bob
    clock.advance(hours=1, seconds=1)
    assert await _compose(ctx, "staff_sign_in") == [Skip("cancelled", "too_old")]


@pytest.mark.parametrize("institution", [True, False])
async def test_an_invitation_names_the_school_and_lives_a_week(
    ctx: Context, clock: FixedClock, institution: bool
) -> None:
    school = await seed.institution(ctx) if institution else None
    role = "institution_admin" if institution else "operator_admin"
    added = await staff_service.add(
        ctx, SYSTEM, email="rita@maple.example.org", name="Rita", role=role, institution=school
    )
    composed = await _one(ctx, "staff_invitation")
    said = msgspec.structs.asdict(composed.letter)
    assert said["institution"] == ("Maple School" if institution else None)
    clock.advance(days=6, hours=23)
    assert await _one(ctx, "staff_invitation") == composed
    assert (await staff_service.sign_in(ctx, said["url"].rpartition("/")[2])).actor.id == added


async def test_who_has_left_gets_no_letter(ctx: Context) -> None:
    bob = await seed.staff(ctx, await seed.institution(ctx))
    await staff_service.request_sign_in(ctx, "bob@maple.example.org")
    await staff_service.end(ctx, SYSTEM, bob)
    assert await _compose(ctx, "staff_sign_in") == [Skip("cancelled", "gone")]
