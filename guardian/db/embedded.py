"""PostgreSQL without an installation: started by the first process that needs it, stopped when the last one
leaves.

Every process that uses a data home holds a lock file in `home/embedded/users`. A small keeper process watches
them, so that the server also stops when its users were killed. Whatever was killed, the next start recovers.
"""

import atexit
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from guardian.db.cluster import ADMIN, Cluster, Postmaster, cluster_in
from guardian.db.locks import is_locked, locked, try_lock
from guardian.db.placement import RunAs, replace_file
from guardian.db.roles import APP, DATABASE, OWNER, make_roles
from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_
from guardian.resources import PACKAGE


class Urls(msgspec.Struct, frozen=True, kw_only=True):
    """How to connect; each URL holds a password, so none of them is ever printed.

    `database`: the role of the running service (row-level security binds it). `migration`: the owner of the
    database. `admin`: the superuser, for backups and for making databases in tests.
    """

    database: str
    migration: str
    admin: str

    def __repr__(self) -> str:
        return "Urls(…)"


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `guardian doctor` tells about the embedded server. `users` counts processes, ourselves
    included.
    """

    running: bool
    pid: int | None
    folder: Path | None
    log: Path | None
    users: int


class Embedded:
    """The PostgreSQL server of one data home.

    `progress` is called with an English msgid before each step that takes a moment.
    """

    def __init__(self, home: Path, *, progress: Callable[[str], None] | None = None) -> None:
        self.home = home.absolute()
        self._progress = progress or (lambda _: None)
        self._own = self.home / "embedded"
        self._membership: int | None = None
        self._member_of = 0
        self._keeper: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> Urls:
        """Start the server unless it runs, and stay a user of it until `leave()` or the end of this process.

        May be called at any time, by any number of processes at once. Blocks, the first time for about two
        seconds: call it outside the event loop. Raises Unavailable with a remedy when the server cannot
        start.
        """
        try:
            self.home.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.home, self._own, self._own / "users"):
                folder.mkdir(mode=0o700, exist_ok=True)
            with locked(self._own / "start.lock"):
                self._join()
                self._watch()
                return self._started()
        except (OSError, subprocess.SubprocessError) as error:
            self._let_go()
            raise Unavailable(
                "embedded_home",
                N_(
                    "The data home %(home)s cannot be used (%(reason)s). Give this user its ownership, or "
                    "set GUARDIAN_HOME to a folder that this user may write."
                ),
                params={
                    "home": str(self.home),
                    "reason": getattr(error, "strerror", None) or type(error).__name__,
                },
                where=str(self.home),
            ) from error
        except Unavailable:
            self._let_go()
            raise

    def _started(self) -> Urls:
        cluster = cluster_in(self.home)
        passwords = self._passwords(cluster)
        if not (cluster.data / "PG_VERSION").is_file():
            self._progress(N_("Making the database …"))
        cluster.make(passwords[ADMIN])
        if cluster.postmaster() is None:
            self._progress(N_("Starting the database …"))
        found = cluster.start()
        prepared = cluster.data / "guardian.prepared"
        if not prepared.exists():
            make_roles(cluster, found, passwords)
            replace_file(prepared, "", cluster.who)
        return Urls(
            database=_url(found, APP, passwords[APP], DATABASE),
            migration=_url(found, OWNER, passwords[OWNER], DATABASE),
            admin=_url(found, ADMIN, passwords[ADMIN], "postgres"),
        )

    def _passwords(self, cluster: Cluster) -> dict[str, str]:
        path = self._own / "passwords.json"
        if not path.is_file():
            if (cluster.data / "PG_VERSION").is_file():
                raise Unavailable(
                    "embedded_passwords",
                    N_("%(file)s is missing: without it nobody can open the database. Bring it back from a backup."),
                    params={"file": str(path)},
                )
            replace_file(path, json.dumps({role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, APP)}), RunAs())
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])

    def _join(self) -> None:
        if self._membership is None or self._member_of != os.getpid():
            ticket = self._own / "users" / f"{os.getpid()}-{secrets.token_hex(4)}.lock"
            while (held := try_lock(ticket)) is None:
                time.sleep(0.01)
            self._membership = held
            self._member_of = os.getpid()
            atexit.register(self.leave)

    def _let_go(self) -> None:
        # A forked child does not let go for its parent, nor the parent for a child: each closes its own
        # descriptor.
        if self._membership is not None:
            os.close(self._membership)
            self._membership = None
        atexit.unregister(self.leave)

    def leave(self) -> None:
        """Stop using the server; it stops when no other process uses it. Called by itself at the end of
        the process.
        """
        if self._membership is None:
            return
        self._let_go()
        # The keeper does what fails here; a data home that was deleted meanwhile has no server left.
        with suppress(Unavailable, OSError):
            self.stop_unless_used()

    def stop_unless_used(self, *, closing: int | None = None) -> bool:
        """Stop the server if no process uses it. Answers whether nobody does.

        `closing` is a descriptor to close together with that: the keeper's own lock, so that whoever comes
        next sees that it needs another keeper.
        """
        with locked(self._own / "start.lock"):
            if self.users():
                return False
            for left in (self._own / "users").glob("*.lock"):
                left.unlink()
            self._stop()
            if closing is not None:
                os.close(closing)
            if self._keeper:  # nothing is left to watch; gone before we are, so that nothing of ours stays behind
                self._keeper.terminate()
                self._keeper.wait()
            return True

    def stop(self) -> None:
        """Stop the server now, whoever uses it. The next `ensure_running()` starts it again."""
        if self._own.is_dir():
            with locked(self._own / "start.lock"):
                self._stop()

    def _stop(self) -> None:
        if (self.home / "postgres").is_dir():
            cluster_in(self.home).stop()

    def users(self) -> int:
        """How many processes use the server at this moment."""
        return sum(is_locked(path) for path in (self._own / "users").glob("*.lock"))

    def status(self) -> Status:
        """What is there now. Starts nothing and makes nothing."""
        if not (self.home / "postgres").is_dir():
            return Status(running=False, pid=None, folder=None, log=None, users=0)
        cluster = cluster_in(self.home)
        found = cluster.postmaster()
        return Status(
            running=found is not None and found.ready,
            pid=found.pid if found else None,
            folder=cluster.folder,
            log=cluster.log,
            users=self.users(),
        )

    def _watch(self) -> None:
        """Have a keeper: a process of its own, since it must outlive whoever gets killed."""
        if is_locked(self._own / "keeper.lock"):
            return
        log = os.open(self._own / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        paths = [str(path.absolute()) for path in (PACKAGE.parent, *map(Path, filter(None, given)))]
        self._keeper = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "guardian.db.keeper", str(self.home)],
            cwd=self.home.anchor,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        os.close(log)


def _url(found: Postmaster, role: str, password: str, database: str) -> str:
    where = f"{role}:{quote(password, safe='')}@"
    if found.host.startswith("/"):
        return f"postgresql://{where}/{database}?host={quote(found.host, safe='')}&port={found.port}"
    return f"postgresql://{where}{found.host}:{found.port}/{database}"
