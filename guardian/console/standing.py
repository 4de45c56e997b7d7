"""Where the learners of a list stand: one decision for each, made in as few statements as the list allows."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from guardian.access import store
from guardian.access.domain import decide
from guardian.access.reasons import REASONS, next_step, sentence
from guardian.access.service import Decided, decide_many
from guardian.console.domain import Stand, batches, stand_of
from guardian.console.words import STANDS
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.i18n import text


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A learner's decision as a page shows it. `colour` is the state's, or `held`; `step` the one next step."""

    stand: Stand
    colour: str
    word: str
    sentences: list[str]
    step: str
    decided: Decided


async def stands(ctx: Context, learners: Sequence[UUID]) -> dict[UUID, Stand]:
    """Where many learners stand, a thousand at a time. It is the same decision, without the clocks and the history
    that only one learner's page tells: a school of 3,000 is counted while its head waits for the page.
    """
    found: dict[UUID, Stand] = {}
    async with ctx.transaction(SYSTEM) as tx:
        for part in batches(learners):
            for one in await store.gather(tx.connection, part, tx.now):
                decision = decide(one.facts, tx.now)
                found[one.id] = stand_of(decision.access, decision.reasons)
    return found


async def standings(ctx: Context, learners: Sequence[UUID], language: str) -> dict[UUID, Standing]:
    """The same with words, for a page of a list."""
    return {learner: standing_of(one, language) for learner, one in (await decide_many(ctx, learners)).items()}


def standing_of(one: Decided, language: str) -> Standing:
    """A decision in words."""
    decision = one.decision
    stand = stand_of(decision.access, decision.reasons)
    colour = "held" if one.gathered.held else "neutral" if one.gathered.standing == "erased" else stand
    reasons = ("erased",) if one.gathered.standing == "erased" else decision.reasons
    known = [code for code in reasons if code in REASONS]
    return Standing(
        stand=stand,
        colour=colour,
        word=text(language, STANDS[colour]),
        sentences=[sentence(code, language) for code in known],
        step=next_step(known[0], language) if known else "",
        decided=one,
    )


def purposes_of(one: Decided, titles: dict[str, str], language: str) -> Iterable[dict[str, Any]]:
    """Each purpose with its answer and the reason as a sentence, in the order of the notice."""
    asked = one.decision.purposes
    for code in (*(code for code in titles if code in asked), *(code for code in asked if code not in titles)):
        purpose = asked[code]
        yield {
            "title": titles.get(code, code),
            "colour": stand_of(purpose.access, [purpose.reason]),
            "word": text(language, STANDS[stand_of(purpose.access, [purpose.reason])]),
            "sentence": sentence(purpose.reason, language),
            "step": "" if purpose.access == "permit" else next_step(purpose.reason, language),
        }
