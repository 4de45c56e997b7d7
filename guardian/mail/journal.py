"""A sender's own memory of what the mail server took: one line per 250, written before anything else happens.

The database learns of results in batches. A worker that is killed between a 250 and its batch would send those letters
again; its successor reads the journal first. What was written to the file's memory survives `kill -9`.

Whoever writes a journal holds a lock on it, which the operating system lets go when its holder dies. So "this journal
can be locked" means "its writer is dead", whatever the database knows meanwhile.
"""

import errno
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from guardian.db.locks import held, is_file, try_lock

_SUFFIX = ".journal"
_ROOM = 64 * 1024
"""Octets kept free after the last line: enough for a batch."""


class Acceptance(msgspec.Struct, frozen=True):
    """That the mail server took a message, and under which id it queued it."""

    message: UUID
    queue_id: str | None = None


class Journal:
    """A file of acceptances, emptied whenever the database has them all. One writer, one batch at a time.

    It is written through shared memory and never made longer or shorter while letters go out: a `write` or `truncate`
    would wait for the disk each time the database makes a COMMIT last. Raises OSError where its folder cannot be
    written or the disk is full.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._file = held(path)
        self._end = len(path.read_bytes().rstrip(b"\0"))
        _reserve(self._file, self._end + _ROOM)
        self._memory = mmap.mmap(self._file, 0)

    def write(self, acceptance: Acceptance) -> None:
        """Remember an acceptance. A line that a kill cut short has no line end and counts for nothing. Raises
        OSError.
        """
        if self._memory.closed:
            raise OSError(errno.EBADF, "the journal is closed")
        line = msgspec.json.encode(acceptance) + b"\n"
        end = self._end + len(line)
        if end > len(self._memory):
            _reserve(self._file, end + _ROOM)
            self._memory.resize(end + _ROOM)
        self._memory[self._end : end] = line
        self._end = end

    def empty(self) -> None:
        """Forget everything: the database knows."""
        self._memory[: self._end] = bytes(self._end)
        self._end = 0

    def close(self) -> None:
        """Remove the file, then let go of it; for an orderly end, when nothing is in doubt."""
        self.path.unlink(missing_ok=True)
        self.leave()

    def leave(self) -> None:
        """Let go of the file and keep what it says, for a successor. A second call does nothing."""
        if not self._memory.closed:
            self._memory.close()
            os.close(self._file)


def _reserve(file: int, size: int) -> None:
    """Fill the file up with noughts: a page without room on the disk would kill its writer. Raises OSError."""
    there = os.lseek(file, 0, os.SEEK_END)
    while there < size:
        there += os.write(file, bytes(size - there))


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
        if is_file(lock, path):
            yield read(path)
            path.unlink(missing_ok=True)
        else:
            yield None
    finally:
        os.close(lock)


def read(path: Path) -> list[Acceptance]:
    """What a journal says; a line cut short is left out, a journal that is gone says nothing."""
    found = []
    for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else ():
        try:
            found.append(msgspec.json.decode(line.lstrip(b"\0"), type=Acceptance))
        except msgspec.DecodeError:
            continue
    return found
