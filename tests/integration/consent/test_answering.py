"""A guardian answers: what is written, once, and by nobody else."""

import asyncio
from datetime import timedelta

import pytest

from guardian.consent import delivery, service
from guardian.consent.service import Typed
from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import FixedClock
from tests.integration.consent.conftest import (
    Story,
    all_rows,
    answer,
    answered,
    claims,
    link_for,
    mark_sent,
    one,
    typed,
)

CONSENTS = "select learner, purpose, state, completed_at, act from consents order by recorded_at, learner, purpose"


async def test_opening_the_page_writes_nothing(ctx: Context, story: Story) -> None:
    before = await one(ctx, "select count(*) from audit")
    for _ in range(5):
        page = await service.open_page(ctx, story.handle)
    assert [child.given_name for child in page.children] == ["Anna", "Jan"]
    assert len(page.questions) == len(page.waiting) == 4
    assert await one(ctx, "select state from consent_requests") == "sent"
    assert await one(ctx, "select used_at from links") is None
    assert await one(ctx, "select count(*) from audit") == before


async def test_one_act_answers_for_all_children_and_waits_for_the_second_message(ctx: Context, story: Story) -> None:
    act = await answered(ctx, story.handle, recordings="no")
    rows = await all_rows(ctx, CONSENTS)
    assert {row["act"] for row in rows} == {act}
    states = {(row["learner"], row["purpose"]): (row["state"], row["completed_at"]) for row in rows}
    for child in (story.anna, story.jan):
        assert states[child, "lessons"] == ("given", None)
        assert states[child, "recordings"] == ("declined", ctx.clock.now())
    assert await one(ctx, "select state from consent_requests") == "answered"
    evidence = (await all_rows(ctx, "select * from consent_evidence"))[0]
    assert (evidence["typed_name"], evidence["relationship"], evidence["language"]) == ("Alice Kowal", "mother", "en")
    letters = await all_rows(ctx, "select letter, subject, state, not_before from mail_messages order by letter")
    due = {row["letter"]: row["not_before"] for row in letters if row["subject"] == act}
    assert due["consent_recorded"] == ctx.clock.now()
    assert due["consent_confirmation"] == ctx.clock.now() + timedelta(hours=24)
    assert await one(ctx, "select count(*) from audit where action = 'consent.answered'") == 1
    assert await one(ctx, "select actor_kind from audit where action = 'consent.answered'") == "guardian"


