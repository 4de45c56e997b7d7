"""Letters about an act: what was recorded, the second message that completes a yes, what was withdrawn."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from guardian.consent.letter_words import foot, purpose_lines, title_of
from guardian.context import Context, Tx
from guardian.i18n import say_day, say_instant
from guardian.jurisdiction.clocks import Clocks
from guardian.mail import links
from guardian.mail.composing import Composed, Skip
from guardian.mail.letters import Answer, Child, ConsentConfirmation, ConsentRecorded, ConsentWithdrawn
from guardian.mail.outbox import Claimed
from guardian.notice import service as notices
from guardian.notice.domain import Notice

LINK_DAYS = 400
"""A link to what was agreed outlives the agreement, which ends with the institution's authorisation."""
WORDS = ("given", "declined", "withdrawn")

_ROWS = """
select c.act, c.learner, c.purpose, c.state, c.recorded_at, c.completed_at, c.request, p.core,
 coalesce(l.given_name, '') as given_name, e.class_name,
 g.name, g.email, g.unreachable_since, g.language, i.name as school, i.contact_email, i.timezone, i.id as institution,
 coalesce(s.authority = 'full' and s.ended_at is null, false) and l.erased_at is null and not exists (
   select 1 from consents n where n.learner = c.learner and n.guardian = c.guardian and n.purpose = c.purpose
   and n.recorded_at > c.recorded_at) as stands,
 (select m.id from mail_messages m where m.subject = c.request and m.letter = 'consent_request' and m.sequence = 0
   and m.recipient = c.guardian) as first_letter
from consents c join guardians g on g.id = c.guardian join institutions i on i.id = g.institution
join learners l on l.id = c.learner
left join enrolments e on e.learner = c.learner and e.institution = g.institution
left join guardianships s on s.learner = c.learner and s.guardian = c.guardian
left join purposes p on p.code = c.purpose
where c.act = any($1) order by c.act, s.position, c.learner, p.position, c.purpose
"""


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of an act, with whom it is about and who gave it. `stands`: no later word replaced it."""

    act: UUID
    purpose: str
    state: str
    recorded_at: datetime
    completed_at: datetime | None
    request: UUID | None
    core: bool | None
    given_name: str
    class_name: str | None
    name: str | None
    email: str | None
    unreachable_since: datetime | None
    language: str
    school: str
    contact_email: str | None
    timezone: str
    stands: bool
    first_letter: UUID | None


async def compose(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """Write the letters of a batch. A second message whose every yes was replaced meanwhile is not sent."""
    acts: dict[UUID, list[_Row]] = {}
    for row in await tx.fetch(_ROWS, [claimed.subject for claimed in batch]):
        acts.setdefault(row["act"], []).append(msgspec.convert(dict(row), _Row))
    notice = await notices.current(tx)
    made: dict[UUID, Composed | Skip] = {}
    for claimed in batch:
        rows = [row for row in acts.get(claimed.subject, []) if row.state in WORDS]
        if claimed.letter == "consent_confirmation":
            rows = [row for row in rows if row.state == "given" and row.stands]
        made[claimed.id] = _why_not(rows) or await _write(ctx, tx, claimed, rows, notice)
    return made


def _why_not(rows: list[_Row]) -> Skip | None:
    if not rows or rows[0].request is None:
        return Skip("cancelled", "replaced")
    if not rows[0].email:
        return Skip("cancelled", "no_address")
    if rows[0].unreachable_since is not None:
        return Skip("suppressed", "unreachable")
    return None


async def _write(ctx: Context, tx: Tx, claimed: Claimed, rows: list[_Row], notice: Notice) -> Composed:
    first = rows[0]
    language, zone = first.language, first.timezone
    text = notice.shown(language).text
    url = await links.issue(
        ctx, tx, "consent", first.request or claimed.subject, message=claimed.id,
        expires_at=tx.now + timedelta(days=LINK_DAYS),
    )  # fmt: skip
    said: dict[str, Any] = {
        **foot(ctx.settings),
        "school": first.school,
        "guardian": first.name,
        "answers": tuple(
            Answer(
                child=Child(row.given_name, row.class_name),
                purpose=title_of(text, row.purpose),
                answer=row.state,  # type: ignore[arg-type] # only the three words get here
            )
            for row in rows
        ),
        "recorded": say_instant(language, first.recorded_at, zone),
        "url": url,
    }
    letter: ConsentRecorded | ConsentConfirmation | ConsentWithdrawn
    if claimed.letter == "consent_confirmation":
        letter = ConsentConfirmation(
            **said,
            purposes=purpose_lines(text, dict.fromkeys(row.purpose for row in rows)),
            notice_url=text.online_notice_url or f"{url}/notice",
            disclosure=text.disclosure,
        )
    elif claimed.letter == "consent_withdrawn":
        days = Clocks().withdrawal_days
        ends = say_day(language, first.recorded_at + timedelta(days=days), zone)
        letter = ConsentWithdrawn(**said, deleted_by=ends if any(row.core for row in rows) else None)
    else:
        waits = any(row.state == "given" and row.stands and row.completed_at is None for row in rows)
        due = first.recorded_at + timedelta(seconds=ctx.settings.confirm_after)
        letter = ConsentRecorded(**said, confirmed_after=say_instant(language, due, zone) if waits else None)
    return Composed(
        recipient=first.email or "", language=language, letter=letter, reply_to=first.contact_email,
        references=first.first_letter,
    )  # fmt: skip
