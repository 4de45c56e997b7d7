"""Where files lie in the open while they are read: each in a place of its own that only this account can see.

A place lives as long as its holder: the lock beside it is let go by the operating system when the holder dies, however
it dies. What such a holder left goes when a process starts, when the next file is read, and with every sweep. No age is
compared, so that no clock can be wrong.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

from guardian.context import Context
from guardian.db.locks import held, try_lock

_PIECE = 1024 * 1024
_LOCK = ".lock"


def folder_of(ctx: Context) -> Path:
    """The folder of all places."""
    return ctx.settings.home / "reading"


@contextlib.asynccontextmanager
async def place(ctx: Context) -> AsyncIterator[Path]:
    """An empty folder, gone again with everything in it at the end. What the dead left goes first. Raises OSError."""
    await asyncio.to_thread(sweep, ctx)
    made, lock = await asyncio.to_thread(_make, folder_of(ctx), ctx.new_id())
    try:
        yield made
    finally:
        await asyncio.to_thread(_remove, made, lock)


@contextlib.asynccontextmanager
async def received(ctx: Context, sent: IO[bytes]) -> AsyncIterator[Path]:
    """A file that somebody sent, as a file of its own, gone again at the end. Raises OSError."""
    async with place(ctx) as made:
        path = made / "received"
        await asyncio.to_thread(_copy, sent, path)
        yield path


def sweep(ctx: Context) -> int:
    """Remove the places whose holders are dead; answers how many."""
    removed = 0
    for beside in folder_of(ctx).glob(f"*{_LOCK}"):
        try:
            lock = try_lock(beside, create=False)
        except FileNotFoundError:
            continue
        if lock is not None:
            _remove(beside.with_suffix(""), lock)
            removed += 1
    return removed


def open_private(path: Path) -> BinaryIO:
    """A new file for writing that only this account can read. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _make(folder: Path, name: UUID) -> tuple[Path, int]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = folder / str(name)
    lock = held(made.with_suffix(_LOCK))
    made.mkdir(mode=0o700)
    return made, lock


def _remove(made: Path, lock: int) -> None:
    shutil.rmtree(made, ignore_errors=True)
    if not made.exists():
        made.with_suffix(_LOCK).unlink(missing_ok=True)
    os.close(lock)


def _copy(sent: IO[bytes], path: Path) -> None:
    with open_private(path) as file:
        sent.seek(0)
        shutil.copyfileobj(sent, file, _PIECE)
