"""Mail beside `smtp-source -d` to the same `smtp-sink`, eight connections, every message rendered for itself."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from guardian.bench.ground import Ground, fill, ground
from guardian.bench.measure import Measured, beside
from guardian.context import Context
from guardian.errors import Unavailable
from guardian.events import SYSTEM
from guardian.mail.letters import Child, ConsentRequest, PurposeLine
from guardian.mail.mime import Envelope, build
from guardian.mail.rendering import render, warm
from guardian.mail.sender import Sender
from guardian.mail.transport import Pool, SmtpSettings
from guardian.notice.service import ensure_default
from guardian.registry import ACCEPTED, BOUNCED, COMPOSERS

MAILS = 10_000
CONNECTIONS = 8
_BYTES = 8192

_QUEUE = """
with asked as (select g.id, g.institution, md5('r' || g.id)::uuid as request from guardians g order by g.id limit $1),
requests as (insert into consent_requests (id, institution, guardian, notice, state, version, created_at,
    reminders)
  select a.request, a.institution, a.id, (select id from notices limit 1), 'queued', 1, $2, 0 from asked a
  returning id),
children as (insert into consent_request_learners (id, request, learner)
  select md5('q' || s.id)::uuid, a.request, s.learner from asked a join guardianships s on s.guardian = a.id
  returning id)
insert into mail_messages (id, institution, letter, recipient_kind, recipient, subject, sequence, state, attempts,
  not_before, created_at)
select md5('m' || a.id)::uuid, a.institution, 'consent_request', 'guardian', a.id, a.request, 0, 'queued', 0, $2, $2
from asked a
"""


async def measure(size: int | None) -> list[Measured]:
    """`mail.transport`, `mail.one_worker` and `mail.two_workers`."""
    count = size or MAILS
    with _sink() as port:
        limit = await asyncio.to_thread(_source, port, count)
        transport = await _transport(port, count)
        one = await _workers(port, count, 1)
        two = await _workers(port, count, 2)
    unit = f"mails/s, {CONNECTIONS} connections (limit: smtp-source -d)"
    return [
        beside("mail.transport", transport, unit, limit, count),
        beside("mail.one_worker", one, unit, limit, count),
        beside("mail.two_workers", two, unit, limit, count),
    ]


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """A mail server that throws everything away: Postfix's own test program."""
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise Unavailable(
            "smtp_sink_missing", "The mail bench needs smtp-sink and smtp-source: install the package `postfix`."
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *user, "-c", f"127.0.0.1:{port}", "512"], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise Unavailable("smtp_sink_missing", "smtp-sink did not start.")


def _source(port: int, count: int) -> float:
    """Messages a second of smtp-source with kept connections."""
    program = shutil.which("smtp-source") or shutil.which("smtp-source", path="/usr/sbin:/usr/local/sbin")
    assert program is not None
    command = [
        program, "-d", "-s", str(CONNECTIONS), "-m", str(count), "-l", str(_BYTES), "-f", "a@example.org", "-t",
        "b@example.org", f"127.0.0.1:{port}",
    ]  # fmt: skip
    started = time.perf_counter()
    subprocess.run(command, check=True, timeout=600, stdout=subprocess.DEVNULL)
    return count / (time.perf_counter() - started)


def _letter(number: int) -> ConsentRequest:
    """One of many letters, each with other values."""
    return ConsentRequest(
        operator="Example Learning",
        contact="privacy@example.org",
        school="Bench School",
        guardian=f"Guardian {number}",
        children=(Child(f"Given{number}", "4a"),),
        purposes=(PurposeLine("Lessons", "to teach", ("name", "login")), PurposeLine("Recordings", "to watch again")),
        url=f"https://consent.example.org/g/{number:027d}",
        deadline="Friday 4 December 2026, 18:00 (Warsaw)",
        notice_url="https://consent.example.org/notice",
    )


async def _transport(port: int, count: int) -> float:
    """Render, build and send, without the outbox."""
    pool = Pool(SmtpSettings.from_url(f"smtp://127.0.0.1:{port}", connections=CONNECTIONS))
    left = iter(range(count))

    async def one() -> None:
        for number in left:
            made = render(_letter(number), "en")
            message = build(
                Envelope(
                    message_id=f"{UUID(int=number)}@example.org",
                    date=datetime(2026, 9, 1, tzinfo=UTC),
                    sender="guardian@example.org",
                    sender_name="Example Learning",
                    recipient=f"g{number}@example.org",
                    subject=made.subject,
                    text=made.text,
                    html=made.html,
                    encoded=made.encoded,
                    language=made.language,
                )
            )
            outcome = await pool.send("guardian@example.org", f"g{number}@example.org", message)
            assert outcome.kind == "accepted", outcome

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS * 2)))
    spent = time.perf_counter() - started
    await pool.close()
    return count / spent


async def _workers(port: int, count: int, workers: int) -> float:
    """From the outbox table to the recorded result, with that many worker processes."""
    async with ground(smtp_url=f"smtp://127.0.0.1:{port}", smtp_connections=CONNECTIONS, smtp_in_doubt=32) as found:
        await ensure_default(found.context)
        async with found.context.engine.connections.acquire() as connection:
            await fill(connection, count)
        async with found.context.transaction(SYSTEM) as tx:
            await tx.execute(_QUEUE, count, tx.now)
        if workers == 1:
            warm()
            started = time.perf_counter()
            await drain(found.context)
            return await _all_accepted(found, count) / (time.perf_counter() - started)
        environment = {
            **os.environ, "GUARDIAN_DATABASE_URL": found.app_url, "GUARDIAN_SECRET": found.context.settings.secret,
            "GUARDIAN_HOME": str(found.context.settings.home), "GUARDIAN_SMTP_IN_DOUBT": "32",
            "GUARDIAN_SMTP_URL": f"smtp://127.0.0.1:{port}", "GUARDIAN_LOG_LEVEL": "ERROR",
        }  # fmt: skip
        command = [sys.executable, "-m", "guardian.bench.draining"]
        processes = [
            await asyncio.create_subprocess_exec(
                *command, env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            for _ in range(workers)
        ]
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()  # it is connected and waits for the word
        started = time.perf_counter()
        await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
        return await _all_accepted(found, count) / (time.perf_counter() - started)


async def drain(context: Context) -> None:
    """Send until nothing is due."""
    await Sender(context, COMPOSERS, ACCEPTED, BOUNCED).drain()


async def _all_accepted(found: Ground, count: int) -> int:
    async with found.context.transaction(SYSTEM) as tx:
        accepted: int = await tx.fetchval("select count(*) from mail_messages where state = 'accepted'")
    assert accepted == count, f"{accepted} of {count} were accepted"
    return accepted
