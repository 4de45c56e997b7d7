"""`kill -9` of the worker, again and again, and of the database once: every guardian's letter is accepted once, or
honestly queued; nothing is lost, and nobody gets more than one duplicate per kill, with the same Message-ID.
"""

import asyncio
import os
import random
import time
from collections import Counter

import pytest

from guardian.audit import store as audit
from guardian.events import SYSTEM
from tests.journeys.killing import Ground, ground

SOAK = os.environ.get("GUARDIAN_SOAK") == "1"
SEED = int(os.environ.get("GUARDIAN_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def kill_on_the_way(found: Ground, letters: int, kills: int, *, database_at: int) -> list[int]:
    """Kill the worker each time a random number of letters has come in since it began, and the database once; answers
    how many had come in at each kill.
    """
    dice = random.Random(SEED)
    points = sorted(dice.sample(range(letters // 50, letters - letters // 50), kills))
    killed = []
    worker = found.start_worker()
    for number, point in enumerate(points):
        until = time.monotonic() + 60
        while len(found.mail.taken) < point and time.monotonic() < until:
            assert worker.poll() is None, found.log.read_text()[-3000:]
            time.sleep(0.0005)
        time.sleep(dice.random() * 0.02)
        if number == database_at:
            assert found.kill_database() > 1
            came = len(found.mail.taken)
            while len(found.mail.taken) <= came + letters // 100 and time.monotonic() < until:
                assert worker.poll() is None, found.log.read_text()[-3000:]
                time.sleep(0.01)
        killed.append(len(found.mail.taken))
        worker.kill()
        worker.wait()
        worker = found.start_worker()
    return killed


async def all_that_is_left(found: Ground) -> tuple[int, object]:
    async with found.context() as context, context.transaction(SYSTEM) as tx:
        return await audit.check(tx)


@pytest.mark.parametrize(
    ("letters", "kills"),
    [pytest.param(1_000, 5, id="5 kills"), pytest.param(20_000, 100, id="100 kills", marks=pytest.mark.soak)],
)
@pytest.mark.timeout(3600 if SOAK else 120)
def test_every_letter_is_accepted_once_or_honestly_queued(letters: int, kills: int) -> None:
    started = time.monotonic()
    with ground(letters) as found:
        killed = kill_on_the_way(found, letters, kills, database_at=kills // 2)
        states = asyncio.run(found.settled(600 if SOAK else 40))
        rows = asyncio.run(found.rows())
        entries, broken = asyncio.run(all_that_is_left(found))
        taken, duplicates = found.mail.taken, found.mail.duplicates
        log = found.log.read_text()
    print(
        f"{letters} letters, {len(killed)} kills of the worker (after {killed}), 1 of the database: {dict(states)}; "
        f"{len(taken)} messages came in, {len(duplicates)} of them twice; {entries} audit entries; "
        f"{time.monotonic() - started:.1f} s; seed {SEED}"
    )

    came = Counter(address for address, _ in taken)
    assert len(rows) == letters
    assert {row.state for row in rows} <= {"accepted", "queued"}, (states, log[-3000:])
    assert states["accepted"] == letters, "nothing stands in the way of any letter"
    assert all(came[row.address] >= 1 for row in rows if row.state == "accepted"), "accepted is what the server said"
    assert all(row.sent and row.request_state == "sent" for row in rows if row.state == "accepted")
    assert len(duplicates) <= kills, f"at most one duplicate per kill (seed {SEED}): {duplicates}"
    identified: dict[str, set[str]] = {}
    for address, message_id in taken:
        identified.setdefault(address, set()).add(message_id)
    assert all(len(ids) == 1 for ids in identified.values()), "a duplicate carries the same Message-ID"
    domain = "guardian.example.org"
    assert {row.address: {f"{row.message}@{domain}"} for row in rows} == identified
    assert broken is None, broken
