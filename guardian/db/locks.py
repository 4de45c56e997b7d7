"""Locks between processes of one machine, let go by the operating system when their holder dies, however
it dies.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(path: Path, *, create: bool = True) -> int | None:
    """Take the lock and answer its file descriptor; None when another holds it. Close it to let go.

    The descriptor is not inherited by programs that are started; a forked child shares the lock.
    """
    file = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0) | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _take(file)
    except OSError:
        os.close(file)
        return None
    return file


def held(path: Path) -> int:
    """Take the lock of a new file whose finder removes it when its maker is dead. A finder that looked in just now took
    this one for a dead maker's: then it is made again.
    """
    while True:
        file = try_lock(path)
        if file is not None:
            if is_file(file, path):
                return file
            os.close(file)
        time.sleep(0.01)


def is_file(file: int, path: Path) -> bool:
    """Whether the open file is the one that has that name now."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock at this moment. Asking takes it for a blink, so a taker must try
    again.
    """
    try:
        file = try_lock(path, create=False)
    except FileNotFoundError:
        return False
    if file is not None:
        os.close(file)
    return file is None


@contextmanager
def locked(path: Path, *, patience: float = 120.0) -> Iterator[None]:
    """Hold the lock for the block. Raises Unavailable when another kept it for `patience` seconds."""
    until = time.monotonic() + patience
    while (file := try_lock(path)) is None:
        if time.monotonic() > until:
            raise Unavailable(
                "embedded_locked",
                N_(
                    "Another process has been starting or stopping the database in %(folder)s for "
                    "%(seconds)d seconds. End it, then try again; nothing is lost."
                ),
                params={"folder": str(path.parent), "seconds": int(patience)},
                where=str(path),
            )
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(file)
