"""What was signed is kept as bytes: the same for the signatory, the school and the operator, and in the audit."""

from base64 import b64encode
from hashlib import sha256

import asyncpg
import pytest

from guardian.authorisation import document, keeping, lapse, looking, reading, service
from guardian.authorisation.domain import Authorisation
from guardian.authorisation.pages import ROUTES
from guardian.context import Context
from guardian.errors import Conflict, NotFound
from guardian.events import SYSTEM
from guardian.institution import service as institutions
from guardian.notice import service as notices
from guardian.notice.defaults import default_draft
from tests import seed
from tests.conftest import FixedClock
from tests.integration.authorisation import made
from tests.integration.staff.browser import browser


async def _kept(ctx: Context, school: made.School, signed: Authorisation) -> keeping.Document:
    return await keeping.document_of(ctx, signed, await institutions.get(ctx, school.olga, school.id))


async def test_the_bytes_stay_what_they_were_and_the_audit_knows_them(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    first = await _kept(ctx, school, await reading.get(ctx, school.bob, signed))
    async with ctx.transaction(SYSTEM) as tx:
        audited = await tx.fetchval(
            "select payload ->> 'pdf_sha256' from audit where action = 'authorisation.signed' and subject = $1", signed
        )
        assert await looking.digests(tx, school.id) == {signed: first.sha256}
        await tx.execute("update institutions set name = 'Renamed School' where id = $1", school.id)
    assert sha256(first.content).hexdigest() == first.sha256 == audited
    await notices.publish(ctx, SYSTEM, default_draft(ctx.settings))
    await service.revoke(ctx, school.bob, signed, "It ends.")
    again = await _kept(ctx, school, await reading.get(ctx, school.bob, signed))
    assert again == first


async def test_the_signatory_downloads_the_same_file_with_its_digest(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    kept = await _kept(ctx, school, await reading.get(ctx, school.bob, signed))
    async with browser(ctx, *ROUTES) as client:
        answer = await client.get(f"/sign/{await made.handle_of(ctx, signed)}/document.pdf")
    assert answer.content == kept.content
    assert answer.headers["repr-digest"] == f"sha-256=:{b64encode(sha256(kept.content).digest()).decode()}:"


async def test_a_kept_document_cannot_be_changed_and_a_forged_one_is_not_shown(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    for statement in (
        "update authorisation_documents set pdf = 'x' where authorisation = $1",
        "update authorisation_documents set sha256 = 'x' where authorisation = $1",
        "delete from authorisation_documents where authorisation = $1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with ctx.transaction(SYSTEM) as tx:
                await tx.execute(statement, signed)
    notice = await notices.ensure_default(ctx)
    forged = await seed.authorisation(ctx, school.id, notice.id, school.bob.id or ctx.new_id(), state="suspended")
    content = b"%PDF-1.7 forged"
    async with ctx.transaction(SYSTEM) as tx:  # no entry of a signature knows these bytes
        await tx.execute(
            "insert into authorisation_documents (id, authorisation, institution, pdf, sha256, made_at) "
            "values ($1, $2, $3, $4, $5, $6)",
            ctx.new_id(), forged, school.id, content, sha256(content).hexdigest(), tx.now,
        )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        await _kept(ctx, school, await reading.get(ctx, school.bob, forged))
    assert refused.value.code == "document_damaged"


async def test_another_school_sees_no_document(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    charlie = (await made.school(ctx, "Oak School", "charlie@oak.example.org")).bob
    signed = await made.signed(ctx, school.bob, clock)
    with pytest.raises(NotFound):
        await reading.get(ctx, charlie, signed)
    async with ctx.transaction(charlie) as tx:
        assert await looking.document(tx, signed) is None
        assert await tx.fetchval("select count(*) from authorisation_documents") == 0


async def test_it_is_erased_with_the_names_in_it(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    await lapse.end_institution(ctx, school.olga, school.id)
    clock.advance(days=90)
    assert await lapse.erase_ended(ctx, SYSTEM)
    with pytest.raises(NotFound):
        await _kept(ctx, school, await reading.get(ctx, school.olga, signed))
    async with ctx.transaction(SYSTEM) as tx:
        kept = await looking.document(tx, signed)
    assert kept is not None
    assert (kept.pdf, kept.sha256) == (None, kept.audited)


async def test_what_was_signed_before_documents_were_kept_is_made_from_its_rows(ctx: Context) -> None:
    school = await made.school(ctx)
    notice = await notices.ensure_default(ctx)
    older = await seed.authorisation(ctx, school.id, notice.id, school.bob.id or ctx.new_id())
    signed = await reading.get(ctx, school.bob, older)
    assert (await _kept(ctx, school, signed)).content.startswith(b"%PDF-")
    asked = await reading.get(ctx, school.bob, await made.asked(ctx, school.bob))
    with pytest.raises(NotFound):
        await _kept(ctx, school, asked)
    assert document.file_name(asked) == "authorisation.pdf"
