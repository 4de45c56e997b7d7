"""Who gets a letter, how many, and what a second roster or a mended address changes."""

import asyncio
from uuid import UUID

import pytest

from guardian.consent import asking, delivery, objecting, renewing, service
from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM, Actor
from guardian.people.jobs import AddressCorrected, AskGuardians
from tests import seed
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, answered, claims, link_for, one

LETTERS = "select letter, recipient, subject, sequence, state from mail_messages order by letter, sequence"


async def ask(ctx: Context, story: Story) -> None:
    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))


async def letters_sent(ctx: Context) -> None:
    """As if the sender had taken everything that waits."""
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update mail_messages set state = 'accepted' where state = 'queued'")


async def test_three_siblings_are_one_request_and_one_letter(ctx: Context, story: Story) -> None:
    assert await one(ctx, "select count(*) from consent_requests") == 1
    assert await one(ctx, "select count(*) from consent_request_learners") == 2
    assert [row["letter"] for row in await all_rows(ctx, LETTERS)] == ["consent_request"]


async def test_asking_again_and_at_once_from_ten_sides_writes_nothing(ctx: Context, story: Story) -> None:
    before = await one(ctx, "select count(*) from audit")
    await asyncio.gather(*(ask(ctx, story) for _ in range(10)))
    assert await one(ctx, "select count(*) from consent_requests") == 1
    assert len(await all_rows(ctx, LETTERS)) == 1
    assert await one(ctx, "select count(*) from audit") == before


async def test_a_child_who_joins_before_the_letter_left_is_in_the_same_letter(ctx: Context, story: Story) -> None:
    await _third_child(ctx, story)
    await ask(ctx, story)
    assert len(await all_rows(ctx, LETTERS)) == 1
    assert await one(ctx, "select count(*) from consent_request_learners") == 3


async def test_a_child_who_joins_later_is_added_and_told_in_one_new_letter(ctx: Context, story: Story) -> None:
    await letters_sent(ctx)
    ola = await _third_child(ctx, story)
    await ask(ctx, story)
    await ask(ctx, story)
    assert [(r["letter"], r["sequence"]) for r in await all_rows(ctx, LETTERS)] == [
        ("consent_request", 0), ("consent_request", 1),
    ]  # fmt: skip
    page = await service.open_page(ctx, story.handle)
    assert ola in {child.id for child in page.children}
    assert await one(ctx, "select count(*) from consent_requests") == 1


async def test_a_child_who_joins_after_the_answer_is_a_new_request(ctx: Context, story: Story) -> None:
    await letters_sent(ctx)
    await answer(ctx, story.handle)
    ola = await _third_child(ctx, story)
    await ask(ctx, story)
    rows = await all_rows(ctx, "select q.learner from consent_request_learners q where q.request <> $1", story.request)
    assert [row["learner"] for row in rows] == [ola]


@pytest.mark.parametrize(
    "change",
    [
        "update guardians set email = null, email_key = null",
        "update guardians set unreachable_since = '2026-09-01T00:00:00Z'",
        "update guardianships set authority = 'limited'",
        "update guardianships set eligible = 'ask'",
        "update guardianships set ended_at = '2026-09-01T00:00:00Z'",
        "update learners set email = 'ALICE+kid@example.org'",
        "update learners set birth_date = '2009-01-01'",
        "update enrolments set ends_on = '2026-09-06'",
        "update authorisations set state = 'revoked'",
        "update authorisations set scopes = array['use_services']::varchar[]",
        "update authorisations set legal_model = 'school_agent'",
        "update authorisations set valid_from = '2026-10-01T00:00:00Z'",
    ],
)
async def test_who_is_never_asked(ctx: Context, change: str) -> None:
    school = await seed.institution(ctx)
    await seed.authorisation(ctx, school, await seed.notice(ctx), await seed.staff(ctx, school))
    await seed.guardian(ctx, school, await seed.learner(ctx, school))
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.execute(change) == 1
    await asking.ask_guardians(ctx, AskGuardians(institution=school))
    assert await one(ctx, "select count(*) from consent_requests") == 0
    assert await one(ctx, "select count(*) from mail_messages") == 0


