"""An address at the school's own domain speaks for itself (LAW requirement 10), unless there is reason for doubt."""

import msgspec
import pytest

from guardian.authorisation import checking, reading, service, signature
from guardian.context import Context
from guardian.errors import Conflict, Refused
from guardian.events import SYSTEM
from tests.conftest import FixedClock
from tests.integration.authorisation import made


async def test_a_signature_from_the_schools_domain_is_in_force_at_once(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob, made.KNOWN)
    handle = await made.handle_of(ctx, asked)
    assert (await signature.open_page(ctx, handle)).vouched
    signed = await signature.sign(ctx, handle, await made.ticket_of(ctx, handle, clock), made.WHOLE)
    assert (signed.state, signed.verified_at, signed.verified_by) == ("active", clock.now(), None)
    assert signed.valid_from == clock.now()
    assert (await made.entries(ctx, "authorisation.signed"), await made.entries(ctx, "authorisation.verified")) == (
        1,
        1,
    )
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow(
            "select actor_kind, payload ->> 'checked' as how from audit where action = 'authorisation.verified'"
        )
    assert row is not None
    assert tuple(row) == ("signatory", "institution_domain")
    assert await made.to(ctx, "authorisation_active") == ["bob@maple.example.org", made.KNOWN]
    assert await made.to(ctx, "authorisation_signed") == []
    with pytest.raises(Conflict):
        await checking.verify(ctx, school.olga, asked)


@pytest.mark.parametrize("address", [made.HEAD, "head@xmaple.example.org", "head@example.org"])
async def test_every_other_address_waits_for_the_operator(ctx: Context, clock: FixedClock, address: str) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock, email=address)
    assert await made.state(ctx, signed) == "awaiting_verification"


@pytest.mark.parametrize("trouble", ["revoke", "suspend", "reject"])
async def test_after_trouble_a_person_looks_first_until_one_was_checked(
    ctx: Context, clock: FixedClock, trouble: str
) -> None:
    school = await made.school(ctx)
    first = await made.signed(ctx, school.bob, clock, email=made.HEAD if trouble == "reject" else made.KNOWN)
    act = {"revoke": service.revoke, "suspend": service.suspend, "reject": checking.reject}[trouble]
    await act(ctx, school.olga, first, "The phone number was not the school's.")
    clock.advance(minutes=1)
    second = await made.signed(ctx, school.bob, clock, email=made.KNOWN)
    assert await made.state(ctx, second) == "awaiting_verification"
    await checking.verify(ctx, school.olga, second)
    clock.advance(days=1)
    third = await made.signed(ctx, school.bob, clock, email=made.KNOWN)
    assert await made.state(ctx, third) == "active"


async def test_an_operator_who_looks_at_every_one(ctx: Context, clock: FixedClock) -> None:
    careful = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, verify_by_domain=False))
    school = await made.school(ctx)
    signed = await made.signed(careful, school.bob, clock, email=made.KNOWN)
    assert await made.state(ctx, signed) == "awaiting_verification"


async def test_a_domain_that_has_become_the_pupils_signs_and_is_checked_no_more(
    ctx: Context, clock: FixedClock
) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    ticket = await made.ticket_of(ctx, handle, clock)
    domain = made.HEAD.partition("@")[2]
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update institutions set pupil_domains = $2 where id = $1", school.id, [domain])
    with pytest.raises(Refused) as refused:
        await signature.sign(ctx, handle, ticket, made.WHOLE)
    assert refused.value.code == "signatory_is_pupil"
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update institutions set pupil_domains = '{}' where id = $1", school.id)
    await signature.sign(ctx, handle, ticket, made.WHOLE)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update institutions set pupil_domains = $2 where id = $1", school.id, [domain])
    with pytest.raises(Refused):
        await checking.verify(ctx, school.olga, asked)
    assert (await reading.get(ctx, school.bob, asked)).state == "awaiting_verification"
