"""Builds the demo's world through the same services that the pages use: nothing is put into the tables by hand."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from guardian.authorisation import checking, signature
from guardian.authorisation import service as authorisations
from guardian.authorisation.domain import SCOPES
from guardian.authorisation.signing import Signing
from guardian.context import Context
from guardian.demo import cast
from guardian.events import SYSTEM, Actor
from guardian.institution import service as institutions
from guardian.mail.links import handle_of, issue
from guardian.notice import service as notices
from guardian.platform.domain import SCOPES as CLIENT_SCOPES
from guardian.platform.service import add_client
from guardian.roster import service as rosters
from guardian.staff import service as staff


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo needs to know of its world."""

    institution: UUID
    admin: UUID
    secretary: UUID
    api_key: str
    learners: list[str] = []


class _At:
    """A clock that stands, for the few seconds that a signatory takes to read."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant


async def build(ctx: Context, *, with_roster: bool, folder: Path) -> World:
    """The operator, a school that has signed and was verified, an API key; and, if wished, its roster committed."""
    await notices.ensure_default(ctx)
    admin = await staff.add(ctx, SYSTEM, email=cast.ADMIN[0], name=cast.ADMIN[1], role="operator_admin")
    admin_actor = Actor(kind="staff", id=admin, role="operator_admin")
    email, name = cast.STAFF
    institution = await institutions.invite(ctx, admin_actor, staff_email=email, staff_name=name, **cast.SCHOOL)  # type: ignore[arg-type]
    secretary = await _secretary(ctx, institution)
    secretary_actor = Actor(kind="staff", id=secretary, institution=institution, role="institution_admin")
    await _authorise(ctx, secretary_actor, admin_actor)
    _, key = await add_client(ctx, admin_actor, "Demo platform", CLIENT_SCOPES)
    if not with_roster:
        return World(institution=institution, admin=admin, secretary=secretary, api_key=key)
    path = folder / "roster.csv"
    path.write_text(cast.ROSTER, encoding="utf-8")
    await rosters.import_file(ctx, secretary_actor, institution, path, mode="additions", commit=True)
    path.unlink()
    learners = await _learners(ctx, institution)
    return World(institution=institution, admin=admin, secretary=secretary, api_key=key, learners=learners)


async def _secretary(ctx: Context, institution: UUID) -> UUID:
    async with ctx.transaction(SYSTEM) as tx:
        found: UUID = await tx.fetchval("select id from staff where institution = $1", institution)
        return found


async def _learners(ctx: Context, institution: UUID) -> list[str]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select l.platform_id from learners l join enrolments e on e.learner = l.id where e.institution = $1 "
            "order by e.student_id",
            institution,
        )
    return [row["platform_id"] for row in rows]


async def _authorise(ctx: Context, secretary: Actor, admin: Actor) -> None:
    """Ask the head, sign as the head would through the mailed link, verify as the operator would."""
    async with ctx.transaction(secretary) as tx:
        notice = await notices.current(tx)
    wanted = [purpose.code for purpose in notice.purposes if not purpose.commercial]
    asked = await authorisations.start(ctx, secretary, signatory_email=cast.SIGNATORY[0], purposes=wanted)
    async with ctx.transaction(SYSTEM) as tx:
        message: UUID = await tx.fetchval(
            "select id from mail_messages where subject = $1 and letter = 'authorisation_request'", asked
        )
        await issue(ctx, tx, "sign", asked, message=message, expires_at=tx.now + timedelta(days=14))
    handle = handle_of(ctx, "sign", message)
    opened = await signature.open_page(ctx, handle)
    reading = msgspec.structs.replace(ctx, clock=_At(ctx.clock.now() - timedelta(seconds=30)))
    ticket = signature.words(reading, opened, "en").ticket
    assert ticket is not None
    _, name, title = cast.SIGNATORY
    signing = Signing(name=name, title=title, statement_confirmed=True, scopes=SCOPES)
    signed = await signature.sign(ctx, handle, ticket, signing)
    if signed.state == "awaiting_verification":
        await checking.verify(ctx, admin, asked)
