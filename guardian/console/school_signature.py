"""The form by which a school asks its head or director to sign."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, post, route

from guardian.authorisation import looking, service
from guardian.authorisation.term import proposed_end
from guardian.console import words
from guardian.console.frame import READ, at_desk, desk, sentence_of
from guardian.console.school_store import purpose_titles
from guardian.errors import GuardianError, NotFound, Refused
from guardian.i18n import gettext_noop as N_
from guardian.i18n import say_day, text
from guardian.institution.domain import Institution, end_of_day, model_fits_learner
from guardian.notice import store as notices
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect


@route("/school/authorisations/new", http_method=READ, include_in_schema=False)
async def ask_page(request: AnyRequest) -> Page:
    """The form that asks for a signature."""
    actor, school = await at_desk(request, "institution_admin")
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        end = proposed_end(tx.now, school, await looking.in_force_until(tx, school.id))
    return await _form(request, {"valid_until": _last_day(end, school).isoformat(), "legal_model": school.legal_model})


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
            legal_model=fields.get("legal_model") or None, language=fields.get("language") or None,
        )  # fmt: skip
    except (Refused, NotFound) as error:
        return await _form(request, fields, status=422, chosen=chosen, error=error)
    return redirect("/school/authorisations?done=asked")


async def _form(
    request: AnyRequest, fields: dict[str, str], *, status: int = 200, chosen: list[str] | None = None,
    error: GuardianError | None = None,
) -> Page:  # fmt: skip
    actor, school = await at_desk(request, "institution_admin")
    ctx, language = context_of(request), language_of(request)
    async with ctx.transaction(actor) as tx:
        notice = await notices.published(tx)
        titles = await purpose_titles(tx, language)
        places = await looking.places_of_learners(tx, school.id)
        until = await looking.in_force_until(tx, school.id)
    shown = notice.shown(language).text.purposes if notice else {}
    options = [
        (purpose.code, titles.get(purpose.code, purpose.code), _hint(purpose.core, shown.get(purpose.code), language))
        for purpose in (notice.purposes if notice else ())
        if not purpose.commercial
    ]
    if error and error.params.get("purpose") in titles:  # a person knows a purpose by its title, not by its code
        error.params = {**error.params, "purpose": titles[error.params["purpose"]]}
    return desk(
        request, "authorisation_new.html", status=status, school=school, fields=fields, options=options,
        chosen=chosen or [], where=error.where if error else "",
        message=sentence_of(request, error) if error else None, missing=notice is None,
        models=[(code, words.LEGAL_MODELS[code]) for code in dict.fromkeys(("guardian_consent", school.legal_model))],
        misfits=sum(n for codes, n in places.items() if not model_fits_learner(school.legal_model, codes)),
        in_force=say_day(language, until - timedelta(seconds=1), school.timezone) if until else None,
    )  # fmt: skip


_NEEDED = N_("Needed: there are no lessons without it.")


def _hint(core: bool, told: Any, language: str) -> str:
    why: str = told.why if told else ""
    return f"{why}. {text(language, _NEEDED)}".lstrip(". ") if core else why


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Refused("day_invalid", N_("This is no day. Write it like 2027-08-31."), where="valid_until") from error


def _last_day(end: Any, school: Institution) -> date:
    last: date = (end.astimezone(ZoneInfo(school.timezone)) - timedelta(seconds=1)).date()
    return last


ROUTES: list[Any] = [ask_page, ask]
