"""The same promises against Postfix's test server, where it is installed (MAIL section 6, 35 to 39)."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from guardian.mail import transport
from guardian.mail.transport import Pool, SmtpSettings

SINK = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin")
pytestmark = pytest.mark.skipif(SINK is None, reason="smtp-sink is not installed")
BODY = b"Subject: x\r\n\r\n.dot\r\nend\r\n"


@asynccontextmanager
async def sink(*options: str) -> AsyncIterator[str]:
    """Start smtp-sink; answers its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(  # noqa: ASYNC220 (it returns at once)
        [str(SINK), *user, *options, f"127.0.0.1:{port}", "64"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            await asyncio.sleep(0.02)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


async def kinds(url: str, count: int = 4, **changes: float) -> set[tuple[str, str, int | None]]:
    pool = Pool(msgspec.structs.replace(SmtpSettings.from_url(url), **changes))
    calls = [pool.send("a@example.org", f"n{number}@example.com", BODY) for number in range(count)]
    outcomes = await asyncio.gather(*calls)
    await pool.close()
    return {(one.kind, one.phase, one.code) for one in outcomes}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ("accepted", "final", 250)),
        (("-p",), ("accepted", "final", 250)),
        (("-r", "RCPT"), ("deferred", "rcpt", 450)),
        (("-r", "RCPT", "-b", "451 4.7.1 greylisted"), ("deferred", "rcpt", 451)),
        (("-f", "RCPT", "-B", "550 5.1.1 unknown"), ("failed", "rcpt", 550)),
        (("-f", "RCPT", "-B", "552 5.2.2 full"), ("deferred", "rcpt", 552)),
        (("-r", "DATA"), ("deferred", "data", 450)),
        (("-r", ".", "-b", "454 4.7.0 throttled"), ("deferred", "final", 454)),
        (("-f", "."), ("failed", "final", 500)),
        (("-Q", "RCPT"), ("pool_down", "rcpt", 421)),
        (("-q", "MAIL"), ("pool_down", "mail", None)),
        (("-q", "RCPT"), ("deferred", "rcpt", None)),
        (("-q", "DATA"), ("deferred", "data", None)),
        (("-q", "."), ("unknown", "final", None)),
        (("-q", "CONNECT"), ("pool_down", "connect", None)),
    ],
)
async def test_faults(
    options: tuple[str, ...], expected: tuple[str, str, int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LONGEST_PAUSE", 0.0)
    async with sink(*options) as url:
        assert await kinds(url) == {expected}


async def test_a_slow_answer_after_the_dot_is_unknown() -> None:
    async with sink("-w", "3") as url:
        assert await kinds(url, 1, envelope_timeout=0.5, final_timeout=0.5) <= {
            ("unknown", "final", None),
            ("deferred", "mail", None),
        }
