"""A guardian's address that bounced: staff who know that it works have it written to again."""

import contextlib
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from guardian.consent import renewing, returned_letters
from guardian.console.frame import CLERKS, at_desk, same_for_strangers
from guardian.errors import Conflict
from guardian.people import known
from guardian.web.page import AnyRequest, context_of, form_of, redirect


@post("/school/learners/{learner:uuid}/guardians/{guardian:uuid}/reachable", include_in_schema=False)
async def reachable(request: AnyRequest, learner: FromPath[UUID], guardian: FromPath[UUID]) -> Response[Any]:
    """Vouch for the address, and send what did not arrive again."""
    await form_of(request)
    actor, school = await at_desk(request, *CLERKS)
    ctx = context_of(request)
    async with ctx.transaction(actor) as tx:
        if await known.contact(tx, school.id, learner, guardian) is None:
            raise same_for_strangers()
    with contextlib.suppress(Conflict):  # pressed twice, or there is nothing to send
        await returned_letters.vouch(ctx, actor, guardian)
        await renewing.resend(ctx, actor, guardian)
    return redirect(f"/school/learners/{learner}?done=reachable")


ROUTES: list[Any] = [reachable]
