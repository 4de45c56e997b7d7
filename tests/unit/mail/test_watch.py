"""A time limit acts when it is over, and only then."""

import asyncio

from guardian.mail.watch import Watch


async def acted(*steps: tuple[str, float]) -> bool:
    """Whether the limit ran out while the steps were taken; each is an act of the watch and a pause in seconds."""
    calls: list[None] = []
    watch = Watch(lambda: calls.append(None))
    for act, pause in steps:
        if act.startswith("allow "):
            watch.allow(float(act.removeprefix("allow ")))
        elif act == "rest":
            watch.rest()
        else:
            watch.end()
        await asyncio.sleep(pause)
    watch.end()
    assert len(calls) < 2
    return bool(calls)


async def test_a_limit_that_is_over_acts_once() -> None:
    assert await acted(("allow 0.02", 0.1))


async def test_a_limit_that_was_lifted_or_ended_does_not_act() -> None:
    assert not await acted(("allow 0.02", 0.0), ("rest", 0.1))
    assert not await acted(("allow 0.02", 0.0), ("end", 0.1))


async def test_each_new_limit_counts_from_its_own_start() -> None:
    assert not await acted(("allow 0.1", 0.06), ("allow 0.1", 0.06), ("allow 0.1", 0.06))


async def test_a_shorter_limit_replaces_a_longer_one() -> None:
    assert await acted(("allow 30", 0.0), ("allow 0.02", 0.1))


async def test_a_limit_after_a_rest_acts() -> None:
    assert await acted(("allow 0.02", 0.0), ("rest", 0.05), ("allow 0.02", 0.1))
