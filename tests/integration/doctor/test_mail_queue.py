"""Letters that the mail server refused to take wait all the same: nobody is told that the queue is empty."""

from datetime import timedelta
from uuid import uuid4  # noqa: TID251

from guardian.console import machine_store, school_store
from guardian.context import Context
from guardian.doctor import examine
from guardian.events import SYSTEM
from guardian.mail import outbox
from tests import seed
from tests.conftest import FixedClock


async def test_a_letter_put_off_counts_as_waiting_and_grows_old(ctx: Context, clock: FixedClock) -> None:
    school = await seed.institution(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        for later in (None, clock.now() + timedelta(days=3)):
            letter = outbox.Letter(
                letter="consent_request", recipient_kind="guardian", recipient=uuid4(), subject=uuid4(),
                institution=school, not_before=later,
            )  # fmt: skip
            await outbox.add(ctx, tx, letter)
    clock.advance(hours=2)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "update mail_messages set code = 'connect', not_before = $1 where not_before <= $2",
            tx.now + timedelta(seconds=15), tx.now,
        )  # fmt: skip
        assert await school_store.letters_waiting(tx, school) == 1
        queue = await machine_store.mail_queue(tx)
    assert queue.oldest == clock.now() - timedelta(hours=2)
    found = next(one for one in await examine(ctx) if one.name == "mail_queue")
    assert (found.verdict, found.found) == ("warning", "1 letters wait, the oldest over an hour")
