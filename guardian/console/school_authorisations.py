"""The school's authorisation: ask for the signature, send the letter again, end it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, post, route

from guardian.authorisation import reading, service
from guardian.console import words
from guardian.console.domain import deadline
from guardian.console.frame import READ, at_desk, desk, sentence_of
from guardian.console.school_overview import main_one
from guardian.console.school_store import purpose_titles
from guardian.errors import Conflict, GuardianError, NotFound, Refused, TooMany
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.institution.domain import Institution, default_valid_until, end_of_day
from guardian.notice import store as notices
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_DONE = ("asked", "resent", "revoked")


@route("/school/authorisations", http_method=READ, include_in_schema=False)
async def authorisations(request: AnyRequest) -> Page:
    """All of them, newest first, with what may be done about the one that counts."""
    return await _list(request)


@route("/school/authorisations/new", http_method=READ, include_in_schema=False)
async def ask_page(request: AnyRequest) -> Page:
    """The form that asks for a signature."""
    _, school = await at_desk(request, "institution_admin")
    end = default_valid_until(context_of(request).clock.now(), school.timezone)
    return await _form(request, {"valid_until": _last_day(end, school).isoformat()})


@post("/school/authorisations/new", include_in_schema=False)
async def ask(request: AnyRequest) -> Response[Any]:
    """Ask the signatory by letter."""
    fields = dict(await form_of(request))
    actor, school = await at_desk(request, "institution_admin")
    chosen = [name.removeprefix("purposes-") for name in fields if name.startswith("purposes-")]
    chosen += [fields["purposes"]] if fields.get("purposes") else []
    try:
        await service.start(
            context_of(request), actor, signatory_email=fields.get("signatory_email", ""), purposes=chosen,
            valid_until=end_of_day(_day(fields.get("valid_until", "")), school.timezone),
        )  # fmt: skip
    except (Refused, NotFound) as error:
        return await _form(request, fields, status=422, chosen=chosen, error=error)
    return redirect("/school/authorisations?done=asked")


@post("/school/authorisations/{authorisation:uuid}/resend", include_in_schema=False)
async def resend(request: AnyRequest, authorisation: UUID) -> Response[Any]:
    """Send the letter to the signatory again."""
    await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    try:
        await service.resend(context_of(request), actor, authorisation)
    except (Conflict, TooMany) as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    return redirect("/school/authorisations?done=resent")


@route("/school/authorisations/{authorisation:uuid}/revoke", http_method=READ, include_in_schema=False)
async def revoke_page(request: AnyRequest, authorisation: UUID) -> Page:
    """What ending it would do."""
    actor, school = await at_desk(request, "institution_admin")
    found = await reading.get(context_of(request), actor, authorisation)
    return desk(request, "revoke.html", school=school, found=found)


@post("/school/authorisations/{authorisation:uuid}/revoke", include_in_schema=False)
async def revoke(request: AnyRequest, authorisation: UUID) -> Response[Any]:
    """End it for good."""
    await form_of(request)
    actor, _ = await at_desk(request, "institution_admin")
    try:
        await service.revoke(context_of(request), actor, authorisation)
    except Conflict as error:
        return await _list(request, status=409, message=sentence_of(request, error))
    return redirect("/school/authorisations?done=revoked")


async def _list(request: AnyRequest, *, status: int = 200, message: str | None = None) -> Page:
    actor, school = await at_desk(request)
    ctx, language = context_of(request), language_of(request)
    held = await reading.of_institution(ctx, actor, school.id)
    async with ctx.transaction(actor) as tx:
        titles = await purpose_titles(tx, language)
    now = ctx.clock.now()
    done = request.query_params.get("done")
    return desk(
        request, "authorisations.html", status=status, school=school, held=held, main=main_one(held, now), now=now,
        words=words, titles=titles, message=message, done=done if done in _DONE else None, may=actor.role ==
        "institution_admin", until={one.id: deadline(language, now, one.valid_until - timedelta(seconds=1),
        school.timezone) for one in held},
    )  # fmt: skip


async def _form(
    request: AnyRequest, fields: dict[str, str], *, status: int = 200, chosen: list[str] | None = None,
    error: GuardianError | None = None,
) -> Page:  # fmt: skip
    actor, school = await at_desk(request, "institution_admin")
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        notice = await notices.published(tx)
        titles = await purpose_titles(tx, language)
    shown = notice.shown(language).text.purposes if notice else {}
    options = [
        (purpose.code, titles.get(purpose.code, purpose.code), _hint(purpose.core, shown.get(purpose.code), language))
        for purpose in (notice.purposes if notice else ())
        if not purpose.commercial
    ]
    return desk(
        request, "authorisation_new.html", status=status, school=school, fields=fields, options=options,
        chosen=chosen or [], where=error.where if error else "",
        message=sentence_of(request, error) if error else None, missing=notice is None,
    )  # fmt: skip


def _hint(core: bool, words: Any, language: str) -> str:
    why = words.why if words else ""
    return f"{why} {text(language, N_('Needed: there are no lessons without it.'))}".strip() if core else why


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Refused("day_invalid", N_("This is no day. Write it like 2027-08-31."), where="valid_until") from error


def _last_day(end: Any, school: Institution) -> date:
    last: date = (end.astimezone(ZoneInfo(school.timezone)) - timedelta(seconds=1)).date()
    return last


ROUTES: list[Any] = [authorisations, ask_page, ask, resend, revoke_page, revoke]
