"""Two workers share a queue: nothing goes out twice; one that is asked to end leaves nothing behind, and what one that
was killed held is sent by the other.
"""

import asyncio
import signal
import time
from collections import Counter

from tests.journeys.killing import Ground, ground


def wait_for(found: Ground, letters: int) -> None:
    until = time.monotonic() + 60
    while len(found.mail.taken) < letters:
        assert time.monotonic() < until, found.log.read_text()[-3000:]
        time.sleep(0.002)


def test_two_workers_send_nothing_twice_and_end_when_asked() -> None:
    with ground(500, mail_per_second=60) as found:
        workers = [found.start_worker(), found.start_worker()]
        wait_for(found, 100)
        assert asyncio.run(found.count())["sending"] > 0
        began = time.monotonic()
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(timeout=20) for worker in workers] == [0, 0]
        spent = time.monotonic() - began
        states, came = asyncio.run(found.count()), len(found.mail.taken)
        assert found.mail.duplicates == []
        assert states == Counter(accepted=came, queued=500 - came), found.log.read_text()[-3000:]
        assert 0 < came < 500
        assert spent < 10, "what was not begun is given back, not waited for"
        assert found.journals() == []


def test_what_a_killed_worker_held_is_sent_by_its_neighbour() -> None:
    with ground(500, mail_per_second=60) as found:
        first, second = found.start_worker(), found.start_worker()
        wait_for(found, 60)
        first.kill()
        first.wait()
        states = asyncio.run(found.settled(60))
        assert second.poll() is None
        assert states == Counter(accepted=500), found.log.read_text()[-3000:]
        assert len(found.mail.duplicates) <= 1
        assert len(set(found.mail.taken)) == 500
