"""A large roster, first import and again, beside psql's copy of the same file into one table; and its memory."""

import asyncio
import os
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from guardian.bench.ground import Ground, ground
from guardian.bench.measure import Measured, beside, seconds
from guardian.db.programs import server_binaries
from guardian.events import SYSTEM
from guardian.institution.service import invite
from guardian.notice.service import ensure_default
from guardian.roster import service

ROWS = 100_000
_HEADER = (
    "Student ID,First name,Last name,Date of birth,Class,Guardian 1 name,Guardian 1 relationship,Guardian 1 email,"
    "Guardian 1 phone,Guardian 1 language,School"
)


async def measure(size: int | None) -> list[Measured]:
    """`roster.import`, `roster.reimport` and `roster.memory`."""
    rows = size or ROWS
    async with ground(roster_max_bytes=2 * 1024**3) as found:
        path = found.context.settings.home / "roster.csv"
        write(path, rows)
        limit = await asyncio.to_thread(_copy, found, path)
        await ensure_default(found.context)
        school = await invite(
            found.context, _OPERATOR, name="Bench School", jurisdiction="PL", timezone="Europe/Warsaw", language="en",
            contact_email="office@bench.example.org", legal_model="guardian_consent",
            staff_email="staff@bench.example.org", staff_name="Bench Staff",
        )  # fmt: skip

        database = urlsplit(found.app_url).path.removeprefix("/")

        async def import_it() -> None:
            plan = await service.import_file(found.context, _OPERATOR, school, path, mode="snapshot", commit=True)
            assert plan.state == "committed"

        with Memory(database) as memory:
            first = await seconds(import_it)
        with Memory(database) as memory_again:
            again = await seconds(import_it)
    unit = "s (limit: psql \\copy of the same file)"
    return [
        beside("roster.import", first, unit, limit, rows),
        beside("roster.reimport", again, unit, limit, rows),
        beside(
            "roster.memory",
            max(memory.peak, memory_again.peak) / 1e6,
            "MB of ours and the backends' own (limit: 400)",
            400.0,
            rows,
        ),
    ]


_OPERATOR = SYSTEM


def write(path: Path, rows: int) -> None:
    """A made-up school's list of that many learners; of every four, two are siblings with one guardian."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER + "\n")
        for number in range(rows):
            family = number - 1 if number % 4 == 1 else number
            file.write(
                f"S{number:07d},Given{number % 997},Family{family},{2012 + number % 6}-{1 + number % 12:02d}-"
                f"{1 + number % 28:02d},{1 + number % 8}{'abc'[number % 3]},Parent{family % 89} Family{family},mother,"
                f"parent{family}@families.example.org,+48 22 {family % 10_000_000:07d},pl,Bench School\n"
            )


def _copy(found: Ground, path: Path) -> float:
    """How long psql's copy takes into one table of text columns."""
    columns = ", ".join(f"c{n} text" for n in range(_HEADER.count(",") + 1))
    psql = server_binaries().psql
    parts = urlsplit(found.owner_url)
    password = parts.password or ""
    bare = (
        urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{password}@", "@"))) if password else found.owner_url
    )
    environment = {**os.environ, "PGPASSWORD": password, "PGOPTIONS": ""}
    _psql(psql, bare, environment, f"create table copied ({columns})")
    started = time.perf_counter()
    _psql(psql, bare, environment, f"\\copy copied from '{path}' with (format csv, header)")
    return time.perf_counter() - started


def _psql(psql: Path, url: str, environment: dict[str, str], command: str) -> None:
    subprocess.run([str(psql), "--no-psqlrc", "-q", "-d", url, "-c", command], env=environment, check=True, timeout=600)


class Memory:
    """The highest sum, while it watches, of our own memory and what one database's backends hold for themselves."""

    def __init__(self, database: str) -> None:
        self.peak = 0
        self._database = database.encode()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            total = _status(Path("/proc/self/status"), "VmRSS")
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    title = (process / "cmdline").read_bytes()
                    if title.startswith(b"postgres:") and self._database in title:
                        total += _status(process / "status", "RssAnon")
                except OSError:  # it ended while we looked
                    continue
            self.peak = max(self.peak, total)


def _status(path: Path, field: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return 0
