"""What a guardian's page shows: one request with its children, questions and answers so far. Reads only."""

from datetime import datetime
from uuid import UUID

import msgspec

from guardian.consent import candidates, reading
from guardian.consent.domain import NOES, Current, Key, Question, unanswered
from guardian.consent.reading import Request, School
from guardian.context import Tx
from guardian.errors import NotFound
from guardian.i18n import gettext_noop as N_
from guardian.mail.links import Link
from guardian.notice import store as notices
from guardian.notice.domain import Notice, Purpose


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """A learner as the guardian knows them. `alone`: old enough to decide alone, so that nothing is asked of the
    guardian any more, and nothing the guardian says counts.
    """

    id: UUID
    given_name: str
    class_name: str | None
    alone: bool = False


class Person(msgspec.Struct, frozen=True):
    """The guardian whose link it is; `language` is the one on file."""

    id: UUID
    name: str | None
    language: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page says. `purposes` are those asked about, in order; `words` the guardian's latest word per
    learner and purpose; `now` the instant of the reading (UTC). `valid_until`: when the authorisation ends.
    """

    link: Link
    request: Request
    school: School
    guardian: Person
    children: tuple[Child, ...]
    purposes: tuple[Purpose, ...]
    notice: Notice
    material_since: int
    words: dict[Key, Current]
    valid_until: datetime | None
    now: datetime

    @property
    def questions(self) -> tuple[Question, ...]:
        """Each child and purpose, in the order of the page."""
        return tuple(
            Question(child.id, purpose.code, purpose.by_mail)
            for child in self.children
            if not child.alone
            for purpose in self.purposes
        )

    @property
    def waiting(self) -> list[Key]:
        """What has no answer yet."""
        return unanswered(self.questions, self.words, self.now, self.material_since)

    @property
    def given(self) -> list[Current]:
        """Every yes that stands and may be taken back, confirmed or not, also to purposes that are no longer asked
        about.
        """
        wards = {child.id for child in self.children if not child.alone}
        return [word for word in self.words.values() if word.state == "given" and word.learner in wards]

    def word(self, learner: UUID, purpose: str) -> Current | None:
        """The word on one question that still says something: no expired or void one."""
        word = self.words.get((learner, purpose))
        return word if word is not None and (word.state == "given" or word.state in NOES) else None


async def read(tx: Tx, link: Link, request: Request) -> View:
    """The page of a request, in a transaction narrowed to its guardian. Raises NotFound when there is nothing to
    show: no notice was ever published, or this guardian answers for none of its learners any more.
    """
    notice = await notices.published(tx)
    children = await _children(tx, request)
    if notice is None or not children:
        raise NotFound("unknown_link", N_("This link opens nothing (any more). Ask for a new one below."))
    authorised, valid_until = await reading.authorisations_in_force(tx, request.institution)
    person = await tx.fetchrow("select id, name, language from guardians where id = $1", request.guardian)
    return View(
        link=link,
        request=request,
        school=await reading.school(tx, request.institution),
        guardian=msgspec.convert(dict(person or {}), Person),
        children=children,
        purposes=tuple(candidates.purposes_to_ask(authorised, notice.purposes)),
        notice=notice,
        material_since=await reading.material_since(tx),
        words=await reading.current(tx, request.guardian, [child.id for child in children], valid_until),
        valid_until=valid_until,
        now=tx.now,
    )


async def _children(tx: Tx, request: Request) -> tuple[Child, ...]:
    rows = await tx.fetch(
        "select l.id, coalesce(l.given_name, '') as given_name, l.birth_date, l.jurisdictions, l.timezone, "
        "(select e.class_name from enrolments e where e.learner = l.id and e.institution = $2) as class_name "
        "from learners l where l.id = any($1)",
        await reading.learners_of(tx, request), request.institution,
    )  # fmt: skip
    found = []
    for row in rows:
        today = candidates.local_day(tx.now, row["timezone"])
        if not candidates.is_adult(row["birth_date"], today):
            alone = candidates.decides_alone(row["birth_date"], tuple(row["jurisdictions"]), today)
            found.append(Child(id=row["id"], given_name=row["given_name"], class_name=row["class_name"], alone=alone))
    return tuple(sorted(found, key=lambda child: (child.given_name.casefold(), str(child.id))))
