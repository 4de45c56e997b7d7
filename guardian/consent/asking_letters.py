"""Letters that ask: the first one, its reminders, the last one. Written in bulk, when they leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from guardian.consent.asking import Terms, terms_of_many
from guardian.consent.domain import OPEN, RequestState
from guardian.consent.letter_words import foot, purpose_lines
from guardian.context import Context, Tx
from guardian.i18n import say_instant
from guardian.mail import links
from guardian.mail.composing import Composed, Skip
from guardian.mail.letters import Child, ConsentReminder, ConsentRequest, NoticeFinal, PurposeLine
from guardian.mail.outbox import Claimed
from guardian.notice.domain import NoticeText
from guardian.settings import Settings

REMINDERS = frozenset({"consent_reminder", "notice_final"})
STOP_LINK_DAYS = 90
"""A link that stops reminders outlives the question by far: people come back to old letters."""

_FACTS = """
select r.id, r.state, r.expires_at, r.reminders_stopped_at, g.name, g.email, g.unreachable_since, g.language,
 i.id as institution, i.name as school, i.contact_email, i.timezone,
 (select m.id from mail_messages m where m.subject = r.id and m.letter = 'consent_request' and m.sequence = 0
   and m.recipient = r.guardian) as first_letter
from consent_requests r join guardians g on g.id = r.guardian join institutions i on i.id = r.institution
where r.id = any($1)
"""
_CHILDREN = """
with asked as materialized (
  select q.request, q.learner, r.guardian, r.institution from consent_request_learners q
  join lateral (select guardian, institution from consent_requests where id = q.request offset 0) r on true
  where q.request = any($1))
select a.request, l.given_name, e.class_name from asked a
join lateral (select coalesce(given_name, '') as given_name from learners
  where id = a.learner and erased_at is null offset 0) l on true
join lateral (select position from guardianships where learner = a.learner and guardian = a.guardian
  and authority = 'full' and ended_at is null offset 0) s on true
left join lateral (select class_name from enrolments
  where learner = a.learner and institution = a.institution offset 0) e on true
order by s.position, a.learner
"""
"""From the requests to each row by its key, in this order: a planner that knows nothing yet of a school just imported
would begin with all learners, for each batch again.
"""


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One request as its letter needs it."""

    id: UUID
    state: RequestState
    expires_at: datetime | None
    reminders_stopped_at: datetime | None
    name: str | None
    email: str | None
    unreachable_since: datetime | None
    language: str
    institution: UUID
    school: str
    contact_email: str | None
    timezone: str
    first_letter: UUID | None


async def compose(ctx: Context, tx: Tx, batch: list[Claimed]) -> Mapping[UUID, Composed | Skip]:
    """Write the letters of a batch; a question that no longer needs one is skipped."""
    wanted = [claimed.subject for claimed in batch]
    found = {row["id"]: msgspec.convert(dict(row), _Facts) for row in await tx.fetch(_FACTS, wanted)}
    children: dict[UUID, list[Child]] = {}
    for row in await tx.fetch(_CHILDREN, wanted):
        children.setdefault(row["request"], []).append(Child(row["given_name"], row["class_name"]))
    known_until = await _earlier_links(tx, wanted)
    terms = await terms_of_many(tx, {facts.institution for facts in found.values()})
    made: dict[UUID, Composed | Skip] = {}
    due: dict[Claimed, tuple[_Facts, Terms, datetime]] = {}
    for claimed in batch:
        facts = found.get(claimed.subject)
        known = terms[facts.institution] if facts else None
        asks = known is not None and claimed.subject in children
        reason = _why_not(claimed, facts, tx.now, asks=asks)
        if reason is not None or facts is None or known is None:
            made[claimed.id] = reason or Skip("cancelled", "no_request")
        else:
            until = known_until.get(claimed.id) or _until(ctx, tx.now, claimed, facts)
            due[claimed] = facts, known, until
    urls = await links.issue_many(
        ctx, tx, "consent", [links.Wanted(one.id, one.subject, until) for one, (_, _, until) in due.items()]
    )
    stop_until = tx.now + timedelta(days=STOP_LINK_DAYS)
    stops = await links.issue_many(
        ctx, tx, "unsubscribe",
        [links.Wanted(one.id, one.subject, stop_until) for one in due if one.letter in REMINDERS],
    )  # fmt: skip
    said = _Said(ctx.settings)
    for one, (facts, known, until) in due.items():
        made[one.id] = said.written(
            one, facts, terms=known, children=children[one.subject], until=until, url=urls[one.id],
            stop=stops.get(one.id),
        )  # fmt: skip
    return made


