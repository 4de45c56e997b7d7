"""The form by which a school asks its head or director to sign."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, post, route

from guardian.authorisation import service
from guardian.console.frame import READ, at_desk, desk, sentence_of
from guardian.console.school_store import purpose_titles
from guardian.errors import GuardianError, NotFound, Refused
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.institution.domain import Institution, default_valid_until, end_of_day
from guardian.notice import store as notices
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect


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
    if error and error.params.get("purpose") in titles:  # a person knows a purpose by its title, not by its code
        error.params = {**error.params, "purpose": titles[error.params["purpose"]]}
    return desk(
        request, "authorisation_new.html", status=status, school=school, fields=fields, options=options,
        chosen=chosen or [], where=error.where if error else "",
        message=sentence_of(request, error) if error else None, missing=notice is None,
    )  # fmt: skip


_NEEDED = N_("Needed: there are no lessons without it.")


def _hint(core: bool, words: Any, language: str) -> str:
    why: str = words.why if words else ""
    return f"{why} {text(language, _NEEDED)}".strip() if core else why


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Refused("day_invalid", N_("This is no day. Write it like 2027-08-31."), where="valid_until") from error


def _last_day(end: Any, school: Institution) -> date:
    last: date = (end.astimezone(ZoneInfo(school.timezone)) - timedelta(seconds=1)).date()
    return last


ROUTES: list[Any] = [ask_page, ask]
