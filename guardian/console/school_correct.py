"""Correcting a learner or a guardian by hand; the correction stays over later rosters until somebody drops it."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import words
from guardian.console.frame import CLERKS, READ, at_desk, desk, sentence_of
from guardian.errors import Refused
from guardian.people import service
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect

_CONTACT = ("name", "email", "phone", "relationship")
_PUPIL = ("given_name", "family_name", "birth_date", "class_name")


@route("/school/learners/{learner:uuid}/guardians/{guardian:uuid}", http_method=READ, include_in_schema=False)
async def contact(request: AnyRequest, learner: FromPath[UUID], guardian: FromPath[UUID]) -> Page:
    """The form that corrects how a guardian is named, reached and related."""
    actor, school = await at_desk(request, *CLERKS)
    known = await service.contact_of(context_of(request), actor, school.id, learner, guardian)
    filled = {name: known[name] or "" for name in _CONTACT}
    return _contact(request, learner=learner, guardian=guardian, filled=filled)


@post("/school/learners/{learner:uuid}/guardians/{guardian:uuid}", include_in_schema=False)
async def correct_contact(request: AnyRequest, learner: FromPath[UUID], guardian: FromPath[UUID]) -> Response[Any]:
    """Write the correction of a guardian."""
    fields = await form_of(request)
    actor, school = await at_desk(request, *CLERKS)
    filled = {name: fields.get(name, "")[:400] for name in _CONTACT}
    try:
        moved = await service.correct_guardian(context_of(request), actor, school, learner, guardian, **filled)
    except Refused as error:
        return _contact(
            request, status=422, learner=learner, guardian=guardian, filled=filled, where=error.where,
            message=sentence_of(request, error),
        )  # fmt: skip
    return redirect(f"/school/learners/{learner}?done={'moved' if moved else 'corrected'}")


@route("/school/learners/{learner:uuid}/correct", http_method=READ, include_in_schema=False)
async def pupil(request: AnyRequest, learner: FromPath[UUID]) -> Page:
    """The form that corrects a learner's name, birth date and class."""
    actor, school = await at_desk(request, *CLERKS)
    known = await service.pupil_of(context_of(request), actor, school.id, learner)
    return desk(
        request,
        "pupil.html",
        learner=learner,
        filled={name: known[name] or "" for name in _PUPIL},
        where="",
        message=None,
    )


@post("/school/learners/{learner:uuid}/correct", include_in_schema=False)
async def correct_pupil(request: AnyRequest, learner: FromPath[UUID]) -> Response[Any]:
    """Write the correction of a learner."""
    fields = await form_of(request)
    actor, school = await at_desk(request, *CLERKS)
    filled = {name: fields.get(name, "")[:400] for name in _PUPIL}
    try:
        await service.correct_learner(context_of(request), actor, school, learner, **filled)
    except Refused as error:
        return desk(
            request, "pupil.html", status=422, learner=learner, filled=filled, where=error.where,
            message=sentence_of(request, error),
        )  # fmt: skip
    return redirect(f"/school/learners/{learner}?done=learner")


@post("/school/learners/{learner:uuid}/corrections/{correction:uuid}/drop", include_in_schema=False)
async def drop(request: AnyRequest, learner: FromPath[UUID], correction: FromPath[UUID]) -> Response[Any]:
    """Let the next roster decide again."""
    await form_of(request)
    actor, school = await at_desk(request, *CLERKS)
    await service.drop_correction(context_of(request), actor, school, learner, correction)
    return redirect(f"/school/learners/{learner}?done=dropped")


def _contact(
    request: AnyRequest, *, status: int = 200, where: str = "", message: str | None = None, **values: Any
) -> Page:
    known = [(code, words.RELATIONSHIPS[code]) for code in service.RELATIONSHIPS]
    return desk(request, "contact.html", status=status, relationships=known, where=where, message=message, **values)


ROUTES: list[Any] = [contact, correct_contact, pupil, correct_pupil, drop]
