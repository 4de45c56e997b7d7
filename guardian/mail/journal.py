"""A worker's own memory of what the mail server took: one line per 250, written before anything else happens.

The database learns of results in batches. A worker that is killed between a 250 and its batch would send those letters
again; its successor reads the journal first. A write that has reached the operating system survives `kill -9`.
"""

import os
from pathlib import Path
from uuid import UUID

import msgspec


class Acceptance(msgspec.Struct, frozen=True):
    """That the mail server took a message, and under which id it queued it."""

    message: UUID
    queue_id: str | None = None


class Journal:
    """An append-only file of acceptances; emptied whenever the database has them all."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, acceptance: Acceptance) -> None:
        """Remember an acceptance. One write call, so that a line is there whole or not at all."""
        os.write(self._file, msgspec.json.encode(acceptance) + b"\n")

    def empty(self) -> None:
        """Forget everything: the database knows."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close and remove the file; for an orderly end, when nothing is in doubt."""
        os.close(self._file)
        self.path.unlink(missing_ok=True)


def read(path: Path) -> list[Acceptance]:
    """What a dead worker remembered; a line cut short by a full disk is left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Acceptance))
        except msgspec.DecodeError:
            continue
    return found
