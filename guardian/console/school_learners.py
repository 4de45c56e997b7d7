"""The list of a school's learners: each with a state and the one next step."""

from typing import Any

import msgspec
from litestar import post, route

from guardian.console import words
from guardian.console.domain import STANDS
from guardian.console.frame import PAGE_SIZE, READ, at_desk, desk
from guardian.console.standing import Standing, standings, stands
from guardian.context import Context
from guardian.events import Actor
from guardian.institution.domain import Institution
from guardian.people import register
from guardian.people.domain import Listed
from guardian.people.domain import Page as Part
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of

_SCAN = 1_000
"""Learners looked at together while a state is searched: a state is decided, not stored."""


@route("/school/learners", http_method=READ, include_in_schema=False)
async def learners(request: AnyRequest) -> Page:
    """The list, by class and state, a page at a time."""
    return await _list(request, search="")


@post("/school/learners", status_code=200, include_in_schema=False)
async def search(request: AnyRequest) -> Page:
    """The list narrowed by a name. It comes as a form, so that no name ever stands in an address."""
    fields = await form_of(request)
    return await _list(request, search=fields.get("search", "")[:100])


async def _list(request: AnyRequest, *, search: str) -> Page:
    actor, school = await at_desk(request)
    ctx, language, query = context_of(request), language_of(request), request.query_params
    class_name, state = query.get("class"), query.get("state")
    state = state if state in STANDS else None
    async with ctx.transaction(actor) as tx:
        classes = await register.classes(tx, school.id)
    known = {name for name, _ in classes}
    class_name = class_name if class_name in known else None
    found = _Search(
        ctx=ctx, actor=actor, school=school, class_name=class_name, text=search or None, state=state, language=language
    )
    items, after = await found.page(query.get("after"))
    return desk(
        request, "learners.html", school=school, items=items, next=after, classes=classes, class_name=class_name,
        state=state, search=search, total=sum(size for _, size in classes), is_first="after" not in query,
        words=words,
    )  # fmt: skip


class _Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. `text` in names and numbers, `state` among decisions; None: anything."""

    ctx: Context
    actor: Actor
    school: Institution
    class_name: str | None
    text: str | None
    state: str | None
    language: str

    async def page(self, after: str | None) -> tuple[list[tuple[Listed, Standing]], str | None]:
        """Learners with where they stand, and the cursor of what follows."""
        found, following = await self._chosen(after)
        decided = await standings(self.ctx, [one.id for one in found], self.language)
        return [(one, decided[one.id]) for one in found if one.id in decided], following

    async def _chosen(self, after: str | None) -> tuple[list[Listed], str | None]:
        part = await self._part(after)
        if self.state is None:
            return part.items, part.next
        found: list[Listed] = []
        while True:
            where = await stands(self.ctx, [one.id for one in part.items])
            for one in part.items:
                if where.get(one.id) == self.state:
                    if len(found) == PAGE_SIZE:
                        return found, str(found[-1].id)
                    found.append(one)
            if part.next is None:
                return found, None
            part = await self._part(part.next)

    async def _part(self, after: str | None) -> Part:
        async with self.ctx.transaction(self.actor) as tx:
            return await register.page(
                tx, self.school.id, class_name=self.class_name, search=self.text, after=after,
                limit=_SCAN if self.state else PAGE_SIZE,
            )  # fmt: skip


ROUTES: list[Any] = [learners, search]
