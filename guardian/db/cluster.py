"""One PostgreSQL cluster on disk: made, started, asked, stopped. Call it under the start lock of its home."""

import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from guardian.db.placement import (
    SOCKET_NAME,
    RunAs,
    cluster_folder,
    programs_for,
    replace_file,
    run_as,
    socket_folder,
)
from guardian.db.programs import MAJOR, Programs
from guardian.db.server_settings import access_rules, server_settings
from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_

ADMIN = "guardian_admin"
_PATIENCE = 300  # seconds: replaying a long log after a crash takes a while
_LOG_LIMIT = 10 * 1024 * 1024


class Postmaster(msgspec.Struct, frozen=True, kw_only=True):
    """A running server, as its own file `postmaster.pid` tells it. `host` is a socket folder or an
    address.
    """

    pid: int
    host: str
    port: int
    ready: bool


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster in `folder`, run by `who`."""

    folder: Path
    who: RunAs

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def programs(self) -> Programs:
        return programs_for(self.folder, self.who)

    def postmaster(self) -> Postmaster | None:
        """The running server, or None. A file left behind by a killed server does not count: nothing
        answers there.
        """
        found = self._written()
        return found if found and _answers(found) else None

    def _written(self) -> Postmaster | None:
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
            pid, port, folder, address = int(lines[0]), int(lines[3]), lines[4], lines[5]
            if not Path(lines[1]).samefile(self.data):  # a copy of a data home that was in use
                return None
        except (OSError, ValueError, IndexError):
            return None
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return Postmaster(pid=pid, host=folder or address, port=port, ready=ready)

    def make(self, password: str) -> None:
        """Make the data folder (initdb) unless it is there, whole or not at all. Its superuser gets the
        password.
        """
        if (self.data / "PG_VERSION").is_file():
            self._check_version()
            return
        for unfinished in self.folder.glob("making-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        making = self.who.make_folder(Path(tempfile.mkdtemp(prefix="making-", dir=self.folder)))
        replace_file(making / "password", password, self.who)
        command = (
            self.programs.initdb,
            *("--pgdata=data", f"--username={ADMIN}", "--pwfile=password", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--data-checksums", "--no-instructions"),
        )
        result = self.who.run(command, cwd=making)
        if result.returncode != 0:
            replace_file(self.log, result.stdout, self.who)
            shutil.rmtree(making, ignore_errors=True)
            raise self._not_started(result.stdout)
        replace_file(making / "data" / "local.conf", "# Your own settings; they win.\n", self.who)
        (making / "data").rename(self.data)
        shutil.rmtree(making)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text("ascii").strip()
        if version != str(MAJOR):
            raise Unavailable(
                "embedded_version",
                N_(
                    "The data in %(folder)s was written by PostgreSQL %(found)s; this release brings "
                    "%(major)d. Restore a backup into a new data home, or install the release that wrote it. "
                    "The data is untouched."
                ),
                params={"folder": str(self.data), "found": version, "major": MAJOR},
            )

    def start(self) -> Postmaster:
        """Start the server unless it runs, and wait until it takes commands. A crash of it is recovered from.

        Raises Unavailable, naming the log, when it does not come up.
        """
        if self.postmaster() is None:
            near = None if sys.platform == "win32" else socket_folder(self.folder, self.who)
            self._clear_remains(near)
            port = _free_port() if near is None else int(SOCKET_NAME.rpartition(".")[2])
            replace_file(self.data / "postgresql.conf", server_settings(socket=near, port=port), self.who)
            replace_file(self.data / "pg_hba.conf", access_rules(socket=near is not None), self.who)
            if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
            options = ("-D", "data", "-l", "server.log", "-w", "-s", "-t", _PATIENCE)
            command = (self.programs.pg_ctl, "start", *options)
            result = self.who.run(command, cwd=self.folder, timeout=_PATIENCE + 30)
            if result.returncode != 0:
                raise self._not_started(result.stdout)
        until = time.monotonic() + _PATIENCE
        found = self.postmaster()
        while found and not found.ready and time.monotonic() < until:
            time.sleep(0.05)
            found = self.postmaster()
        if found is None or not found.ready:
            raise self._not_started("")
        return found

    def stop(self) -> None:
        """Stop the server, breaking off what it is doing (nothing committed is lost). Does nothing when it
        is down.
        """
        found = self.postmaster()
        if found is not None:
            command = (self.programs.pg_ctl, *["stop", "-D", "data", "-m", "fast", "-w", "-s", "-t", "60"])
            result = self.who.run(command, cwd=self.folder)
            if result.returncode != 0 and self.postmaster() is not None:
                raise Unavailable(
                    "embedded_not_stopped",
                    N_("The database (process %(pid)d) did not stop. Its log %(log)s says why."),
                    params={"pid": found.pid, "log": str(self.log)},
                )

    def _clear_remains(self, near: Path | None) -> None:
        """See off what a killed server left, so that the next may start.

        Its children must be gone before anybody else touches the data. Its pid may belong to another program
        by now, or wait for a parent to notice its end: for both PostgreSQL would refuse to start, so its lock
        files go. Only Linux can be asked for all that.
        """
        if sys.platform != "linux" or near is None:
            return
        since = time.monotonic()
        while left := _servers_in(self.data):
            waited = time.monotonic() - since
            if waited > 30:
                raise self._not_started("")
            written = self._written()
            # A living postmaster whose socket is lost closes in good order; orphans get a while to notice.
            if written and written.pid in left:
                os.kill(written.pid, signal.SIGINT)
            elif waited > 5:
                for pid in left:
                    os.kill(pid, signal.SIGQUIT)
            time.sleep(0.2)
        for lock in (self.data / "postmaster.pid", *near.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def _not_started(self, said: str) -> Unavailable:
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        grave = [line for line in (*said.splitlines(), *lines[-20:]) if "FATAL" in line or "error" in line.casefold()]
        return Unavailable(
            "embedded_not_started",
            N_(
                "The database in %(folder)s did not start (%(reason)s). The end of %(log)s says more: mend "
                "the cause and start again, or set GUARDIAN_DATABASE_URL to a PostgreSQL server (15 or "
                "later)."
            ),
            params={"folder": str(self.folder), "reason": grave[-1] if grave else "-", "log": str(self.log)},
            where=str(self.log),
        )


def cluster_in(home: Path) -> Cluster:
    """The cluster of a data home; its folder is made when absent. Raises Unavailable when nobody can run
    it.
    """
    who = run_as(home / "postgres")
    return Cluster(folder=cluster_folder(home, who), who=who)


def _answers(found: Postmaster) -> bool:
    """Whether a PostgreSQL server, and not just the backlog of one that dies, is behind the socket.

    It is asked for encryption (SSLRequest, PostgreSQL protocol 3.0): a server says N or S at once.
    """
    try:
        with socket.socket(socket.AF_INET if sys.platform == "win32" else socket.AF_UNIX) as line:
            line.settimeout(5)
            if sys.platform == "win32":
                line.connect((found.host, found.port))
            else:
                line.connect(f"{found.host}/.s.PGSQL.{found.port}")
            line.sendall(struct.pack("!ii", 8, 80877103))
            return line.recv(1) in {b"N", b"S"}
    except OSError:
        return False


def _servers_in(data: Path) -> list[int]:
    """The PostgreSQL processes that work in that data folder (each has made it its working folder)."""
    wanted = data.stat()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text().startswith("postgres"):
                place = (entry / "cwd").stat()
                if (place.st_dev, place.st_ino) == (wanted.st_dev, wanted.st_ino):
                    found.append(int(entry.name))
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return found


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
