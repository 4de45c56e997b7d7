"""The school renews before the end: guardians are asked again ahead, and a yes carries over without a gap."""

from datetime import timedelta

from guardian.access.service import decide_many
from guardian.consent import asking, delivery
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.people.jobs import AskGuardians
from tests import seed
from tests.conftest import FixedClock
from tests.integration.consent.conftest import Story, all_rows, answer, link_for, mark_sent, one


async def _confirmed(ctx: Context, handle: str) -> None:
    act = (await answer(ctx, handle)).act
    assert act is not None
    async with ctx.transaction(SYSTEM) as tx:
        await delivery.completed(ctx, tx, [act])


async def _renewed(ctx: Context, story: Story) -> None:
    """The newer one takes the place of the older one, a year longer."""
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update authorisations set state = 'superseded', ended_at = $1 where state = 'active'", tx.now)
    await seed.authorisation(
        ctx, story.school, story.notice, story.bob, valid_until=ctx.clock.now() + timedelta(days=500)
    )


async def test_a_yes_is_asked_for_again_ahead_and_carries_over(ctx: Context, story: Story, clock: FixedClock) -> None:
    await _confirmed(ctx, story.handle)
    end = await one(ctx, "select max(valid_until) from consents")
    assert end is not None
    clock.instant = end - timedelta(days=30)
    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    assert await one(ctx, "select count(*) from consent_requests") == 1, "nothing was renewed, nobody is asked"
    await _renewed(ctx, story)
    for _ in range(2):
        await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    assert await one(ctx, "select count(*) from consent_requests") == 2
    assert (await decide_many(ctx, [story.anna]))[story.anna].decision.access == "permit", "the old yes still counts"
    again = await one(ctx, "select id from consent_requests where state = 'queued'")
    await mark_sent(ctx, again)
    handle = await link_for(ctx, again)
    await _confirmed(ctx, handle)
    assert (await answer(ctx, handle)).act is None, "the same yes twice is one"
    assert await one(ctx, "select state from consent_requests where id = $1", again) == "answered"
    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    assert await one(ctx, "select count(*) from consent_requests") == 2
    for moment in (end - timedelta(seconds=1), end, end + timedelta(days=100)):
        clock.instant = moment
        assert (await decide_many(ctx, [story.anna]))[story.anna].decision.access == "permit"


async def test_who_stays_silent_is_in_until_the_first_yes_ends(ctx: Context, story: Story, clock: FixedClock) -> None:
    await _confirmed(ctx, story.handle)
    end = await one(ctx, "select max(valid_until) from consents")
    clock.instant = end - timedelta(days=30)
    await _renewed(ctx, story)
    await asking.ask_guardians(ctx, AskGuardians(institution=story.school))
    clock.instant = end - timedelta(seconds=1)
    assert (await decide_many(ctx, [story.jan]))[story.jan].decision.access == "permit"
    clock.instant = end
    found = (await decide_many(ctx, [story.jan]))[story.jan].decision
    assert (found.access, tuple(found.reasons)) == ("block", ("consent_expired",))
    assert len(await all_rows(ctx, "select id from consents where state = 'given'")) == 4
