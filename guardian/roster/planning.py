"""Making a plan of a kept upload: the file unpacked, read and compared, and what it would change put beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from guardian.context import Context, Tx
from guardian.errors import NotAllowed, NotFound, Refused
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.people.row_ids import RowIds
from guardian.roster import plan, plan_rows, sealing, store, workshop
from guardian.roster.domain import OPEN, ROWS_SHOWN, Chosen, Mode, Upload
from guardian.roster.source import FromFile, Source
from guardian.roster.terms import Terms

STEP = 20_000
"""Records between two words about progress."""
_FINDINGS_KEPT = 2_000


async def school(tx: Tx, institution: UUID, actor: Actor) -> Institution:
    """The institution, if this actor may bring it a roster. Raises NotFound, NotAllowed, Refused when it has ended."""
    if actor.kind not in {"staff", "client", "system"} or actor.role == "read_only":
        raise NotAllowed(
            "roster_not_allowed", N_("Your role only reads. Ask an administrator of the school for another role.")
        )
    found = await institutions.get(tx, institution, within=actor.institution)
    if found is None:
        raise NotFound("unknown_institution", N_("There is no such institution. Check its id."), where="institution")
    if found.state == "ended":
        raise Refused(
            "institution_ended", N_("This institution has ended; no roster can be imported for it. Choose another one.")
        )
    return found


def terms_of(ctx: Context, tx: Tx, found: Institution, mode: Mode) -> Terms:
    """The terms of a plan made now."""
    return Terms(
        institution=found.id,
        jurisdiction=found.jurisdiction,
        timezone=found.timezone,
        language=found.language,
        mode=mode,
        today=tx.now.astimezone(ZoneInfo(found.timezone)).date(),
        learners=RowIds(ctx.new_id()),
        guardians=RowIds(ctx.new_id()),
        rows=RowIds(ctx.new_id()),
    )


def source_of(path: Path, found: Institution, terms: Terms, chosen: Chosen | None = None) -> Source:
    """A reading of a file in the institution's manner: its language and country decide what the file leaves open."""
    return FromFile(path, locale=locale_of(found), as_of=terms.today, chosen=chosen)


def locale_of(found: Institution) -> str:
    """How an institution writes dates and telephone numbers."""
    return f"{found.language}-{found.jurisdiction.partition('-')[0]}"


async def see_all(tx: Tx) -> None:
    """Widen what this transaction sees, once the actor's right to the institution is proven: numbers given by other
    schools' platforms must be known to be taken. From here on every statement names its institution.
    """
    await tx.execute("select set_config('app.scope', 'operator', true)")


async def compare(ctx: Context, tx: Tx, upload: Upload, *, terms: Terms, source: Source, named: bool) -> plan.Prepared:
    """Plan an upload and keep the result with it: state `planned`, or `failed` when the file is refused. `named`: the
    rows that are shown say who they are about, as long as the upload is open.

    The temporary tables of the plan stay until the transaction ends.
    """
    prepared = await plan.prepare(ctx, tx, terms, source, _Progress(ctx, upload.id))
    await store.drop_rows(tx, upload.id)
    if not prepared.reading.refused:
        await store.keep_rows(tx, plan_rows.shown(terms, upload.id, mass=prepared.mass, named=named), ROWS_SHOWN)
    await keep(ctx, tx, upload, prepared)
    return prepared


async def keep(ctx: Context, tx: Tx, upload: Upload, prepared: plan.Prepared) -> None:
    """Keep with an upload what its plan found."""
    reading = prepared.reading
    findings = msgspec.json.encode(reading.findings[:_FINDINGS_KEPT]).decode()
    kept = {"format": reading.format[:64], "findings": findings, "planned_at": tx.now}
    if reading.refused:
        code = next((finding.code for finding in reading.findings if finding.severity == "F"), "FORMAT_UNKNOWN")
        await store.move(tx, upload.id, before=OPEN, after="failed", error=code, **kept)
        return
    effect = await plan.effect(ctx, tx, upload.institution, prepared)
    await store.move(
        tx, upload.id, before=OPEN, after="planned", progress=prepared.records, total=prepared.records,
        counts=msgspec.json.encode(prepared.counts).decode(), effect=msgspec.json.encode(effect).decode(), **kept,
    )  # fmt: skip


class _Progress:
    """Says every so often, on a connection of its own, how many records have been read."""

    def __init__(self, ctx: Context, upload: UUID) -> None:
        self.ctx, self.upload, self.said = ctx, upload, 0

    async def __call__(self, done: int, *, read: bool = False) -> None:
        if read or done - self.said >= STEP:
            self.said = done
            async with self.ctx.engine.connections.acquire() as connection:
                await store.show_progress(connection, self.upload, done, read=read)


@contextlib.asynccontextmanager
async def unpacked(ctx: Context, tx: Tx, upload: UUID) -> AsyncIterator[Path]:
    """The kept file as a file of its own that only this account can read, gone again at the end."""
    async with workshop.place(ctx) as place:
        path = place / "roster"
        with workshop.open_private(path) as file:
            position = 0
            async for sealed in store.pieces(tx, upload):
                piece = await asyncio.to_thread(sealing.unseal, ctx.keys, upload, position, sealed)
                await asyncio.to_thread(file.write, piece)
                position += 1
        yield path
