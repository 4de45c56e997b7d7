"""A school whose signatory has been asked, or has signed: for tests that begin there."""

from typing import NamedTuple
from uuid import UUID

from guardian.authorisation import service, signature
from guardian.authorisation.domain import SIGN_LINK
from guardian.authorisation.signing import Signing
from guardian.context import Context
from guardian.events import SYSTEM, Actor
from guardian.mail import links
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
    await signature.sign(ctx, handle, await ticket_of(ctx, handle, clock), WHOLE)
    return authorisation


async def entries(ctx: Context, action: str) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval("select count(*) from audit where action = $1", action))


async def state(ctx: Context, authorisation: UUID) -> str:
    async with ctx.transaction(SYSTEM) as tx:
        return str(await tx.fetchval("select state from authorisations where id = $1", authorisation))
