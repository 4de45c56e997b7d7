"""Fifty at once on one authorisation: one winner, one entry, one letter each; the others hear that it moved on."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from guardian.authorisation import checking, lapse, service, signature
from guardian.authorisation.domain import MOVES, PAST, Act, Authorisation
from guardian.context import Context
from guardian.errors import Conflict, GuardianError, NotFound
from guardian.events import SYSTEM
from tests.conftest import FixedClock
from tests.integration.authorisation import made

AT_ONCE = 50


async def _at_once(acts: list[Coroutine[Any, Any, Any]]) -> list[Any]:
    """The winners; everybody else must have been told that another act came first."""
    results = await asyncio.gather(*acts, return_exceptions=True)
    lost = [result for result in results if isinstance(result, BaseException)]
    assert {type(error) for error in lost} <= {Conflict, NotFound}
    assert {error.code for error in lost if isinstance(error, GuardianError)} <= {"authorisation_moved_on", "link_dead"}
    return [result for result in results if not isinstance(result, BaseException)]


async def _history(ctx: Context, authorisation: UUID) -> list[str]:
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "select action from audit where subject = $1 and action <> 'authorisation.resent' order by seq",
            authorisation,
        )
    return [row["action"].removeprefix("authorisation.") for row in rows]


def follows(history: list[str], state: str) -> bool:
    """Whether a history is a way through the table of moves that ends in a state."""
    acts: dict[str, Act] = {word: act for act, word in PAST.items()}
    at: Any = "draft"
    for word in history:
        at = MOVES[at].get(acts[word])
        if at is None:
            return False
    return bool(at == state)


@pytest.mark.parametrize("email", [made.HEAD, made.KNOWN])
async def test_fifty_signatures(ctx: Context, clock: FixedClock, email: str) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob, email)
    handle = await made.handle_of(ctx, asked)
    ticket = await made.ticket_of(ctx, handle, clock)
    won = await _at_once([signature.sign(ctx, handle, ticket, made.WHOLE) for _ in range(AT_ONCE)])
    assert len(won) == 1
    history = await _history(ctx, asked)
    assert history == (["sent", "signed"] if email == made.HEAD else ["sent", "signed", "verified"])
    assert follows(history, await made.state(ctx, asked))
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from authorisation_documents") == 1


@pytest.mark.parametrize(
    ("act", "word", "letter"),
    [
        (lambda ctx, school, one: checking.verify(ctx, school.olga, one), "verified", "authorisation_active"),
        (lambda ctx, school, one: checking.reject(ctx, school.olga, one, "No."), "rejected", "authorisation_refused"),
        (lambda ctx, school, one: service.revoke(ctx, school.bob, one), "revoked", "authorisation_revoked"),
    ],
    ids=["verify", "reject", "revoke"],
)
async def test_fifty_of_one_act(
    ctx: Context, clock: FixedClock, act: Callable[..., Coroutine[Any, Any, Authorisation]], word: str, letter: str
) -> None:
    school = await made.school(ctx)
    signed = await made.signed(ctx, school.bob, clock)
    assert len(await _at_once([act(ctx, school, signed) for _ in range(AT_ONCE)])) == 1
    assert await _history(ctx, signed) == ["sent", "signed", word]
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from mail_messages where letter = $1", letter) == 2


async def test_fifty_ends_of_what_is_in_force(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    active = await made.in_force(ctx, school, clock)
    actors = (school.bob, school.olga)
    won = await _at_once([service.revoke(ctx, actors[n % 2], active, "It ends.") for n in range(AT_ONCE)])
    assert len(won) == 1
    assert (await _history(ctx, active))[-1:] == ["revoked"]
    assert (await made.gate(ctx, learner))[0] == "block"


async def test_of_signing_refusing_and_revoking_one_wins(ctx: Context, clock: FixedClock) -> None:
    school = await made.school(ctx)
    asked = await made.asked(ctx, school.bob)
    handle = await made.handle_of(ctx, asked)
    ticket = await made.ticket_of(ctx, handle, clock)
    acts: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: signature.sign(ctx, handle, ticket, made.WHOLE),
        lambda: signature.refuse(ctx, handle, ticket, "No."),
        lambda: service.revoke(ctx, school.bob, asked),
    ]
    await _at_once([acts[n % 3]() for n in range(AT_ONCE)])
    history = await _history(ctx, asked)
    assert follows(history, await made.state(ctx, asked)), history
    # whoever signed first may be revoked after it; nothing else follows anything
    assert history in (["sent", "signed", "revoked"], ["sent", "signed"], ["sent", "refused"], ["sent", "revoked"])


async def test_everything_at_once_leaves_one_history_that_the_table_allows(ctx: Context, clock: FixedClock) -> None:
    """Checks, rejections, suspensions, liftings, ends, sweeps and a second signature, all in one heap."""
    school = await made.school(ctx)
    learner = await made.consenting(ctx, school)
    old = await made.in_force(ctx, school, clock)
    new = await made.signed(ctx, school.bob, clock)
    heap: list[Callable[[], Awaitable[Any]]] = [
        lambda: checking.verify(ctx, school.olga, new),
        lambda: checking.reject(ctx, school.olga, new, "No."),
        lambda: service.suspend(ctx, school.bob, old),
        lambda: service.resume(ctx, school.olga, old),
        lambda: service.suspend(ctx, school.olga, new, "Wait."),
        lambda: service.revoke(ctx, school.bob, old),
        lambda: lapse.expire_due(ctx, SYSTEM),
        lambda: service.resume(ctx, school.olga, new),
    ]
    results = await asyncio.gather(*(heap[n % len(heap)]() for n in range(AT_ONCE)), return_exceptions=True)
    assert {type(each) for each in results if isinstance(each, BaseException)} <= {Conflict}
    states = {each: await made.state(ctx, each) for each in (old, new)}
    for each, state in states.items():
        history = await _history(ctx, each)
        if state == "superseded":  # told in the entry of the one that took its place
            history = [*history, "superseded"]
        assert follows(history, state), (history, state)
    assert list(states.values()).count("active") <= 1
    assert ((await made.gate(ctx, learner))[0] == "permit") is ("active" in states.values())
