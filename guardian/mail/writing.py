"""From a claimed row to the bytes of a message: composed by its slice, rendered, built."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from guardian.context import Context, Tx
from guardian.mail import suppression
from guardian.mail.composing import Composed, Composer, Skip
from guardian.mail.mime import Envelope, build
from guardian.mail.outbox import Claimed
from guardian.mail.rendering import render
from guardian.settings import Settings

SUPPRESSED = Skip(state="suppressed", code="address_barred")
AGAIN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.TransactionRollbackError,
    asyncpg.OperatorInterventionError,
)
"""The database went away, or asks for the transaction once more: nothing is wrong with the letters."""

log = structlog.get_logger()


async def compose(
    ctx: Context, tx: Tx, composer: Composer | None, batch: list[Claimed]
) -> dict[UUID, Composed | Skip | None]:
    """Have a batch of one kind written. Nothing stands for a letter that cannot be written now; it fails alone, the
    others go without it. Raises what the database raises: that is nobody's fault.
    """
    if composer is None:
        return {one.id: Skip(state="failed", code="no_composer") for one in batch}
    try:
        async with tx.connection.transaction():
            made = await _allowed(ctx, tx, batch, await composer(ctx, tx, batch))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        raise
    except Exception as error:
        log.exception("mail.not_composed", letter=batch[0].letter, error=type(error).__name__, letters=len(batch))
    else:
        return {one.id: made.get(one.id) for one in batch}
    if len(batch) == 1:
        return {batch[0].id: None}
    apart = [await compose(ctx, tx, composer, [one]) for one in batch]
    return {message: made for one in apart for message, made in one.items()}


async def _allowed(
    ctx: Context, tx: Tx, batch: list[Claimed], made: Mapping[UUID, Composed | Skip]
) -> Mapping[UUID, Composed | Skip]:
    """The same letters, without those to an address that their institution must not write to, whoever wrote them."""
    to = {
        one.id: (one.institution, written.recipient)
        for one in batch
        if isinstance(written := made.get(one.id), Composed)
    }
    barred = await suppression.suppressed(ctx, tx, set(to.values()))
    return {**made, **{message: SUPPRESSED for message, where in to.items() if where in barred}} if barred else made


def message_of(settings: Settings, one: Claimed, made: Composed, now: datetime) -> bytes:
    """The message of a letter. Its id is the row's, so that every attempt carries the same Message-ID."""
    rendered = render(made.letter, made.language)
    return build(
        Envelope(
            message_id=f"{one.id}@{settings.mail_domain}",
            date=now,
            sender=settings.mail_from,
            sender_name=settings.operator_name,
            recipient=made.recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            encoded=rendered.encoded,
            language=rendered.language,
            reply_to=made.reply_to,
            list_unsubscribe=made.list_unsubscribe,
            references=f"{made.references}@{settings.mail_domain}" if made.references else None,
        )
    )
