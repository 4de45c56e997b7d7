"""One account's whole story on one page: why it stands as it does, who knew what when, what may be done."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import route
from litestar.params import FromPath

from guardian.access.service import decide_many
from guardian.audit import store as audit
from guardian.console import case_store, history_words, school_store, words
from guardian.console.admin_flags import OFFERED
from guardian.console.domain import deadline
from guardian.console.frame import OFFICERS, OPERATOR_ZONE, READ, in_room, room, same_for_strangers, uuid_in
from guardian.console.standing import purposes_of, standing_of
from guardian.flags import store as flags
from guardian.flags.words import SENTENCES
from guardian.i18n import gettext_noop as N_
from guardian.i18n import say_instant, text
from guardian.institution import store as institutions
from guardian.people import store as people
from guardian.purge import store as purges
from guardian.web.page import AnyRequest, Page, context_of, language_of

_DONE = ("approved", "rescinded", "held", "released")


@route("/admin/learners/{learner:uuid}", http_method=READ, include_in_schema=False)
async def story(request: AnyRequest, learner: FromPath[UUID]) -> Page:
    """The page."""
    return await story_page(request, learner)


async def story_page(request: AnyRequest, learner: UUID, *, status: int = 200, message: str | None = None) -> Page:
    """The page with, above it, why the last act was refused. Raises NotFound."""
    actor = await in_room(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    async with ctx.transaction(actor) as tx:
        person = await people.get(tx, learner)
        if person is None:
            raise same_for_strangers()
        enrolments = await people.enrolments_of(tx, learner)
        schools = {one.institution: await institutions.get(tx, one.institution) for one in enrolments}
        guardians = (await people.guardians_of(tx, [learner]))[learner]
        asked = await school_store.asked_about(tx, learner)
        answers = await school_store.answers_about(tx, learner)
        titles = await school_store.purpose_titles(tx, language)
        raised = (await flags.of_learners(tx, [learner])).get(learner, [])
        entries = await audit.of_subject(tx, await case_store.subjects_about(tx, learner))
        letters = await case_store.letters_about(tx, learner)
        hold = await case_store.hold_on(tx, learner)
        past = await case_store.purges_of(tx, learner)
        purge = (await purges.open_of(tx, [learner])).get(learner)
        names = await case_store.names_of_staff(tx, [one.actor for one in entries if one.actor])
    one = (await decide_many(ctx, [learner]))[learner]
    now, zone = ctx.clock.now(), person.timezone or OPERATOR_ZONE
    return room(
        request, "learner.html", status=status, person=person, enrolments=enrolments, schools=schools,
        guardians=guardians, asked=asked, answers=answers, titles=titles, flags=raised, flag_words=SENTENCES,
        where=standing_of(one, language), purposes=list(purposes_of(one, titles, language)), decision=one.decision,
        now=now, zone=zone, hold=hold, purge=purge, past=past, message=message, words=words, outcomes=OFFERED,
        due=deadline(language, now, one.due.at, zone) if one.due else None, cause=one.due.cause if one.due else None,
        cooling=deadline(language, now, purge.cooling_until, zone) if purge and purge.cooling_until else None,
        chosen=uuid_in(query.get("flag")), done=query.get("done") if query.get("done") in _DONE else None,
        history=_history(entries, letters, names, language, zone), may=actor.role in OFFICERS,
    )  # fmt: skip


def _history(
    entries: Sequence[Any], letters: Sequence[Any], names: dict[UUID, str], language: str, zone: str
) -> list[tuple[str, str, str]]:
    """Entries and letters in one line of time, newest first."""
    lines = [
        (one.at, history_words.action(one, language), history_words.actor(one, names, language)) for one in entries
    ]
    for letter in letters:
        what = (
            text(language, words.LETTERS[letter["letter"]]) if letter["letter"] in words.LETTERS else letter["letter"]
        )
        fate = text(language, words.MAILS.get(letter["state"], letter["state"]))
        title = text(language, N_("Letter: %(what)s"), what=what)
        whom = letter["name"] or text(language, N_("a guardian"))
        lines.append((letter["accepted_at"] or letter["created_at"], title, f"{whom} – {fate}"))
    lines.sort(key=lambda line: line[0], reverse=True)
    return [(say_instant(language, at, zone), title, whom) for at, title, whom in lines]


ROUTES: list[Any] = [story]
