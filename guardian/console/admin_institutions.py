"""Institutions: the list, inviting one, one institution's page."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.authorisation import looking, reading
from guardian.authorisation.domain import MOVES, at_verified_domain
from guardian.console import admin_store, queue_store, words
from guardian.console.domain import last_day
from guardian.console.frame import PAGE_SIZE, READ, in_room, room, sentence_of, uuid_in
from guardian.console.school_store import purpose_titles
from guardian.errors import GuardianError, Refused
from guardian.institution import service
from guardian.institution import store as institutions
from guardian.mail import address
from guardian.staff import store as staff
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

MODELS = ("guardian_consent", "controller_instruction", "school_agent", "school_intermediary")
_FIELDS = (
    "name", "jurisdiction", "timezone", "language", "contact_email", "legal_model", "staff_name", "staff_email",
    "verified_domains", "pupil_domains",
)  # fmt: skip


@route("/admin/institutions", http_method=READ, include_in_schema=False)
async def institutions_page(request: AnyRequest) -> Page:
    """Institutions by name."""
    actor = await in_room(request)
    after = uuid_in(request.query_params.get("after"))
    async with context_of(request).transaction(actor) as tx:
        last = await institutions.get(tx, after) if after else None
        rows = await admin_store.institutions(tx, after=(last.name, last.id) if last else None, limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    return room(
        request, "institutions.html", rows=shown, words=words, may=actor.role == "operator_admin",
        next=shown[-1]["id"] if len(rows) > PAGE_SIZE else None,
    )  # fmt: skip


@route("/admin/institutions/invite", http_method=READ, include_in_schema=False)
async def invite_page(request: AnyRequest) -> Page:
    """The form of an invitation."""
    await in_room(request, "operator_admin")
    return _form(request, {"timezone": "Europe/Warsaw", "jurisdiction": "PL"})


@post("/admin/institutions/invite", include_in_schema=False)
async def invite(request: AnyRequest) -> Response[Any]:
    """Invite; the first member of staff gets a letter."""
    fields = await form_of(request)
    actor = await in_room(request, "operator_admin")
    filled = {name: fields.get(name, "")[:1000] for name in _FIELDS}
    lists = {name: filled[name].replace(",", " ").split() for name in ("verified_domains", "pupil_domains")}
    plain = {name: filled[name] for name in _FIELDS if name not in lists}
    try:
        made = await service.invite(
            context_of(request), actor, **plain, verified_domains=lists["verified_domains"],
            pupil_domains=lists["pupil_domains"],
        )  # fmt: skip
    except Refused as error:
        return _form(request, filled, status=422, error=error)
    return redirect(f"/admin/institutions/{made}?done=invited")


@route("/admin/institutions/{institution:uuid}", http_method=READ, include_in_schema=False)
async def institution_page(request: AnyRequest, institution: FromPath[UUID]) -> Page:
    """One institution: details, authorisations with what may be done about them, staff."""
    actor = await in_room(request)
    ctx, language = context_of(request), language_of(request)
    found = await service.get(ctx, actor, institution)
    held = await reading.of_institution(ctx, actor, institution)
    async with ctx.transaction(actor) as tx:
        people = await staff.of_institution(tx, institution)
        kinds = await queue_store.flags_by_kind(tx, institution)
        sizes = await admin_store.institutions_size(tx, institution)
        titles = await purpose_titles(tx, language)
        digests = await looking.digests(tx, institution)
    now = ctx.clock.now()
    return room(
        request, "institution.html", found=found, held=held, people=people, kinds=kinds, learners=sizes, now=now,
        words=words, acts={one.id: MOVES[one.state_at(now)] for one in held},
        verified={one.id: _verified(one.signatory_email, found) for one in held}, titles=titles,
        digests=digests, until={one.id: last_day(language, now, one.valid_until, found.timezone) for one in held},
        may=actor.role in {"operator_admin", "privacy_officer"},
        done=request.query_params.get("done") if request.query_params.get("done") in _DONE else None,
    )  # fmt: skip


_DONE = ("invited", "end", "verify", "reject", "suspend", "resume", "revoke")


def _verified(email: str | None, institution: Any) -> bool:
    return email is not None and at_verified_domain(address.parse(email), institution)


def _form(
    request: AnyRequest, filled: dict[str, str], *, status: int = 200, error: GuardianError | None = None
) -> Page:
    return room(
        request, "invite.html", status=status, filled=filled, where=error.where if error else "",
        models=[(code, words.LEGAL_MODELS[code]) for code in MODELS],
        message=sentence_of(request, error) if error else None,
    )  # fmt: skip


ROUTES: list[Any] = [institutions_page, invite_page, invite, institution_page]
