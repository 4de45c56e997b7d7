"""A school whose signatory has been asked, or has signed: for tests that begin there."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from guardian.access.service import decide_many
from guardian.authorisation import checking, service, signature
from guardian.authorisation.domain import SIGN_LINK
from guardian.authorisation.letters import COMPOSERS
from guardian.authorisation.signing import Signing
from guardian.context import Context
from guardian.events import SYSTEM, Actor
from guardian.mail import links
from guardian.mail.composing import Composed, Skip
from guardian.mail.outbox import Claimed
from guardian.notice.service import ensure_default
from tests import seed
from tests.conftest import FixedClock

WHOLE = Signing(
    name="Hanna Żak", title="Head teacher", statement_confirmed=True, scopes=("use_services", "collect_information")
)


class School(NamedTuple):
    """One school with Bob, its administrator, and Olga, the operator's."""

    id: UUID
    bob: Actor
    olga: Actor


async def school(
    ctx: Context, name: str = "Maple School", email: str = "bob@maple.example.org", **more: object
) -> School:
    await ensure_default(ctx)
    made = await seed.institution(ctx, name, **more)
    bob = seed.staff_actor(await seed.staff(ctx, made, email), made)
    olga = seed.staff_actor(await seed.staff(ctx, None, f"olga-{made.hex[-6:]}@operator.example.org"), None)
    return School(made, bob, olga)


HEAD = "head@maple.example.net"
"""Not at the domain that the operator knows: a person must look at the signature."""
KNOWN = "head@maple.example.org"


async def asked(ctx: Context, actor: Actor, email: str = HEAD, **more: object) -> UUID:
    values = {"signatory_email": email, "purposes": ["lessons", "recordings"], **more}
    return await service.start(ctx, actor, **values)  # type: ignore[arg-type]


async def handle_of(ctx: Context, authorisation: UUID) -> str:
    """A link as the letter would carry it."""
    async with ctx.transaction(SYSTEM) as tx:
        url = await links.issue(ctx, tx, "sign", authorisation, message=ctx.new_id(), expires_at=tx.now + SIGN_LINK)
    return url.rpartition("/")[2]


async def ticket_of(ctx: Context, handle: str, clock: FixedClock, language: str = "en") -> str:
    """The ticket of a page that was opened and read for three seconds."""
    ticket = await fresh_ticket(ctx, handle, language)
    clock.advance(seconds=3)
    return ticket


async def fresh_ticket(ctx: Context, handle: str, language: str = "en") -> str:
    words = signature.words(ctx, await signature.open_page(ctx, handle), language)
    assert words.ticket is not None
    return words.ticket


async def signed(ctx: Context, actor: Actor, clock: FixedClock, **more: object) -> UUID:
    authorisation = await asked(ctx, actor, **more)  # type: ignore[arg-type]
    handle = await handle_of(ctx, authorisation)
    await signature.sign(ctx, handle, await ticket_of(ctx, handle, clock, str(more.get("language", "en"))), WHOLE)
    return authorisation


async def entries(ctx: Context, action: str) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval("select count(*) from audit where action = $1", action))


async def state(ctx: Context, authorisation: UUID) -> str:
    async with ctx.transaction(SYSTEM) as tx:
        return str(await tx.fetchval("select state from authorisations where id = $1", authorisation))


async def in_force(ctx: Context, school: School, clock: FixedClock, **more: object) -> UUID:
    """Signed, and checked by the operator."""
    authorisation = await signed(ctx, school.bob, clock, **more)
    if await state(ctx, authorisation) == "awaiting_verification":
        await checking.verify(ctx, school.olga, authorisation)
    return authorisation


async def consenting(ctx: Context, school: School, **more: Any) -> UUID:
    """A learner whose guardian has said yes: whether they get in hangs on the school alone."""
    learner = await seed.learner(ctx, school.id, **more)
    guardian = await seed.guardian(ctx, school.id, learner, email=f"alice-{learner.hex[-6:]}@example.org")
    for purpose in ("lessons", "recordings"):
        await seed._insert(
            ctx, "consents", learner=learner, guardian=guardian, purpose=purpose, state="given", method="signed_form",
            notice_version=1, notice_sha256="0" * 64, recorded_at=ctx.clock.now(), completed_at=ctx.clock.now(),
            act=ctx.new_id(),
        )  # fmt: skip
    return learner


async def gate(ctx: Context, learner: UUID) -> tuple[str, tuple[str, ...]]:
    """What the platform would be told now."""
    decision = (await decide_many(ctx, [learner]))[learner].decision
    return decision.access, tuple(decision.reasons)


async def letters(ctx: Context, letter: str) -> list[Composed | Skip]:
    """What the waiting letters of a kind say when they leave, in the order in which they were queued."""
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select id, institution, letter, recipient_kind, recipient, subject, sequence, attempts, created_at "
            "from mail_messages where letter = $1 and state = 'queued' order by created_at, sequence, id",
            letter,
        )
        batch = [msgspec.convert(dict(row), Claimed) for row in rows]
        composed = await COMPOSERS[letter](ctx, tx, batch)
    return [composed[claimed.id] for claimed in batch]


async def to(ctx: Context, letter: str) -> list[str]:
    """The addresses that the waiting letters of a kind would go to."""
    return sorted(each.recipient for each in await letters(ctx, letter) if isinstance(each, Composed))
