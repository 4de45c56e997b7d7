"""An address that does not exist is written to no more by that school, whoever has it and whatever the letter; another
school is not bound by it, and staff can undo it.
"""

from collections.abc import Iterator

import pytest

from guardian.consent import renewing
from guardian.consent.returned_letters import vouch
from guardian.context import Context
from guardian.errors import Conflict, NotFound
from guardian.events import SYSTEM
from guardian.mail.sink import Sink, start_sink
from tests import seed
from tests.integration.mail import sending


@pytest.fixture
def mail() -> Iterator[Sink]:
    sink = start_sink()
    yield sink
    sink.stop()


async def same_address_elsewhere(ctx: Context, school: object) -> None:
    """Another guardian's row with the address of g1 at a school, to be asked about a child of their own."""
    async with ctx.transaction(SYSTEM) as tx:
        now, notice = tx.now, await tx.fetchval("select id from notices limit 1")
    learner = await seed.learner(ctx, school, "Nela")  # type: ignore[arg-type]
    guardian = await seed.guardian(ctx, school, learner, name="Again", email="G1@example.org")  # type: ignore[arg-type]
    request = await seed._insert(
        ctx, "consent_requests", institution=school, guardian=guardian, notice=notice, state="queued", version=1,
        created_at=now, reminders=0,
    )  # fmt: skip
    await seed._insert(ctx, "consent_request_learners", request=request, learner=learner)
    await seed._insert(
        ctx, "mail_messages", institution=school, letter="consent_request", recipient_kind="guardian",
        recipient=guardian, subject=request, sequence=0, state="queued", attempts=0, not_before=now, created_at=now,
    )  # fmt: skip


async def test_a_hard_bounce_suppresses_the_address_at_that_school_alone(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 2)
    mail.refuse("^g1@", "550 5.1.1 no such user")
    await sending.sender(ctx).drain()
    maple = await sending.one(ctx, "select md5('i')::uuid")
    assert await sending.one(ctx, "select count(*) from suppressions where institution = $1", maple) == 1
    assert await sending.one(ctx, "select count(*) from audit where action = 'address.suppressed'") == 1
    assert not await sending.one(ctx, "select count(*) from audit where payload::text like '%example.org%'")

    mail.refuse("^g1@", "")
    oak = await seed.institution(ctx, "Oak School")
    bob = await seed.staff(ctx, oak, "bob@oak.example.org")
    notice = await sending.one(ctx, "select id from notices limit 1")
    purposes = await sending.one(ctx, "select array_agg(code) from purposes")
    await seed.authorisation(ctx, oak, notice, bob, purposes=purposes)
    for school in (maple, oak):
        await same_address_elsewhere(ctx, school)
    await sending.sender(ctx).drain()
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select m.institution, m.state, m.code, r.state as request, g.unreachable_since is null as reachable, "
            "(select count(*) from flags f join guardianships k on k.learner = f.learner where k.guardian = g.id "
            "and f.kind = 'undeliverable') as flags from mail_messages m join guardians g on g.id = m.recipient "
            "join consent_requests r on r.id = m.subject where g.name = 'Again'"
        )
    found = {row["institution"]: tuple(row)[1:] for row in rows}
    assert found[maple] == ("suppressed", "address_barred", "bounced", False, 1), "and a person must look"
    assert found[oak][0] == "accepted"
    assert len(mail.messages("G1@example.org")) == 1


async def test_staff_who_vouch_for_it_have_it_written_to_again(ctx: Context, mail: Sink) -> None:
    ctx = sending.with_server(ctx, mail.url)
    await sending.queued(ctx, 1)
    mail.refuse("^g1@", "550 5.1.1 no such user")
    await sending.sender(ctx).drain()
    mail.refuse("^g1@", "")
    guardian = await sending.one(ctx, "select id from guardians")
    maple, oak = await sending.one(ctx, "select md5('i')::uuid"), await seed.institution(ctx, "Oak School")
    bob = seed.staff_actor(await seed.staff(ctx, maple, "bob@maple.example.org"), maple)
    charlie = seed.staff_actor(await seed.staff(ctx, oak, "charlie@oak.example.org"), oak)
    with pytest.raises(NotFound):
        await vouch(ctx, charlie, guardian)
    await vouch(ctx, bob, guardian)
    await renewing.resend(ctx, bob, guardian)
    await sending.sender(ctx).drain()
    assert len(mail.messages("g1@example.org")) == 1
    assert await sending.one(ctx, "select state from consent_requests") == "sent"
    assert await sending.one(ctx, "select count(*) from audit where action = 'address.cleared' and actor = $1", bob.id)
    with pytest.raises(Conflict):
        await vouch(ctx, bob, guardian)
