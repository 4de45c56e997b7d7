"""What each letter says, to whom, and when it is not written after all."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from guardian.consent import chasing, delivery, service
from guardian.consent.letters import ACCEPTED, COMPOSERS
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.mail import outbox
from guardian.mail.composing import Composed, Skip
from guardian.mail.letters import LETTERS
from guardian.mail.outbox import Claimed
from guardian.mail.rendering import render
from tests import seed
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, answered, claims, one


async def claimed(ctx: Context, letter: str) -> list[Claimed]:
    rows = await all_rows(
        ctx, "select id, institution, letter, recipient_kind, recipient, subject, sequence, attempts, created_at "
        "from mail_messages where letter = $1 order by created_at, sequence", letter,
    )  # fmt: skip
    return [msgspec.convert(dict(row), Claimed) for row in rows]


async def compose(ctx: Context, letter: str) -> list[Any]:
    batch = await claimed(ctx, letter)
    async with ctx.transaction(SYSTEM) as tx:
        made = await COMPOSERS[letter](ctx, tx, batch)
        again = await COMPOSERS[letter](ctx, tx, batch)
    assert made == again, "a letter that is written again after a crash must be the same"
    return [made[one.id] for one in batch]


async def accept(ctx: Context, letter: str) -> None:
    taken = await claimed(ctx, letter)
    async with ctx.transaction(SYSTEM) as tx:
        await ACCEPTED[letter](ctx, tx, taken)


async def test_the_first_letter_names_the_school_the_children_and_what_for(ctx: Context, story: Story) -> None:
    (composed,) = await compose(ctx, "consent_request")
    assert isinstance(composed, Composed)
    assert (composed.recipient, composed.language) == ("alice@example.org", "en")
    assert composed.reply_to == "office@maple.example.org"
    assert composed.list_unsubscribe is None
    letter: Any = composed.letter
    assert (letter.school, letter.guardian) == ("Maple School", "Alice Kowal")
    assert [(child.given_name, child.class_name) for child in letter.children] == [("Anna", "4a"), ("Jan", "4a")]
    assert len(letter.purposes) == 2
    assert letter.url.startswith("http://127.0.0.1:8000/g/")
    assert letter.deadline == "Monday 21 September 2026, 10:00 (Warsaw)"
    assert (await service.open_page(ctx, letter.url.rpartition("/")[2])).request.id == story.request


@pytest.mark.time
async def test_a_250_starts_the_time_for_an_answer(ctx: Context, story: Story, clock: FixedClock) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update consent_requests set state = 'queued', sent_at = null, expires_at = null")
    clock.advance(hours=5)
    await accept(ctx, "consent_request")
    row = (await all_rows(ctx, "select state, sent_at, expires_at from consent_requests"))[0]
    assert tuple(row) == ("sent", clock.now(), clock.now() + timedelta(days=14))


async def test_a_reminder_carries_a_link_that_stops_reminders(ctx: Context, story: Story, clock: FixedClock) -> None:
    clock.advance(days=3)
    await chasing.remind_due(ctx)
    (composed,) = await compose(ctx, "consent_reminder")
    assert (composed.letter.number, composed.letter.total) == (1, 3)
    assert composed.list_unsubscribe == composed.letter.unsubscribe_url
    assert "/u/" in composed.list_unsubscribe
    assert composed.references == await one(ctx, "select id from mail_messages where letter = 'consent_request'")
    assert composed.letter.deadline == "Monday 21 September 2026, 10:00 (Warsaw)"
    assert await chasing.stop_reminders(ctx, composed.list_unsubscribe.rpartition("/")[2])
    assert await compose(ctx, "consent_reminder") == [Skip("cancelled", "reminders_off")]


@pytest.mark.parametrize(
    ("change", "skip"),
    [
        ("update consent_requests set state = 'answered'", Skip("cancelled", "answered")),
        ("update guardians set email = null", Skip("cancelled", "no_address")),
        ("update guardians set unreachable_since = '2026-09-07T08:00:00Z'", Skip("suppressed", "unreachable")),
        ("update guardianships set authority = 'none'", Skip("cancelled", "nothing_to_ask")),
        ("update authorisations set state = 'revoked'", Skip("cancelled", "nothing_to_ask")),
    ],
)
async def test_a_question_that_is_moot_is_not_sent(ctx: Context, story: Story, change: str, skip: Skip) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(change)
    assert await compose(ctx, "consent_request") == [skip]


async def test_what_was_recorded_is_told_at_once_and_the_second_letter_completes_it(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    await answer(ctx, story.handle, recordings="no")
    (recorded,) = await compose(ctx, "consent_recorded")
    said = [(a.child.given_name, a.answer) for a in recorded.letter.answers]
    assert said == [("Anna", "given"), ("Anna", "declined"), ("Jan", "given"), ("Jan", "declined")]
    assert recorded.letter.confirmed_after == "Tuesday 8 September 2026, 10:00 (Warsaw)"
    (second,) = await compose(ctx, "consent_confirmation")
    assert [a.answer for a in second.letter.answers] == ["given", "given"]
    clock.advance(days=1)
    await accept(ctx, "consent_confirmation")
    assert await one(ctx, "select count(*) from consents where state = 'given' and completed_at = $1", clock.now()) == 2
    late = service.open_page(ctx, second.letter.url.rpartition("/")[2])
    assert not [word for word in (await late).given if word.completed_at is None]
    clock.advance(days=300)
    assert (await service.open_page(ctx, second.letter.url.rpartition("/")[2])).given


async def test_only_what_still_stands_is_confirmed(ctx: Context, story: Story) -> None:
    await answer(ctx, story.handle)
    await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.jan])
    (second,) = await compose(ctx, "consent_confirmation")
    assert {a.child.given_name for a in second.letter.answers} == {"Anna"}
    (withdrawn,) = await compose(ctx, "consent_withdrawn")
    assert {a.child.given_name for a in withdrawn.letter.answers} == {"Jan"}
    assert withdrawn.letter.deleted_by == "Monday 14 September 2026"
    await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.anna])
    assert await compose(ctx, "consent_confirmation") == [Skip("cancelled", "replaced")]


async def test_an_optional_withdrawal_deletes_no_account(ctx: Context, story: Story) -> None:
    await answer(ctx, story.handle)
    await answer(ctx, story.handle, recordings="no")
    (withdrawn,) = await compose(ctx, "consent_withdrawn")
    assert withdrawn.letter.deleted_by is None


async def test_every_letter_is_one_of_the_known_ones() -> None:
    assert set(COMPOSERS) <= set(LETTERS)
    assert set(ACCEPTED) <= set(COMPOSERS)


async def test_a_bounced_second_letter_asks_again_once_the_address_is_mended(ctx: Context, story: Story) -> None:
    act = await answered(ctx, story.handle)
    await accept(ctx, "consent_confirmation")
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update mail_messages set state = 'bounced_hard' where letter = 'consent_confirmation'")
        await delivery.bounced(ctx, tx, "consent_confirmation", act)
    assert await one(ctx, "select count(*) from consents where completed_at is not null") == 0
    async with ctx.transaction(SYSTEM) as tx:
        assert not await outbox.cancel(tx, act, "consent_confirmation")
    from guardian.consent import asking
    from guardian.people.jobs import AddressCorrected

    await asking.address_corrected(ctx, AddressCorrected(guardian=story.alice))
    assert await one(ctx, "select count(*) from consent_requests where state = 'queued'") == 1


async def test_letters_of_one_batch_do_not_mix_families(ctx: Context, story: Story) -> None:
    ola = await seed.learner(ctx, story.school, "Ola")
    await seed.guardian(ctx, story.school, ola, name="Carol Nowak", email="carol@example.org", language="pl")
    from guardian.consent import asking
    from guardian.people.jobs import AskGuardians

    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    both = await compose(ctx, "consent_request")
    names = {c.recipient: [child.given_name for child in c.letter.children] for c in both}
    assert names == {"alice@example.org": ["Anna", "Jan"], "carol@example.org": ["Ola"]}
    assert {c.recipient: c.language for c in both} == {"alice@example.org": "en", "carol@example.org": "pl"}


@pytest.mark.time
async def test_a_letter_that_is_tried_again_keeps_its_link_and_its_deadline(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    (first,) = await compose(ctx, "consent_request")
    clock.advance(hours=30)
    (second,) = await compose(ctx, "consent_request")
    assert (second.letter.url, second.letter.deadline) == (first.letter.url, first.letter.deadline)
    clock.advance(days=12, hours=17, minutes=59)
    assert (await service.open_page(ctx, first.letter.url.rpartition("/")[2])).request.id == story.request


async def test_every_letter_can_be_rendered_in_every_language(ctx: Context, story: Story, clock: FixedClock) -> None:
    await answer(ctx, story.handle, recordings="no")
    await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.jan])
    for letter in ("consent_recorded", "consent_confirmation", "consent_withdrawn"):
        for composed in await compose(ctx, letter):
            for language in ("en", "fr", "pl"):
                rendered = render(composed.letter, language)
                assert composed.letter.url in rendered.text
                assert composed.letter.url in rendered.html
                assert not re.search("Anna|Jan|Kowal", rendered.subject)
