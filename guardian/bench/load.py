"""Loads a web server on this machine: `wrk` where it is installed, else a small client of our own.

Both figures of a ratio always come from the same one, in one run, over loopback, bounded in time.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from guardian.bench.measure import percentile

SECONDS = 5


class Load(msgspec.Struct, frozen=True):
    """Requests a second and the 99th percentile of their time in milliseconds. `errors` are not 2xx."""

    rps: float
    p99_ms: float
    errors: int
    tool: str


def run(base: str, paths: list[str], *, connections: int, headers: dict[str, str], body: bytes | None = None) -> Load:
    """Ask for the paths in turn over that many kept connections for a few seconds."""
    if shutil.which("wrk"):
        return _wrk(base, paths, connections, headers, body)
    return asyncio.run(_own(base, paths, connections, headers, body))


_LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = math.random(#paths)
request = function()
  at = at %% #paths + 1
  return wrk.format(%s, paths[at])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%.1f %%.3f %%d\\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(99) / 1000, summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


def _wrk(base: str, paths: list[str], connections: int, headers: dict[str, str], body: bytes | None) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "ask.lua"
        listed.write_text("\n".join(paths))
        lua = _LUA % (listed, '"POST"' if body is not None else "nil")
        if body is not None:
            (Path(folder) / "body").write_bytes(body)
            lua = f'wrk.body = io.open("{folder}/body"):read("*a")\n' + lua
        script.write_text(lua)
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        said = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", str(script), *given, base],
            capture_output=True, text=True, timeout=SECONDS + 30, check=True,
        ).stdout  # fmt: skip
    found = re.search(r"RESULT ([\d.]+) ([\d.]+) (\d+)", said)
    assert found is not None, said
    return Load(float(found[1]), float(found[2]), int(found[3]), "wrk")


async def _own(base: str, paths: list[str], connections: int, headers: dict[str, str], body: bytes | None) -> Load:
    where = urlsplit(base)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    method = "GET" if body is None else "POST"
    length = f"Content-Length: {len(body)}\r\n" if body is not None else ""
    asks = [
        f"{method} {path} HTTP/1.1\r\nHost: {where.netloc}\r\n{head}{length}\r\n".encode() + (body or b"")
        for path in paths
    ]
    times: list[float] = []
    errors = 0
    until = time.perf_counter() + SECONDS

    async def one(start: int) -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        at = start
        while (began := time.perf_counter()) < until:
            writer.write(asks[at % len(asks)])
            at += connections
            answer = await reader.readuntil(b"\r\n\r\n")
            size = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
            if size:
                await reader.readexactly(int(size[1]))
            errors += not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 304"))
            times.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return Load(len(times) / SECONDS, percentile(times, 0.99) * 1000, errors, "own client")
