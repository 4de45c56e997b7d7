"""The frame around every page of a desk: who may come in, the sections on top, errors as sentences."""

from typing import Any
from uuid import UUID

from litestar import HttpMethod

from guardian.errors import GuardianError, NotFound
from guardian.events import Actor, Role
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.institution import service as institutions
from guardian.institution.domain import Institution
from guardian.staff.session import staff_of
from guardian.web.page import AnyRequest, Page, context_of, language_of, show

READ = [HttpMethod.GET, HttpMethod.HEAD]
PAGE_SIZE = 50
OPERATOR_ZONE = "Europe/Warsaw"
"""The zone in which the operator's own pages tell the time; a school's cases are told in the school's zone."""

CLERKS: tuple[Role, ...] = ("institution_admin", "roster_manager")
"""Who at a school may change something; everybody else there may look."""
OFFICERS: tuple[Role, ...] = ("operator_admin", "privacy_officer")
"""Who at the operator may decide about an account."""

_SCHOOL = (
    ("/school", N_("Overview")),
    ("/school/learners", N_("Learners")),
    ("/school/rosters", N_("Rosters")),
    ("/school/authorisations", N_("Authorisation")),
)
_ADMIN = (
    ("/admin", N_("Overview")),
    ("/admin/flags", N_("Flags")),
    ("/admin/institutions", N_("Institutions")),
    ("/admin/purges", N_("Purges")),
    ("/admin/notices", N_("Notices")),
    ("/admin/clients", N_("API keys")),
    ("/admin/audit", N_("History")),
)


async def at_desk(request: AnyRequest, *roles: Role) -> tuple[Actor, Institution]:
    """The signed-in person of a school with that school. Raises NotSignedIn, NotAllowed."""
    actor = await staff_of(request, *roles, institution=True)
    assert actor.institution is not None
    return actor, await institutions.get(context_of(request), actor, actor.institution)


async def in_room(request: AnyRequest, *roles: Role) -> Actor:
    """The signed-in person of the operator. Raises NotSignedIn, NotAllowed."""
    return await staff_of(request, *roles, institution=False)


def desk(request: AnyRequest, template: str, *, status: int = 200, **values: Any) -> Page:
    """A page of a school."""
    return show(request, f"school/{template}", status=status, nav=_sections(request, _SCHOOL), **values)


def room(request: AnyRequest, template: str, *, status: int = 200, **values: Any) -> Page:
    """A page of the operator."""
    return show(request, f"admin/{template}", status=status, nav=_sections(request, _ADMIN), **values)


def sentence_of(request: AnyRequest, error: GuardianError) -> str:
    """What a refusal says, in the reader's language."""
    return text(language_of(request), error.message, **error.params)


def same_for_strangers() -> NotFound:
    """There is no such thing, or it is another school's: nobody can tell which."""
    return NotFound("not_found", N_("There is nothing at this address. Check the link, or start from the first page."))


def uuid_in(given: str | None) -> UUID | None:
    """An id from a query or a form field; nothing for what is none."""
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _sections(request: AnyRequest, sections: tuple[tuple[str, str], ...]) -> list[tuple[str, str, bool]]:
    language, path = language_of(request), request.url.path
    home = sections[0][0]
    return [
        (href, text(language, label), path == href or (href != home and path.startswith(f"{href}/")))
        for href, label in sections
    ]
