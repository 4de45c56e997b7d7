"""What a purge asks of this slice: nobody is written to, and no link opens a page, about a learner who is erased."""

from uuid import UUID

from guardian.consent import store
from guardian.consent.letters import COMPOSERS
from guardian.context import Context, Tx
from guardian.mail import links, outbox

_ONLY_THIS = """
select q.request from consent_request_learners q where q.learner = $1 and not exists (
    select 1 from consent_request_learners other join learners l on l.id = other.learner
    where other.request = q.request and other.learner <> $1 and l.standing not in ('erased', 'erasure_in_progress'))
"""
_ACTS = """
select c.act from consents c where c.learner = $1 and not exists (
    select 1 from consents other where other.act = c.act and other.learner <> $1)
"""


async def forget_guardians(tx: Tx, learner: UUID) -> int:
    """Empty the names that a learner's guardians typed, of those who were erased with the learner; answers how many."""
    return await store.forget_names(tx, learner)


async def forget_learner(ctx: Context, tx: Tx, learner: UUID) -> dict[str, int]:  # noqa: ARG001 (as all erasers)
    """Close the questions, links and unsent letters that are about this learner alone; answers how many of each.

    A question about a brother or sister, too, stays open: the page leaves an erased learner out by itself.
    """
    requests = [row["request"] for row in await tx.fetch(_ONLY_THIS, learner)]
    acts = [row["act"] for row in await tx.fetch(_ACTS, learner)]
    closed = await store.move_many(tx, requests, "cancel", "cancelled")
    open_links = [await links.revoke(tx, request, "consent", "unsubscribe") for request in requests]
    letters = [await outbox.cancel(tx, subject, *COMPOSERS) for subject in (*requests, *acts)]
    return {"requests_closed": len(closed), "links_closed": sum(open_links), "letters_cancelled": sum(letters)}
