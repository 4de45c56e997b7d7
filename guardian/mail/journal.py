"""A sender's own memory of what the mail server took: one line per 250, written before anything else happens.

The database learns of results in batches. A worker that is killed between a 250 and its batch would send those letters
again; its successor reads the journal first. A write that has reached the operating system survives `kill -9`.

Whoever writes a journal holds a lock on it, which the operating system lets go when its holder dies. So "this journal
can be locked" means "its writer is dead", whatever the database knows meanwhile.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from guardian.db.locks import try_lock

_SUFFIX = ".journal"


class Acceptance(msgspec.Struct, frozen=True):
    """That the mail server took a message, and under which id it queued it."""

    message: UUID
    queue_id: str | None = None


class Journal:
    """An append-only file of acceptances; emptied whenever the database has them all. One writer, one batch at a time.

    Raises OSError where its folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._lock = _held(path)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, acceptance: Acceptance) -> None:
        """Remember an acceptance. One write call, so that a line is there whole or not at all. Raises OSError."""
        os.write(self._file, msgspec.json.encode(acceptance) + b"\n")

    def empty(self) -> None:
        """Forget everything: the database knows."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Remove the file, then let go of it; for an orderly end, when nothing is in doubt."""
        self.path.unlink(missing_ok=True)
        self.leave()

    def leave(self) -> None:
        """Let go of the file and keep what it says, for a successor. A second call does nothing."""
        for file in (self._file, self._lock):
            if file >= 0:
                os.close(file)
        self._file = self._lock = -1


def _held(path: Path) -> int:
    """The lock of a new journal. A successor that looked in just now took it for a dead one's and removed it: again."""
    while True:
        lock = try_lock(path)
        if lock is not None:
            if _is(lock, path):
                return lock
            os.close(lock)
        time.sleep(0.01)


def _is(file: int, path: Path) -> bool:
    """Whether the open file is the one that has that name now."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def journal_of(folder: Path, worker: str) -> Path:
    """Where a worker of that name keeps its journal."""
    return folder / f"{worker}{_SUFFIX}"


def workers(folder: Path) -> list[str]:
    """The names of the workers, living and dead, that have a journal in a folder."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


@contextmanager
def inherited(path: Path) -> Iterator[list[Acceptance] | None]:
    """What a dead worker remembered; nothing when its writer lives or another successor came first.

    The file is removed if the block ends well, and kept for the next attempt if it fails.
    """
    try:
        lock = try_lock(path, create=False)
    except FileNotFoundError:
        lock = None
    if lock is None:
        yield None
        return
    try:
        if _is(lock, path):
            yield read(path)
            path.unlink(missing_ok=True)
        else:
            yield None
    finally:
        os.close(lock)


def read(path: Path) -> list[Acceptance]:
    """What a journal says; a line cut short by a full disk is left out, a journal that is gone says nothing."""
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            found.append(msgspec.json.decode(line, type=Acceptance))
        except msgspec.DecodeError:
            continue
    return found
