"""What may be done with a roster: receive, plan, commit, cancel. Each is one transaction."""

import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, get_args
from uuid import UUID

import msgspec

from guardian.audit import store as audit
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound, Refused, TooLarge
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.roster import committing, planning, sealing, store
from guardian.roster.domain import LIFE_HOURS, OPEN, SMALL_BYTES, Mode, Plan, Upload
from guardian.roster.jobs import CommitRoster, PlanRoster
from guardian.roster.view import view
from guardian.jobs import enqueue

_BATCH = 100


async def receive(
    ctx: Context, actor: Actor, institution: UUID, content: Path | bytes, *, mode: str, filename: str = ""
) -> UUID:
    """Keep a roster, encrypted, until it is committed or 72 hours have passed; answers the upload's id.

    The same bytes in the same mode answer the same upload while nobody has committed it. Raises NotFound for an
    institution that the actor may not see, Refused for an unknown mode or an empty file, TooLarge over the budget.
    """
    wanted = check_mode(mode)
    digest, size = _measure(ctx, content)
    async with ctx.transaction(actor) as tx:
        await planning.school(tx, institution, actor)
        await store.lock(tx, institution)
        twin = await store.open_twin(tx, institution, digest, wanted)
        if twin is not None:
            return twin
        upload = ctx.new_id()
        await store.insert(tx, upload, institution, wanted, sha256=digest, total=size, by=actor.id)
        with _opened(content) as source:
            for position, piece in enumerate(sealing.pieces(source)):
                sealed = sealing.seal(ctx.keys, upload, position, piece)
                await store.keep_piece(tx, ctx.new_id(), upload, position, sealed)
        await audit.append(tx, actor, _event("roster.received", upload, institution, mode=wanted, bytes=size))
    return upload
