"""A new link, for whoever comes with a dead one, or because the school asks for it. It goes to the address on file
only, and whoever asks reads the same sentence whether or not there is such a person.
"""

from uuid import UUID

from guardian.audit import store as audit
from guardian.consent import reading
from guardian.consent.asking import ask_one, terms_of
from guardian.consent.domain import OPEN
from guardian.consent.reading import RENEWED, Request
from guardian.context import Context, Tx
from guardian.errors import Conflict, NotFound
from guardian.events import SYSTEM, Actor, Event
from guardian.i18n import gettext_noop as N_
from guardian.mail import links, outbox

A_DAY = 3
"""New links per guardian and day, at most one an hour."""


async def fresh_link(ctx: Context, handle: str) -> None:
    """Mail a new link to the stored address if the handle was ever ours. Answers nothing either way."""
    async with ctx.transaction(SYSTEM) as tx:
        link = await links.find(tx, "consent", handle) or await links.find(tx, "unsubscribe", handle)
        request = await reading.request(tx, link.subject) if link else None
        if request is not None:
            await _renew(ctx, tx, Actor(kind="anyone"), request)


async def resend(ctx: Context, actor: Actor, guardian: UUID) -> None:
    """The school sends the question again. Raises NotFound (no such guardian here), Conflict (nothing to send: all
    is answered and no link is missing, no address, or the limit of the day is reached).
    """
    async with ctx.transaction(actor) as tx:
        found = await tx.fetchrow(
            "select id, institution from guardians where id = $1 and erased_at is null "
            "and ($2::uuid is null or institution = $2)",
            guardian, actor.institution,
        )  # fmt: skip
        if found is None:
            raise NotFound("unknown_guardian", N_("There is no such guardian. Go back to the list and choose another."))
        every = await reading.requests_of(tx, [guardian], states=(*OPEN, "answered", "expired"))
        sent = bool(every) and await _renew(ctx, tx, actor, every[0])
        terms = None if every else await terms_of(tx, found["institution"])
        if not sent and not (terms and await ask_one(ctx, tx, terms, guardian)):
            raise Conflict(
                "nothing_to_send",
                N_("No letter was queued: there is no usable address, nothing to ask, or three went out today."),
            )


async def _renew(ctx: Context, tx: Tx, actor: Actor, request: Request) -> bool:
    reachable = await tx.fetchval(
        "select email is not null and unreachable_since is null and erased_at is null from guardians where id = $1",
        request.guardian,
    )
    if not reachable or await reading.renewed_since(tx, request.guardian) >= A_DAY:
        return False
    alive = await reading.requests_of(tx, [request.guardian], states=(*OPEN, "answered"))
    target = next((one for one in alive if one.state in OPEN), alive[0] if alive else None)
    if target is None:
        return request.state == "expired" and await _ask_again(ctx, tx, request)
    if not await reading.learners_of(tx, target):
        return False
    subject, letter = target.id, "consent_request"
    if target.state == "answered":
        act = await reading.latest_act(tx, request.guardian)
        if act is None:
            return False
        subject, letter = act, "consent_recorded"
    hours = int((tx.now - target.created_at).total_seconds() // 3600)
    await outbox.add(
        ctx, tx,
        outbox.Letter(
            letter=letter, recipient_kind="guardian", recipient=request.guardian, subject=subject,
            institution=request.institution, sequence=RENEWED + hours,
        ),
    )  # fmt: skip
    await _note(tx, actor, target.id, request.institution)
    return True


async def _ask_again(ctx: Context, tx: Tx, request: Request) -> bool:
    terms = await terms_of(tx, request.institution)
    if terms is None or not await ask_one(ctx, tx, terms, request.guardian, after_silence=True):
        return False
    await _note(tx, SYSTEM, request.id, request.institution)
    return True


async def _note(tx: Tx, actor: Actor, request: UUID, institution: UUID) -> None:
    event = Event(
        action="consent.link_renewed", subject_kind="consent_request", subject=request, institution=institution
    )
    await audit.append(tx, actor, event)
