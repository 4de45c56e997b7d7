"""What was erased where and when, and what was kept and why: to read, to print, for programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import route
from litestar.params import FromPath

from guardian.console import case_store, words
from guardian.console.frame import (
    OPERATOR_ZONE,
    READ,
    in_room,
    room,
    same_for_strangers,
    uuid_in,
)
from guardian.purge import store
from guardian.web.page import AnyRequest, Page, context_of


@route("/admin/purges/{purge:uuid}/certificate", http_method=READ, include_in_schema=False)
async def certificate_page(request: AnyRequest, purge: FromPath[UUID]) -> Page:
    """What was erased where and when, and what was kept and why; made to be printed."""
    document, approver = await _certificate(request, purge)
    document = {**document, **{name: _instant(document[name]) for name in _INSTANTS}}
    for part, name in (("erased", "at"), ("kept", "until")):
        document[part] = [{**one, name: _instant(one[name])} for one in document[part]]
    return room(
        request, "certificate.html", document=document, approver=approver, purge=purge, words=words,
        zone=OPERATOR_ZONE,
    )  # fmt: skip


@route("/admin/purges/{purge:uuid}/certificate.json", http_method=READ, include_in_schema=False)
async def certificate_json(request: AnyRequest, purge: FromPath[UUID]) -> dict[str, Any]:
    """The same for programs."""
    document, _ = await _certificate(request, purge)
    return document


_INSTANTS = ("due_at", "approved_at", "started_at", "done_at")


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


async def _certificate(request: AnyRequest, purge: UUID) -> tuple[dict[str, Any], str | None]:
    actor = await in_room(request)
    async with context_of(request).transaction(actor) as tx:
        document = await store.certificate(tx, purge)
        if document is None:
            raise same_for_strangers()
        approver = uuid_in(document.get("approved_by"))
        names = await case_store.names_of_staff(tx, [approver] if approver else [])
    return document, names.get(approver) if approver else None


ROUTES: list[Any] = [certificate_page, certificate_json]