@pytest.mark.time
async def test_a_yes_counts_from_the_moment_the_second_message_was_taken(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    act = await answered(ctx, story.handle)
    clock.advance(hours=24, minutes=7)
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.completed(ctx, tx, [act])
    assert {row["completed_at"] for row in await all_rows(ctx, CONSENTS)} == {clock.now()}
    async with ctx.transaction(SYSTEM) as tx:
        assert await delivery.confirmation_bounced(ctx, tx, act)
    async with ctx.transaction(SYSTEM) as tx:
        assert not await delivery.confirmation_bounced(ctx, tx, act)
    assert {row["completed_at"] for row in await all_rows(ctx, CONSENTS)} == {None}


async def test_ten_identical_answers_at_once_are_one_act(ctx: Context, story: Story) -> None:
    ticket, said = await claims(ctx, story.handle), await typed(ctx, story.handle)
    done = await asyncio.gather(*(service.answer(ctx, story.handle, ticket, said) for _ in range(10)))
    assert sum(recorded.act is not None for recorded in done) == 1
    assert await one(ctx, "select count(*) from consents") == 4
    assert await one(ctx, "select count(*) from consent_evidence") == 1
    assert await one(ctx, "select count(*) from audit where action = 'consent.answered'") == 1
    assert await one(ctx, "select count(*) from mail_messages where letter = 'consent_confirmation'") == 1


async def test_of_opposite_answers_at_once_one_wins_and_the_others_hear_so(ctx: Context, story: Story) -> None:
    ticket = await claims(ctx, story.handle)
    yes, no = await typed(ctx, story.handle, "yes"), await typed(ctx, story.handle, "no")
    done = await asyncio.gather(
        *(service.answer(ctx, story.handle, ticket, said) for said in (yes, no) * 5), return_exceptions=True
    )
    written = {row["state"] for row in await all_rows(ctx, CONSENTS)}
    assert len(written) == 1
    lost = [one for one in done if isinstance(one, Conflict)]
    assert [error.code for error in lost] == ["answered_meanwhile"] * 5
    assert sum(not isinstance(one, Exception) for one in done) == 5


async def test_a_change_of_mind_appends_and_needs_a_page_made_after_the_first_answer(
    ctx: Context, story: Story
) -> None:
    old = await claims(ctx, story.handle)
    await answer(ctx, story.handle)
    with pytest.raises(Conflict) as caught:
        await service.answer(ctx, story.handle, old, await typed(ctx, story.handle, recordings="no"))
    assert caught.value.code == "answered_meanwhile"
    await answer(ctx, story.handle, recordings="no")
    states = [(row["purpose"], row["state"]) for row in await all_rows(ctx, CONSENTS)]
    assert states.count(("recordings", "withdrawn")) == 2
    assert states.count(("lessons", "given")) == 2


async def test_missing_foreign_and_extra_questions_are_refused(ctx: Context, story: Story) -> None:
    ticket, said = await claims(ctx, story.handle), await typed(ctx, story.handle)
    some = dict(list(said.choices.items())[:3])
    foreign = {**said.choices, (story.bob, "lessons"): "yes"}
    for choices in (some, foreign, {}):
        wrong = Typed(choices=choices, relationship="mother", name="Alice", language="en")
        with pytest.raises(Refused) as caught:
            await service.answer(ctx, story.handle, ticket, wrong)
        assert caught.value.code == "answer_missing"
    nameless = Typed(choices=said.choices, relationship="mother", name="  ", language="en")
    with pytest.raises(Refused) as caught:
        await service.answer(ctx, story.handle, ticket, nameless)
    assert caught.value.code == "name_missing"
    assert await one(ctx, "select count(*) from consents") == 0


async def test_another_guardian_s_link_and_ticket_touch_nothing_of_alice(ctx: Context, story: Story) -> None:
    stranger = await seed.guardian(ctx, story.school, name="Carol Stranger", email="carol@example.org")
    own = await seed.learner(ctx, story.school, "Ola")
    await seed._insert(
        ctx, "guardianships", learner=own, guardian=stranger, relationship="mother", authority="full",
        eligible="yes", position=0, created_at=ctx.clock.now(),
    )  # fmt: skip
    request = await seed._insert(
        ctx, "consent_requests", institution=story.school, guardian=stranger, notice=story.notice, state="sent",
        version=1, created_at=ctx.clock.now(), reminders=0,
    )  # fmt: skip
    # even a row that names Alice's child in the stranger's request opens nothing
    for learner in (own, story.anna):
        await seed._insert(ctx, "consent_request_learners", request=request, learner=learner)
    handle = await link_for(ctx, request)
    page = await service.open_page(ctx, handle)
    assert [child.given_name for child in page.children] == ["Ola"]
    with pytest.raises(Refused):
        await service.answer(ctx, handle, await claims(ctx, story.handle), await typed(ctx, handle))
    with pytest.raises(Refused):
        await service.withdraw(ctx, handle, await claims(ctx, handle), [story.anna])
    await answer(ctx, handle)
    assert {row["learner"] for row in await all_rows(ctx, CONSENTS)} == {own}


@pytest.mark.time
async def test_dead_and_wrong_links_are_all_answered_alike(ctx: Context, story: Story, clock: FixedClock) -> None:
    other = await link_for(ctx, story.request, "unsubscribe")
    told = set()
    for handle in ("x" * 27, "", "../../etc", other, story.handle + "x", "é" * 27):
        with pytest.raises(NotFound) as caught:
            await service.open_page(ctx, handle)
        told.add((caught.value.code, str(caught.value)))
    clock.advance(days=14)
    with pytest.raises(NotFound) as caught:
        await service.open_page(ctx, story.handle)
    told.add((caught.value.code, str(caught.value)))
    assert len(told) == 1


async def test_a_mail_program_s_full_stop_does_not_hurt(ctx: Context, story: Story) -> None:
    assert (await service.open_page(ctx, story.handle + ".")).request.id == story.request


async def test_withdrawing_counts_at_once_and_stops_the_second_message(ctx: Context, story: Story) -> None:
    act = await answered(ctx, story.handle)
    done = await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.anna])
    assert {(e.learner, e.state) for e in done.entries} == {(story.anna, "withdrawn")}
    queued = "select state from mail_messages where letter = 'consent_confirmation' and subject = $1"
    assert await one(ctx, queued, act) == "queued"
    await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.anna, story.jan])
    assert await one(ctx, queued, act) == "cancelled"
    assert await one(ctx, "select count(*) from consents where state = 'withdrawn'") == 4
    assert await one(ctx, "select count(*) from mail_messages where letter = 'consent_withdrawn'") == 2
    again = await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.jan])
    assert again.act is None


async def test_a_second_message_taken_after_a_withdrawal_brings_nothing_back(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    act = await answered(ctx, story.handle)
    await service.withdraw(ctx, story.handle, await claims(ctx, story.handle), [story.anna, story.jan])
    clock.advance(hours=25)
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.completed(ctx, tx, [act])
    assert await one(ctx, "select count(*) from consents where state = 'given' and completed_at is not null") == 0


async def test_a_withdrawal_is_never_older_than_the_yes_it_takes_back(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    act = await answered(ctx, story.handle)
    clock.advance(hours=25)
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.completed(ctx, tx, [act])
    ticket = await claims(ctx, story.handle)
    clock.advance(hours=-1)  # the clock of another machine is behind
    await service.withdraw(ctx, story.handle, ticket, [story.anna, story.jan])
    latest = await all_rows(
        ctx, "select distinct on (learner, purpose) state from consents order by learner, purpose, completed_at desc, "
        "(state = 'given')",
    )  # fmt: skip
    assert {row["state"] for row in latest} == {"withdrawn"}


async def test_a_new_notice_between_page_and_button_asks_to_read_it(ctx: Context, story: Story) -> None:
    ticket, said = await claims(ctx, story.handle), await typed(ctx, story.handle)
    await seed.notice(ctx, version=2)
    with pytest.raises(Conflict) as caught:
        await service.answer(ctx, story.handle, ticket, said)
    assert caught.value.code == "notice_changed"
    assert len((await service.open_page(ctx, story.handle)).waiting) == 4


async def test_a_link_works_before_the_letter_left_and_after_it_bounced(ctx: Context, story: Story) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.bounced(ctx, tx, "consent_request", story.request)
    assert await one(ctx, "select state from consent_requests") == "bounced"
    await answer(ctx, story.handle)
    assert await one(ctx, "select state from consent_requests") == "answered"


async def test_a_letter_sent_again_extends_to_the_second(ctx: Context, story: Story, clock: FixedClock) -> None:
    clock.advance(days=9, hours=23, minutes=59)
    await mark_sent(ctx, story.request)
    assert await one(ctx, "select expires_at from consent_requests") == clock.now() + timedelta(days=14)
