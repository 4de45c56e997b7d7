"""What may be done with a roster: receive, plan, commit, cancel. Each is one transaction."""

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol, get_args
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound, Refused, TooLarge
from guardian.events import Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.jobs import enqueue
from guardian.roster import committing, mappings, planning, sealing, store
from guardian.roster.domain import OPEN, Chosen, Mode, Plan, Upload
from guardian.roster.jobs import CommitRoster, PlanRoster
from guardian.roster.reading.mapping import Mapping
from guardian.roster.view import view

_LEFT_ALONE = timedelta(seconds=20)
"""A small upload that its receiver has not planned by then is planned by the worker."""


class Repeats(Protocol):
    """Knows a request that is sent again: None for the first one about `subject`, else the subject of that one. `asked`
    is all that the request says; one that says something else under the same key is refused.
    """

    def __call__(self, tx: Tx, subject: UUID, *asked: object) -> Awaitable[UUID | None]: ...


async def receive(
    ctx: Context,
    actor: Actor,
    institution: UUID,
    content: Path | bytes,
    *,
    mode: str,
    mapping: Mapping | None = None,
    repeats: Repeats | None = None,
) -> UUID:
    """Keep a roster, encrypted, until it is committed or 72 hours have passed; answers the upload's id.

    The same bytes in the same mode, and with the same mapping if one is given, answer the same upload while nobody has
    committed it. Raises NotFound for an
    institution that the actor may not see, Refused for an unknown mode or an empty file, TooLarge over the budget.
    """
    wanted, chosen = check_mode(mode), Chosen(mapping=mapping) if mapping else None
    digest, size = await asyncio.to_thread(_measure, content, ctx.settings.roster_max_bytes)
    async with ctx.transaction(actor) as tx:
        await planning.school(tx, institution, actor)
        await store.lock(tx, institution)
        twin = await store.open_twin(tx, institution, digest, wanted, chosen)
        upload = twin or ctx.new_id()
        asked = ("roster", institution, wanted, digest, msgspec.json.encode(chosen))
        earlier = await repeats(tx, upload, *asked) if repeats else None
        if earlier or twin:
            return earlier or upload
        await store.insert(tx, upload, institution, wanted, sha256=digest, by=actor.id, chosen=chosen)
        with _opened(content) as source:
            sealed = sealing.sealed(ctx.keys, upload, source)
            for position in itertools.count():
                if (piece := await asyncio.to_thread(next, sealed, None)) is None:
                    break
                await store.keep_piece(tx, ctx.new_id(), upload, position, piece)
        # Whoever receives a small one plans it at once; should they be killed first, the worker does.
        patience = timedelta() if await store.is_large(tx, upload) else _LEFT_ALONE
        await enqueue(tx, PlanRoster(upload=upload), once=f"plan:{upload}", after=patience)
        await audit.append(tx, actor, event_of("roster.received", upload, institution, mode=wanted, bytes=size))
    return upload


async def make_plan(ctx: Context, actor: Actor, upload: UUID, *, language: str = "en") -> Plan:
    """Read an upload and say what it would change; one that is planned already answers its plan.

    Raises NotFound, Conflict when it has ended. A file that is refused gives the state `failed` with its reasons.
    """
    async with ctx.transaction(actor) as tx:
        found = await locked(tx, actor, upload)
        if found.state in {"received", "read"}:
            school = await planning.school(tx, found.institution, actor)
            terms = planning.terms_of(ctx, tx, school, found.mode)
            await planning.see_all(tx)
            async with planning.unpacked(ctx, tx, upload) as path:
                chosen = found.mapping or await mappings.recalled(tx, school.id, path, planning.locale_of(school))
                source = planning.source_of(path, school, terms, chosen)
                prepared = await planning.compare(ctx, tx, found, terms=terms, source=source, named=True)
            if chosen is not found.mapping:
                await store.choose(tx, upload, chosen)
            if prepared.reading.refused and not (await known(tx, actor, upload)).asks:
                await store.erase_file(tx, upload)
            event = "roster.refused" if prepared.reading.refused else "roster.planned"
            await audit.append(tx, actor, event_of(event, upload, found.institution, format=prepared.reading.format))
            found = await known(tx, actor, upload)
        return await view(tx, found, language)


