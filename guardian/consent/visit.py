"""What the guardian's pages share: the ticket of a page, the language it is read in, the page of a dead link."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from guardian.consent.service import claims_of
from guardian.consent.view import View
from guardian.context import Context
from guardian.i18n import gettext_noop as N_
from guardian.mail import links
from guardian.tokens import DECISION_TICKET, BadToken, mint, verify
from guardian.web.page import language_of, show

GuardianRequest = Request[Any, Any, Any]

TROUBLE = {
    "too_early": N_("That was faster than anybody reads, so nothing was recorded. Please check and press once more."),
    "expired": N_("This page was open for a long time, so nothing was recorded yet. Please press once more."),
    "malformed": N_("Something was missing from the page, so nothing was recorded. Please press once more."),
}
"""Why a button was not enough, by the reason of `BadToken`."""


def ticket_for(ctx: Context, page: View) -> str:
    """The hidden ticket of a page. Nothing is stored for it: a program that fetches pages writes nothing."""
    claims = claims_of(page, str(ctx.new_id()))
    return mint(ctx.keys, DECISION_TICKET, claims, now=ctx.clock.now(), issuer=ctx.settings.base_url)


def read_ticket(ctx: Context, form: Mapping[str, str]) -> tuple[dict[str, Any] | None, str | None]:
    """The claims of the ticket that came back, or the sentence that says why it will not do."""
    text = form.get("ticket", "")
    try:
        claims = verify(ctx.keys, DECISION_TICKET, text, now=ctx.clock.now(), issuer=ctx.settings.base_url)
    except BadToken as bad:
        return None, TROUBLE[bad.reason]
    return claims, None


def read_in(request: GuardianRequest, on_file: str) -> str:
    """The language of the answer: what the reader chose, else the one in which the letter was written."""
    request.state.language = on_file
    return language_of(request)


def dead_link(request: GuardianRequest, handle: str) -> Response[Any]:
    """The one page for every link that opens nothing, whatever the reason."""
    return show(request, "guardian/dead_link.html", status=404, handle=(links.canonical(handle) or "")[: links.LENGTH])