async def test_pages_of_guardians_are_all_asked(ctx: Context, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAGE", 3)
    for number in range(7):
        child = await seed.learner(ctx, story.school, f"Child {number}")
        await seed.guardian(ctx, story.school, child, email=f"guardian{number}@example.org")
    await ask(ctx, story)
    assert await one(ctx, "select count(*) from consent_requests") == 8


async def test_a_corrected_address_closes_the_old_link_and_asks_at_the_new_one(ctx: Context, story: Story) -> None:
    stop = await link_for(ctx, story.request, "unsubscribe")
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set email = 'new@example.org', email_key = 'new@example.org'")
    await asking.address_corrected(ctx, AddressCorrected(guardian=story.alice))
    for handle in (story.handle, stop):
        with pytest.raises(NotFound):
            await service.open_page(ctx, handle)
    states = dict(await all_rows(ctx, "select state, count(*) from consent_requests group by state"))
    assert states == {"superseded": 1, "queued": 1}
    new = await one(ctx, "select id from consent_requests where state = 'queued'")
    assert len((await service.open_page(ctx, await link_for(ctx, new))).children) == 2
    waiting = await all_rows(ctx, "select subject from mail_messages where state = 'queued'")
    assert [row["subject"] for row in waiting] == [new]


async def test_what_was_agreed_through_a_wrong_address_and_not_confirmed_is_void(ctx: Context, story: Story) -> None:
    act = await answered(ctx, story.handle)
    await asking.address_corrected(ctx, AddressCorrected(guardian=story.alice))
    assert await one(ctx, "select count(*) from consents where state = 'void'") == 4
    assert await one(ctx, "select state from mail_messages where letter = 'consent_confirmation'") == "cancelled"
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.completed(ctx, tx, [act])
    assert await one(ctx, "select count(*) from consents where state = 'given' and completed_at is not null") == 0
    assert await one(ctx, "select count(*) from consent_requests where state = 'queued'") == 1


async def test_a_material_notice_asks_every_school_again(ctx: Context, story: Story) -> None:
    await answer(ctx, story.handle)
    made = await seed.notice(ctx, version=2)
    async with ctx.transaction(SYSTEM) as tx:
        await asking.notice_published(ctx, tx, made)
        await asking.notice_published(ctx, tx, made)
    assert await one(ctx, "select count(*) from pgqueuer where entrypoint = 'consent.ask_guardians'") == 1
    await ask(ctx, story)
    assert await one(ctx, "select count(*) from consent_requests where state = 'queued'") == 1


async def test_not_my_child_ends_the_say_over_that_child_alone(ctx: Context, story: Story) -> None:
    await answer(ctx, story.handle)
    await objecting.not_my_child(ctx, story.handle, await claims(ctx, story.handle), [story.jan])
    page = await service.open_page(ctx, story.handle)
    assert [child.id for child in page.children] == [story.anna]
    authority = dict(await all_rows(ctx, "select learner, authority from guardianships"))
    assert authority == {story.anna: "full", story.jan: "none"}
    flags = await all_rows(ctx, "select kind, learner, institution, state from flags")
    assert [tuple(row) for row in flags] == [("not_my_child", story.jan, story.school, "open")]
    voided = await all_rows(ctx, "select learner from consents where state = 'void'")
    assert {row["learner"] for row in voided} == {story.jan}


async def test_i_am_no_guardian_ends_everything_sent_to_me(ctx: Context, story: Story) -> None:
    await objecting.not_my_child(ctx, story.handle, await claims(ctx, story.handle), [story.anna, story.jan])
    with pytest.raises(NotFound):
        await service.open_page(ctx, story.handle)
    assert await one(ctx, "select state from consent_requests") == "cancelled"
    assert await one(ctx, "select state from mail_messages") == "cancelled"
    assert await one(ctx, "select count(*) from links where revoked_at is null") == 0
    await ask(ctx, story)
    assert await one(ctx, "select count(*) from consent_requests") == 1


async def test_not_my_child_names_only_my_own(ctx: Context, story: Story) -> None:
    ticket = await claims(ctx, story.handle)
    for learners in ([], [story.bob], [story.anna, story.bob]):
        with pytest.raises(Refused):
            await objecting.not_my_child(ctx, story.handle, ticket, learners)
    assert await one(ctx, "select count(*) from flags") == 0


@pytest.mark.time
async def test_a_dead_link_brings_a_new_one_to_the_address_on_file(
    ctx: Context, story: Story, clock: FixedClock
) -> None:
    await letters_sent(ctx)
    clock.advance(days=13)
    await renewing.fresh_link(ctx, story.handle)
    await renewing.fresh_link(ctx, story.handle)
    await renewing.fresh_link(ctx, "x" * 27)
    await renewing.fresh_link(ctx, "no handle at all")
    queued = await all_rows(ctx, "select letter, subject from mail_messages where state = 'queued'")
    assert [tuple(row) for row in queued] == [("consent_request", story.request)]
    for _ in range(6):
        clock.advance(hours=1)
        await renewing.fresh_link(ctx, story.handle)
    assert await one(ctx, "select count(*) from mail_messages where state = 'queued'") == renewing.A_DAY


async def test_after_the_answer_a_new_link_comes_with_what_was_recorded(ctx: Context, story: Story) -> None:
    act = await answered(ctx, story.handle)
    await letters_sent(ctx)
    await renewing.fresh_link(ctx, story.handle)
    queued = await all_rows(ctx, "select letter, subject from mail_messages where state = 'queued'")
    assert [tuple(row) for row in queued] == [("consent_recorded", act)]


async def test_an_expired_question_is_asked_again_only_when_somebody_wants_it(ctx: Context, story: Story) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update consent_requests set state = 'expired'")
    await ask(ctx, story)
    assert await one(ctx, "select count(*) from consent_requests") == 1
    await renewing.fresh_link(ctx, story.handle)
    assert await one(ctx, "select count(*) from consent_requests where state = 'queued'") == 1


async def test_a_school_resends_to_its_own_guardians_only(ctx: Context, story: Story) -> None:
    elsewhere = await seed.institution(ctx, "Oak School")
    charlie = seed.staff_actor(await seed.staff(ctx, elsewhere, "charlie@oak.example.org"), elsewhere)
    with pytest.raises(NotFound):
        await renewing.resend(ctx, charlie, story.alice)
    await letters_sent(ctx)
    await renewing.resend(ctx, seed.staff_actor(story.bob, story.school), story.alice)
    assert await one(ctx, "select count(*) from mail_messages where state = 'queued'") == 1
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set unreachable_since = $1", tx.now)
    with pytest.raises(Conflict):
        await renewing.resend(ctx, seed.staff_actor(story.bob, story.school), story.alice)


async def test_nobody_sees_anything_without_a_scope(ctx: Context, story: Story) -> None:
    async with ctx.transaction(Actor(kind="anyone")) as tx:
        assert await tx.fetchval("select count(*) from consent_requests") == 0
        assert await tx.fetchval("select count(*) from consent_request_learners") == 0


async def _third_child(ctx: Context, story: Story) -> UUID:
    ola = await seed.learner(ctx, story.school, "Ola")
    await seed._insert(
        ctx, "guardianships", learner=ola, guardian=story.alice, relationship="mother", authority="full",
        eligible="yes", position=2, created_at=ctx.clock.now(),
    )  # fmt: skip
    return ola
