"""The letters that let staff in: the address is looked up and the link minted when a letter is about to be sent."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from guardian.context import Context, Tx
from guardian.i18n import say_instant
from guardian.mail import links
from guardian.mail.composing import Accepted, Composed, Composer, Skip
from guardian.mail.letters import StaffInvitation, StaffSignIn
from guardian.mail.outbox import Claimed
from guardian.staff.domain import INVITATION_LINK, SIGN_IN_LINK

_WANTED_FOR = timedelta(hours=1)
"""A sign-in letter that the mail server would not take for so long is no longer what anybody waits for."""


async def _people(tx: Tx, batch: list[Claimed]) -> dict[UUID, Record]:
    rows = await tx.fetch(
        "select s.id, s.email, s.language, i.name as institution, coalesce(i.timezone, 'UTC') as timezone from staff s "
        "left join institutions i on i.id = s.institution "
        "where s.id = any($1) and s.state = 'active' and s.email is not null",
        [claimed.recipient for claimed in batch],
    )
    return {row["id"]: row for row in rows}


async def sign_in(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """A link that signs in once, within 20 minutes of being sent."""
    people = await _people(tx, batch)
    made: dict[UUID, Composed | Skip] = {}
    for claimed in batch:
        person = people.get(claimed.recipient)
        if person is None or tx.now - claimed.created_at > _WANTED_FOR:
            made[claimed.id] = Skip("cancelled", "gone" if person is None else "too_old")
            continue
        url = await links.issue(
            ctx, tx, "sign_in", claimed.recipient, message=claimed.id, expires_at=tx.now + SIGN_IN_LINK
        )
        letter = StaffSignIn(
            operator=ctx.settings.operator_name, contact=ctx.settings.operator_email, url=url,
            minutes=int(SIGN_IN_LINK.total_seconds() // 60),
        )  # fmt: skip
        made[claimed.id] = Composed(recipient=person["email"], language=person["language"], letter=letter)
    return made


async def invitation(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """The first letter to somebody who may work here now; its link lives a week."""
    people = await _people(tx, batch)
    made: dict[UUID, Composed | Skip] = {}
    for claimed in batch:
        person = people.get(claimed.recipient)
        if person is None:
            made[claimed.id] = Skip("cancelled", "gone")
            continue
        url = await links.issue(
            ctx, tx, "sign_in", claimed.recipient, message=claimed.id, expires_at=tx.now + INVITATION_LINK
        )
        # A letter that is written again after a crash gets the link it had, with the end it had.
        link = await links.find(tx, "sign_in", url.rpartition("/")[2])
        until = link.expires_at if link else tx.now
        letter = StaffInvitation(
            operator=ctx.settings.operator_name, contact=ctx.settings.operator_email, url=url,
            institution=person["institution"], valid_until=say_instant(person["language"], until, person["timezone"]),
        )  # fmt: skip
        made[claimed.id] = Composed(recipient=person["email"], language=person["language"], letter=letter)
    return made


COMPOSERS: dict[str, Composer] = {"staff_sign_in": sign_in, "staff_invitation": invitation}
ACCEPTED: dict[str, Accepted] = {}