async def _earlier_links(tx: Tx, requests: Sequence[UUID]) -> dict[UUID, datetime]:
    """Until when the links of letters are good that were written before, but did not get through."""
    rows = await tx.fetch(
        "select message, expires_at from links where subject = any($1) and purpose = 'consent' and message is not null",
        list(requests),
    )
    return {row["message"]: row["expires_at"] for row in rows}


def _until(ctx: Context, now: datetime, claimed: Claimed, facts: _Facts) -> datetime:
    if claimed.letter in REMINDERS and facts.expires_at is not None:
        return facts.expires_at
    return now + timedelta(days=ctx.settings.request_days)


def _why_not(claimed: Claimed, facts: _Facts | None, now: datetime, *, asks: bool) -> Skip | None:
    if facts is None:
        return Skip("cancelled", "no_request")
    reminds = claimed.letter in REMINDERS
    over = facts.expires_at is None or facts.expires_at <= now
    hurdles = (
        (facts.state not in OPEN, Skip("cancelled", facts.state)),
        (not facts.email, Skip("cancelled", "no_address")),
        (facts.unreachable_since is not None, Skip("suppressed", "unreachable")),
        (not asks, Skip("cancelled", "nothing_to_ask")),
        (reminds and facts.reminders_stopped_at is not None, Skip("cancelled", "reminders_off")),
        (reminds and over, Skip("cancelled", "expired")),
    )
    return next((skip for stands_in_the_way, skip in hurdles if stands_in_the_way), None)


class _Said:
    """What letters of one batch share is put into words once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._terms: dict[tuple[UUID, str], tuple[tuple[PurposeLine, ...], NoticeText]] = {}
        self._instants: dict[tuple[str, datetime, str], str] = {}

    def written(
        self, claimed: Claimed, facts: _Facts, *, terms: Terms, children: Sequence[Child], until: datetime, url: str,
        stop: str | None,
    ) -> Composed:  # fmt: skip
        """One letter."""
        purposes, text = self._purposes(terms, facts.language)
        said: dict[str, Any] = {
            **foot(self._settings),
            "school": facts.school,
            "guardian": facts.name,
            "children": tuple(children),
            "purposes": purposes,
            "url": url,
            "deadline": self._instant(facts.language, until, facts.timezone),
            "notice_url": text.online_notice_url or f"{url}/notice",
            "disclosure": text.disclosure,
        }
        letter: ConsentRequest | ConsentReminder | NoticeFinal
        if stop is None:
            letter = ConsentRequest(**said)
        elif claimed.letter == "notice_final":
            letter = NoticeFinal(**said, unsubscribe_url=stop)
        else:
            total = len(self._settings.reminder_days)
            letter = ConsentReminder(**said, unsubscribe_url=stop, number=claimed.sequence, total=total)
        return Composed(
            recipient=facts.email or "",
            language=facts.language,
            letter=letter,
            reply_to=facts.contact_email,
            list_unsubscribe=stop,
            references=facts.first_letter if facts.first_letter != claimed.id else None,
        )

    def _purposes(self, terms: Terms, language: str) -> tuple[tuple[PurposeLine, ...], NoticeText]:
        known = self._terms.get((terms.institution, language))
        if known is None:
            text = terms.notice.shown(language).text
            known = purpose_lines(text, [purpose.code for purpose in terms.purposes]), text
            self._terms[terms.institution, language] = known
        return known

    def _instant(self, language: str, instant: datetime, timezone: str) -> str:
        known = self._instants.get((language, instant, timezone))
        if known is None:
            known = self._instants[language, instant, timezone] = say_instant(language, instant, timezone)
        return known