async def plan_later(ctx: Context, actor: Actor, upload: UUID) -> bool:
    """For a large roster that the worker is to read answer True; a small one is left to the caller."""
    async with ctx.transaction(actor) as tx:
        found = await known(tx, actor, upload)
        if found.state not in {"received", "read"} or not await store.is_large(tx, upload):
            return False
        await enqueue(tx, PlanRoster(upload=upload), once=f"plan:{upload}")  # unless it waits or runs already
    return True


async def get_plan(ctx: Context, actor: Actor, upload: UUID, *, language: str = "en") -> Plan:
    """An upload as it stands. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        return await view(tx, await known(tx, actor, upload), language)


async def commit(
    ctx: Context, actor: Actor, upload: UUID, *, confirm_missing: bool = False, language: str = "en",
    repeats: Repeats | None = None,
) -> Plan:  # fmt: skip
    """Write an upload's plan; a second commit answers the first one's result.

    The plan is made again in the same transaction. If it no longer says what was shown, nothing is written: the new
    plan stands to be looked at and Conflict `plan_outdated` is raised, to a repetition too. Raises NotFound, Conflict
    when not planned.
    """
    async with ctx.transaction(actor) as tx:
        found = await locked(tx, actor, upload)
        again = await repeats(tx, upload, "commit", upload, confirm_missing) if repeats else None
        if found.state == "committed":
            return await view(tx, found, language)
        if found.state != "planned":
            raise _not_planned(found)
        if again:
            raise _outdated()
        school = await planning.school(tx, found.institution, actor)
        terms = planning.terms_of(ctx, tx, school, found.mode)
        await planning.see_all(tx)
        async with planning.unpacked(ctx, tx, upload) as path:
            prepared = await committing.write(
                ctx, tx, actor, found, terms=terms, expected=found.counts, confirm_missing=confirm_missing,
                source=lambda: planning.source_of(path, school, terms, found.mapping),
            )  # fmt: skip
        if prepared is None:
            await audit.append(tx, actor, event_of("roster.replanned", upload, found.institution))
        findings = prepared.reading.findings if prepared else None
        done = await view(tx, await known(tx, actor, upload), language, findings=findings)
    if prepared is None:
        raise _outdated()
    return done


async def commit_later(
    ctx: Context, actor: Actor, upload: UUID, *, confirm_missing: bool = False, repeats: Repeats | None = None
) -> bool:
    """For a large roster, have the worker commit it and answer True; a small one is left to the caller."""
    async with ctx.transaction(actor) as tx:
        found = await locked(tx, actor, upload)
        if found.state not in {"planned", "committed"}:
            raise _not_planned(found)
        if found.state == "committed" or not await store.is_large(tx, upload):
            return False
        await planning.school(tx, found.institution, actor)
        if repeats and await repeats(tx, upload, "commit", upload, confirm_missing):
            return True
        await store.move(tx, upload, before=["planned"], after="planned", progress=0)
        await enqueue(tx, CommitRoster(upload=upload, confirm_missing=confirm_missing), once=f"commit:{upload}")
        await audit.append(tx, actor, event_of("roster.commit_requested", upload, found.institution))
    return True


async def cancel(ctx: Context, actor: Actor, upload: UUID) -> None:
    """Drop an upload that nobody committed, and erase its file at once. Raises NotFound, Conflict when it has ended."""
    async with ctx.transaction(actor) as tx:
        found = await locked(tx, actor, upload)
        await planning.school(tx, found.institution, actor)
        before = (*OPEN, "failed") if found.asks else OPEN
        if not await store.move(tx, upload, before=before, after="cancelled"):
            raise Conflict("roster_ended", N_("This upload has ended already. Reload the page to see how."))
        await store.erase(tx, [upload])
        await audit.append(tx, actor, event_of("roster.cancelled", upload, found.institution))


async def import_file(
    ctx: Context, actor: Actor, institution: UUID, path: Path, *, mode: str, commit: bool = False,
    confirm_missing: bool = False, language: str = "en", mapping: Mapping | None = None,
) -> Plan:  # fmt: skip
    """A file of this machine, planned, or planned and written in one transaction: then nothing of it is kept.

    Raises as `receive`. A file that is refused gives the state `failed`, with its reasons as findings.
    """
    if not commit:
        upload = await receive(ctx, actor, institution, path, mode=mode, mapping=mapping)
        return await make_plan(ctx, actor, upload, language=language)
    wanted = check_mode(mode)
    digest, _ = await asyncio.to_thread(_measure, path, ctx.settings.roster_max_bytes)
    async with ctx.transaction(actor) as tx:
        school = await planning.school(tx, institution, actor)
        await store.lock(tx, institution)
        terms = planning.terms_of(ctx, tx, school, wanted)
        upload = ctx.new_id()
        chosen = Chosen(mapping=mapping) if mapping else None
        chosen = chosen or await mappings.recalled(tx, institution, path, planning.locale_of(school))
        await store.insert(tx, upload, institution, wanted, sha256=digest, by=actor.id, chosen=chosen)
        found = await known(tx, actor, upload)
        await planning.see_all(tx)
        prepared = await committing.write(
            ctx, tx, actor, found, terms=terms, source=lambda: planning.source_of(path, school, terms, chosen),
            expected=None, confirm_missing=confirm_missing,
        )  # fmt: skip
        if prepared is None:
            await audit.append(tx, actor, event_of("roster.refused", upload, institution))
        findings = prepared.reading.findings if prepared else None
        return await view(tx, await known(tx, actor, upload), language, findings=findings)


def check_mode(mode: str) -> Mode:
    """The mode, if the word is known. Raises Refused."""
    for known in get_args(Mode):
        if known == mode:
            found: Mode = known
            return found
    raise Refused(
        "mode_unknown", N_("The mode must be one of: additions, snapshot, delta. Choose one of them."), where="mode"
    )


async def known(tx: Tx, actor: Actor, upload: UUID) -> Upload:
    """An upload that the actor may see. Raises NotFound."""
    found = await store.get(tx, upload, within=actor.institution)
    if found is None:
        raise NotFound("unknown_upload", N_("There is no such upload. Check its id."))
    return found


async def locked(tx: Tx, actor: Actor, upload: UUID) -> Upload:
    """The upload as it stands once no other command plans or commits for its institution."""
    await store.lock(tx, (await known(tx, actor, upload)).institution)
    return await known(tx, actor, upload)


def _not_planned(found: Upload) -> Conflict:
    if found.state in OPEN:
        return Conflict("not_planned", N_("This upload has not been read yet. Wait for its plan, then commit."))
    return Conflict("roster_ended", N_("This upload was cancelled or refused. Send the file again."))


def _outdated() -> Conflict:
    return Conflict(
        "plan_outdated",
        N_("Learners changed since this plan was made. A new plan stands ready: look at it, then commit again."),
    )


def _opened(content: Path | bytes) -> BinaryIO:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _measure(content: Path | bytes, most: int) -> tuple[str, int]:
    """SHA-256 and size. Raises Refused when there is nothing, TooLarge over the budget."""
    digest, size = hashlib.sha256(), 0
    with _opened(content) as source:
        for piece in sealing.pieces(source):
            digest.update(piece)
            size += len(piece)
            if size > most:
                raise TooLarge(
                    "roster_too_large", N_("The file is over %(megabytes)d MB. Split it by school or by year."),
                    params={"megabytes": most // (1024 * 1024)}, where="file",
                )  # fmt: skip
    if size == 0:
        raise Refused("roster_empty", N_("The file is empty. Export it again, then send it."), where="file")
    return digest.hexdigest(), size


def event_of(action: str, upload: UUID, institution: UUID, **payload: object) -> Event:
    """What happened to an upload, for the history."""
    return Event(
        action=action, subject_kind="roster_upload", subject=upload, institution=institution, payload=dict(payload)
    )
