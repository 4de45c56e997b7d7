"""One learner of a school: who answers, what was asked and answered, what would admit; and what may be done."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.access.service import decide_many
from guardian.consent import renewing
from guardian.console import roster_words, school_store, words
from guardian.console.frame import CLERKS, READ, at_desk, desk, same_for_strangers, sentence_of
from guardian.console.standing import purposes_of, standing_of
from guardian.errors import Conflict
from guardian.flags import store as flags
from guardian.flags.words import SENTENCES
from guardian.people import corrections
from guardian.people import service as correcting
from guardian.people import store as people
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_DONE = ("resent", "corrected", "moved", "learner", "dropped", "reachable")


@route("/school/learners/{learner:uuid}", http_method=READ, include_in_schema=False)
async def story(request: AnyRequest, learner: FromPath[UUID]) -> Page:
    """The learner's page."""
    return await _story(request, learner)


@post("/school/learners/{learner:uuid}/guardians/{guardian:uuid}/resend", include_in_schema=False)
async def resend(request: AnyRequest, learner: FromPath[UUID], guardian: FromPath[UUID]) -> Response[Any]:
    """Send the question again, with a new link."""
    await form_of(request)
    actor, school = await at_desk(request, *CLERKS)
    ctx = context_of(request)
    await correcting.contact_of(ctx, actor, school.id, learner, guardian)
    try:
        await renewing.resend(ctx, actor, guardian)
    except Conflict as error:
        return await _story(request, learner, status=409, message=sentence_of(request, error))
    return redirect(f"/school/learners/{learner}?done=resent")


async def _story(request: AnyRequest, learner: UUID, *, status: int = 200, message: str | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        person = await people.get(tx, learner) if await school_store.is_enrolled(tx, school.id, learner) else None
        if person is None:
            raise same_for_strangers()
        enrolment = next(one for one in await people.enrolments_of(tx, learner) if one.institution == school.id)
        guardians = [one for one in (await people.guardians_of(tx, [learner]))[learner] if one.institution == school.id]
        asked = await school_store.asked_about(tx, learner)
        answers = await school_store.answers_about(tx, learner)
        titles = await school_store.purpose_titles(tx, language)
        kept = await corrections.of_learner(tx, school.id, learner)
        raised = (await flags.of_learners(tx, [learner])).get(learner, [])
    one = (await decide_many(ctx, [learner]))[learner]
    done = request.query_params.get("done")
    return desk(
        request, "learner.html", status=status, school=school, person=person, enrolment=enrolment,
        guardians=guardians, asked=asked, answers=answers, titles=titles, flags=raised, flag_words=SENTENCES,
        where=standing_of(one, language), purposes=list(purposes_of(one, titles, language)), decision=one.decision,
        due=one.due, now=ctx.clock.now(), message=message, done=done if done in _DONE else None, words=words,
        may_change=actor.role in CLERKS, corrections=kept,
        words_of_field=lambda field: roster_words.field_changed(field, language),
    )  # fmt: skip


ROUTES: list[Any] = [story, resend]
