"""The signed document, kept as the bytes that were made at the signature, and proven against the audit."""

import asyncio
from hashlib import sha256

import msgspec

from guardian.authorisation import document, looking, store
from guardian.authorisation.domain import Authorisation
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound
from guardian.events import SYSTEM
from guardian.i18n import gettext_noop as N_
from guardian.institution.domain import Institution
from guardian.notice import service as notices
from guardian.notice.domain import Notice


class Document(msgspec.Struct, frozen=True):
    """The file, and its SHA-256 in hex."""

    content: bytes
    sha256: str


async def keep(
    ctx: Context, tx: Tx, signed: Authorisation, school: Institution, notice: Notice, *, vouched: bool
) -> str:
    """Make the document of what was just signed and keep it; answers its SHA-256 in hex, for the audit."""
    made = await _made(signed, school, notice, vouched=vouched)
    await store.insert_document(tx, ctx.new_id(), signed, made.content, made.sha256)
    return made.sha256


async def document_of(ctx: Context, signed: Authorisation, school: Institution) -> Document:
    """The same bytes each time. What was signed before documents were kept is made again from its rows.

    For a caller that has checked who asks. Raises NotFound `document_missing`, and Conflict `document_damaged` when
    the bytes are not those that the audit knows.
    """
    async with ctx.transaction(SYSTEM) as tx:
        kept = await looking.document(tx, signed.id)
        if kept is None and (signed.notice is None or signed.signed_at is None or signed.signatory_name is None):
            raise _missing()
        if kept is None and signed.notice:
            vouched = signed.verified_at is not None and signed.verified_by is None
            return await _made(signed, school, await notices.version(tx, signed.notice), vouched=vouched)
    if kept is None or kept.pdf is None:
        raise _missing()
    found = sha256(kept.pdf).hexdigest()
    if not found == kept.sha256 == kept.audited:
        raise Conflict(
            "document_damaged",
            N_("The document that is kept is not the one that was signed. Nothing is shown; please tell the operator."),
        )
    return Document(kept.pdf, found)


async def _made(signed: Authorisation, school: Institution, notice: Notice, *, vouched: bool) -> Document:
    text = notice.shown(signed.language).text
    content = await asyncio.to_thread(document.pdf, signed, school, text, notice.version, vouched=vouched)
    return Document(content, sha256(content).hexdigest())


def _missing() -> NotFound:
    return NotFound(
        "document_missing",
        N_("There is no document: nothing is signed here yet, or its names were erased. Go back to the list."),
    )
