"""What the operator does about an authorisation: each act over a page that says what it does."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.authorisation import checking, looking, reading, service
from guardian.authorisation.domain import MOVES, Act, at_verified_domain
from guardian.console import admin_store, words
from guardian.console.frame import OFFICERS, READ, in_room, room, same_for_strangers, sentence_of
from guardian.errors import Conflict, Refused
from guardian.i18n import gettext_noop as N_
from guardian.institution import service as institutions
from guardian.institution.domain import model_fits_learner
from guardian.mail import address
from guardian.web.page import AnyRequest, Page, context_of, form_of, redirect

_ACTS: dict[str, tuple[Act, Callable[..., Awaitable[Any]], bool, str, str, str]] = {
    "verify": (
        "verify", checking.verify, False, N_("Verify this authorisation?"), N_("Verify and put in force"),
        N_("You confirm that the person who signed may decide for the school. It is in force at once, an older one "
           "is replaced, and guardians who have not answered are asked by letter."),
    ),
    "reject": (
        "reject", checking.reject, True, N_("Refuse to verify?"), N_("Refuse to verify"),
        N_("You could not confirm who signed. The authorisation ends; the school may ask for a new signature."),
    ),
    "suspend": (
        "suspend", service.suspend, True, N_("Suspend this authorisation?"), N_("Suspend"),
        N_("All learners who are admitted by it are blocked at once, until it is lifted."),
    ),
    "resume": (
        "resume", service.resume, False, N_("Lift the suspension?"), N_("Lift the suspension"),
        N_("The authorisation holds again at once, for all learners of the school."),
    ),
    "revoke": (
        "revoke", service.revoke, True, N_("Revoke this authorisation for good?"), N_("Revoke for good"),
        N_("All learners who are admitted by it are blocked at once. It cannot be taken back: a new signature is "
           "needed."),
    ),
}  # fmt: skip


@route("/admin/authorisations/{authorisation:uuid}/{act:str}", http_method=READ, include_in_schema=False)
async def confirm_page(request: AnyRequest, authorisation: FromPath[UUID], act: FromPath[str]) -> Page:
    """What the act would do, and to how many."""
    return await _confirm(request, authorisation, act)


@post("/admin/authorisations/{authorisation:uuid}/{act:str}", include_in_schema=False)
async def do(request: AnyRequest, authorisation: FromPath[UUID], act: FromPath[str]) -> Response[Any]:
    """Do it."""
    fields = await form_of(request)
    actor = await in_room(request, *OFFICERS)
    if act not in _ACTS:
        raise same_for_strangers()
    ctx = context_of(request)
    found = await reading.get(ctx, actor, authorisation)
    reason = fields.get("reason", "")
    more = (reason,) if _ACTS[act][2] else ()
    try:
        await _ACTS[act][1](ctx, actor, authorisation, *more)
    except Conflict as error:
        return await _confirm(request, authorisation, act, status=409, message=sentence_of(request, error))
    except Refused as error:
        return await _confirm(
            request, authorisation, act, status=422, reason=reason, where=error.where,
            message=sentence_of(request, error),
        )  # fmt: skip
    return redirect(f"/admin/institutions/{found.institution}?done={act}")


async def _confirm(
    request: AnyRequest, authorisation: UUID, act: str, *, status: int = 200, message: str | None = None,
    reason: str = "", where: str = "",
) -> Page:  # fmt: skip
    actor = await in_room(request, *OFFICERS)
    if act not in _ACTS:
        raise same_for_strangers()
    ctx = context_of(request)
    found = await reading.get(ctx, actor, authorisation)
    school = await institutions.get(ctx, actor, found.institution)
    async with ctx.transaction(actor) as tx:
        learners = await admin_store.institutions_size(tx, school.id)
        places = await looking.places_of_learners(tx, school.id)
    verb, _, danger, title, label, told = _ACTS[act]
    return room(
        request, "authorisation_act.html", status=status, found=found, school=school, learners=learners, act=act,
        title=title, label=label, told=told, danger=danger, possible=verb in MOVES[found.state_at(ctx.clock.now())],
        message=message, words=words, reason=reason[:1000], where=where,
        known=found.signatory_email is not None and at_verified_domain(address.parse(found.signatory_email), school),
        misfits=sum(n for codes, n in places.items() if not model_fits_learner(found.legal_model, codes)),
    )  # fmt: skip


ROUTES: list[Any] = [confirm_page, do]
