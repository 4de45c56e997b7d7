"""The cast at their desks: Bob at his school, Charlie at another, Olga and Rita at the operator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec

from guardian.authorisation.pages import ROUTES as SIGNING
from guardian.consent import asking
from guardian.console.pages import ROUTES
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.notice.service import ensure_default
from guardian.people.jobs import AskGuardians
from guardian.staff import store
from guardian.staff.pages import ROUTES as DOORS
from guardian.staff.session import cookie_name
from tests import seed
from tests.integration.staff.browser import browser


class World(msgspec.Struct):
    """Two schools; Anna waits for her mother's answer, Leon has no guardian, Hugo is at Charlie's school."""

    school: UUID
    other: UUID
    bob: UUID
    charlie: UUID
    olga: UUID
    rita: UUID
    notice: UUID
    authorisation: UUID
    anna: UUID
    leon: UUID
    hugo: UUID
    alice: UUID


async def build(ctx: Context) -> World:
    """The world, with one question on its way."""
    notice = await ensure_default(ctx)
    school = await seed.institution(ctx)
    other = await seed.institution(ctx, "Collège Hugo", jurisdiction="FR", timezone="Europe/Paris")
    bob = await seed.staff(ctx, school)
    charlie = await seed.staff(ctx, other, "charlie@hugo.example.org", name="Charlie")
    olga = await seed.staff(ctx, None, "olga@operator.example.org", name="Olga Officer")
    rita = await seed.staff(ctx, None, "rita@operator.example.org", name="Rita Reader", role="read_only")
    purposes = [purpose.code for purpose in notice.purposes if not purpose.commercial]
    authorisation = await seed.authorisation(ctx, school, notice.id, bob, purposes=purposes)
    anna = await seed.learner(ctx, school, "Anna")
    leon = await seed.learner(ctx, school, "Leon", family_name="Żółć", class_name="10c")
    hugo = await seed.learner(ctx, other, "Hugo")
    alice = await seed.guardian(ctx, school, anna)
    await asking.ask_guardians(ctx, AskGuardians(institution=school))
    return World(
        school=school, other=other, bob=bob, charlie=charlie, olga=olga, rita=rita, notice=notice.id,
        authorisation=authorisation, anna=anna, leon=leon, hugo=hugo, alice=alice,
    )  # fmt: skip


@asynccontextmanager
async def at(ctx: Context, staff: UUID | None, language: str = "en") -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which that person is signed in (None: nobody)."""
    async with browser(ctx, *ROUTES, *DOORS, *SIGNING, language=language) as client:
        if staff is not None:
            token = f"token-of-a-test-{staff}-{ctx.clock.now():%j%H}"
            async with ctx.transaction(SYSTEM) as tx:
                if await store.find_session(tx, token) is None:
                    await store.insert_session(ctx, tx, staff, token)
            client.cookies.set(cookie_name(ctx.settings), token)
        yield client


async def one(ctx: Context, sql: str, *args: Any) -> Any:
    """A value from the database, as the operator sees it."""
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetchval(sql, *args)
