"""Where the embedded cluster lies, and as whom it runs.

PostgreSQL refuses to run as root. When we are root, a system user of our own (`guardian-db`) runs it, from
folders that this user may reach; nothing outside the data home changes its owner or mode.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from guardian.db.programs import Programs, server_binaries
from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_

USER = "guardian-db"
_USERADD = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
# As root only: holds the cluster when the data home lies where `guardian-db` cannot reach it, as below /root.
REFUGE = Path("/var/lib/guardian")
SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un holds 103 bytes on the tightest systems; the rest is for the suffix of the lock file beside it.
_SOCKET_LIMIT = 100


class RunAs(msgspec.Struct, frozen=True):
    """Whose programs the cluster's are: ourselves, or, when we are root, `guardian-db`."""

    uid: int | None = None
    gid: int | None = None

    def run(self, command: Sequence[object], *, cwd: Path, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as that user, with a bare environment. Never raises for its exit code."""
        change: dict[str, object] = {} if sys.platform == "win32" else {"umask": 0o077}
        if self.uid is not None:
            change |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603 (our own programs only)
            [str(part) for part in command],
            cwd=cwd,
            timeout=timeout,
            env={**kept, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **change,
        )

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to that user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_folder(self, path: Path) -> Path:
        """A private folder (0700) of that user; made when absent."""
        if path.is_symlink():  # planted: as root we would change somebody else's folder
            path.unlink()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.own(path)
        path.chmod(0o700)
        return path


def run_as(cluster: Path) -> RunAs:
    """Who runs that cluster: we ourselves; as root whoever owns it already, else `guardian-db`, made once.

    Raises Unavailable when that system user cannot be made.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return RunAs()
    if cluster.is_dir() and (facts := cluster.stat()).st_uid != 0:
        return RunAs(facts.st_uid, facts.st_gid)
    import pwd  # noqa: PLC0415 (not on every platform)

    makers = (
        [*_USERADD, "--shell", "/usr/sbin/nologin", USER],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", USER],
    )
    for maker in ((), *makers):
        if maker and shutil.which(maker[0]):
            # Another process may have made it in between: the look-up that follows decides, not the exit
            # code.
            subprocess.run(maker, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
        try:
            entry = pwd.getpwnam(USER)
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise Unavailable(
        "embedded_no_user",
        N_(
            "PostgreSQL does not run as root, and the system user %(user)s could not be made. Make it "
            "(useradd --system %(user)s), or start as another user, or set GUARDIAN_DATABASE_URL to a "
            "PostgreSQL server."
        ),
        params={"user": USER},
    )


def cluster_folder(home: Path, who: RunAs) -> Path:
    """The folder that holds the cluster: `home/postgres`, which is a link into `REFUGE` when it must lie
    there.
    """
    folder = home / "postgres"
    if folder.is_dir() and folder.stat().st_uid == (os.geteuid() if who.uid is None else who.uid):
        return folder.resolve()
    if who.uid is not None and who.gid is not None:
        if not _reaches(who, home):
            # One bit for one group, on the data home itself: its other files keep modes of their own.
            os.chown(home, -1, who.gid)
            home.chmod(stat.S_IMODE(home.stat().st_mode) | stat.S_IXGRP)
        if not _reaches(who, home):
            REFUGE.mkdir(mode=0o711, parents=True, exist_ok=True)
            refuge = Path(tempfile.mkdtemp(prefix="cluster-", dir=REFUGE))
            folder.unlink(missing_ok=True)  # a link whose target is gone
            folder.symlink_to(refuge)
    return who.make_folder(folder.resolve())


def programs_for(cluster: Path, who: RunAs) -> Programs:
    """The PostgreSQL programs that this user may run: those of the wheel, else a copy of them in the
    cluster folder.
    """
    shipped = server_binaries()
    # By way of a shell: a program that may not be run is then an exit code.
    probe = ("sh", "-c", 'exec "$0" --version', shipped.postgres)
    if who.uid is None or who.run(probe, cwd=Path("/")).returncode == 0:
        return shipped
    package = shipped.folder.parent.parent
    version = subprocess.run([shipped.postgres, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    copy = cluster / f"programs-{version.stdout.split()[-1]}"
    if not copy.is_dir():
        making = Path(tempfile.mkdtemp(prefix="programs.", dir=cluster))
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for them beside the package
        left_out = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        target = making / package.name / shipped.folder.parent.name
        shutil.copytree(shipped.folder.parent, target, symlinks=True, ignore=left_out)
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name)
        for path in (making, *making.rglob("*")):
            who.own(path)
        making.replace(copy)
    return Programs(copy / package.name / shipped.folder.parent.name / "bin")


def socket_folder(cluster: Path, who: RunAs) -> Path:
    """A private folder (0700) for the socket: in the cluster folder, or where a long path would not fit, a
    short one.

    The short one has a name nobody can foresee, kept in the file `socket-folder`; call it under the start
    lock only.
    """
    near = cluster / "socket"
    if _fits(near):
        return who.make_folder(near)
    note = cluster / "socket-folder"
    if note.is_file() and _is_private(kept := Path(note.read_text("utf-8")), who):
        return kept
    for place in (Path("/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 (mkdtemp: private, unforeseeable)
        if _fits(place / "guardian-12345678") and os.access(place, os.W_OK):
            short = who.make_folder(Path(tempfile.mkdtemp(prefix="guardian-", dir=place)))
            replace_file(note, str(short), who)
            return short
    raise Unavailable(
        "embedded_socket_path",
        N_("The path %(folder)s is too long for a socket. Set GUARDIAN_HOME to a folder with a shorter path."),
        params={"folder": str(near)},
    )


def replace_file(path: Path, text: str, who: RunAs) -> None:
    """Write a file (0600) whole or not at all; a link planted in its place is replaced, never followed."""
    making = path.with_name(f"{path.name}.making")
    making.unlink(missing_ok=True)
    file = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    who.own(making)
    making.replace(path)


def _reaches(who: RunAs, folder: Path) -> bool:
    return who.run(["test", "-x", folder], cwd=Path("/")).returncode == 0


def _fits(folder: Path) -> bool:
    # A comma separates folders in the server's setting.
    return len(os.fsencode(folder / SOCKET_NAME)) <= _SOCKET_LIMIT and "," not in str(folder)


def _is_private(folder: Path, who: RunAs) -> bool:
    try:
        facts = folder.lstat()
    except OSError:
        return False
    owner = os.getuid() if who.uid is None else who.uid
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == owner and stat.S_IMODE(facts.st_mode) == 0o700
