"""Notices: every version, one version as people read it, and the draft of the next."""

from typing import Any
from uuid import UUID

from litestar import Response, post, route
from litestar.params import FromPath

from guardian.console import notice_words as words
from guardian.console.frame import OFFICERS, READ, in_room, room
from guardian.errors import NotFound
from guardian.i18n import LANGUAGES
from guardian.notice import draft_store, drafting, service, store
from guardian.web.page import AnyRequest, Page, context_of, form_of, language_of, redirect

_DONE = ("published", "discarded", "saved")


@route("/admin/notices", http_method=READ, include_in_schema=False)
async def notices_page(request: AnyRequest) -> Page:
    """Every version with what it changed; whether a draft is begun."""
    actor = await in_room(request)
    async with context_of(request).transaction(actor) as tx:
        versions = await store.versions(tx)
        draft = await draft_store.find(tx)
        titles = await titles_of(tx, language_of(request))
    return room(
        request, "notices.html", versions=versions, draft=draft, titles=titles, words=words,
        may=actor.role in OFFICERS, done=done_of(request),
    )  # fmt: skip


@route("/admin/notices/{notice:uuid}", http_method=READ, include_in_schema=False)
async def version_page(request: AnyRequest, notice: FromPath[UUID]) -> Page:
    """One version as it was published, with its hashes."""
    actor = await in_room(request)
    async with context_of(request).transaction(actor) as tx:
        found = await service.version(tx, notice)
    return room(request, "notice_version.html", notice=found, shown=found.shown(language_of(request)), words=words)


@post("/admin/notices/draft", include_in_schema=False)
async def begin(request: AnyRequest) -> Response[Any]:
    """Begin the next version with the words of the one in force."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    await drafting.begin(context_of(request), actor)
    return redirect("/admin/notices/draft")


@route("/admin/notices/draft", http_method=READ, include_in_schema=False)
async def draft_page(request: AnyRequest) -> Response[Any]:
    """The draft: what is missing, its purposes, its languages, what differs."""
    actor = await in_room(request)
    try:
        desk = await drafting.look(context_of(request), actor)
    except NotFound:
        return redirect("/admin/notices")
    lacks = words.lacks(desk.missing)
    text = desk.draft.texts.get(language_of(request)) or desk.draft.texts.get("en")
    return room(
        request, "notice_draft.html", desk=desk, lacks=lacks, words=words, may=actor.role in OFFICERS,
        kinds={one.code: one for one in desk.changes.purposes}, text=text, done=done_of(request),
        languages_=[
            (
                code,
                sum(one.language == code for one in lacks),
                sum(place.startswith(f"{code}.") for place in desk.changes.shared)
                + sum(place.startswith(f"{code}.") for one in desk.changes.purposes for place in one.what),
            )
            for code in LANGUAGES
        ],
    )  # fmt: skip


@post("/admin/notices/draft/discard", include_in_schema=False)
async def discard(request: AnyRequest) -> Response[Any]:
    """Throw the draft away."""
    await form_of(request)
    actor = await in_room(request, *OFFICERS)
    await drafting.discard(context_of(request), actor)
    return redirect("/admin/notices?done=discarded")


def done_of(request: AnyRequest) -> str | None:
    """What was done on the page before."""
    said = request.query_params.get("done")
    return said if said in _DONE else None


async def titles_of(tx: Any, language: str) -> dict[str, str]:
    """The purposes of the version in force by their titles."""
    notice = await store.published(tx)
    if notice is None:
        return {}
    return {code: text.title for code, text in notice.shown(language).text.purposes.items()}


ROUTES: list[Any] = [notices_page, version_page, begin, draft_page, discard]
