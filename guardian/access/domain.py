"""`decide(facts, now)`: the access decision. Pure, total, and explained by its reason codes.

Four independent layers: age (GDPR art. 8), institution (both scopes signed and in force), guardian (where the
legal model or the purpose asks, 16 CFR 312.5), standing. Nothing here is stored: whoever asks gets what the
facts say at that instant.
"""

from datetime import UTC, datetime

from guardian.access.case import prepare
from guardian.access.decision import Decision, decision, refusal
from guardian.access.facts import Facts
from guardian.access.judgement import judge
from guardian.access.until import next_change, unchanged_since


def decide(facts: Facts, now: datetime) -> Decision:
    """The decision at an aware instant. Never raises: engine trouble is a block with `engine_error`."""
    try:
        return answer(facts, now)
    except Exception:  # noqa: BLE001 - whatever went wrong, a permit would be the one wrong answer
        return refusal("engine_error", purposes=_names(facts))


def answer(facts: Facts, now: datetime) -> Decision:
    """Like `decide`, but trouble is raised, for whoever wants to see it. ValueError: a naive instant."""
    instant = _utc(now)
    case = prepare(facts)
    verdict = judge(case, instant)
    return decision(verdict, next_change(case, instant, verdict))


def since(facts: Facts, now: datetime, floor: datetime) -> datetime:
    """The earliest instant at or after `floor` from which access has been, up to now, what it is now.

    Over the recorded facts only: the learner's standing is taken to have been what it is. Where `floor` is
    not before now, or the facts cannot be judged, the answer is now.
    """
    try:
        return unchanged_since(prepare(facts), _utc(now), _utc(floor))
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
        return now


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def _names(facts: Facts) -> tuple[str, ...]:
    try:
        return tuple(sorted(facts.purposes))
    except (AttributeError, TypeError):
        return ()
