"""Places where files are read: private, gone at the end, and never taken from under a reader."""

import asyncio
import io
import subprocess
import sys

from guardian.context import Context
from guardian.roster import erasure, workshop
from tests.conftest import FixedClock

_HOLDER = """
import sys
from pathlib import Path
from uuid import UUID
from guardian.roster import workshop
made, lock = workshop._make(Path(sys.argv[1]), UUID(int=7))
(made / "roster").write_text("in the open")
print("ready", flush=True)
sys.stdin.read()
"""


async def test_a_place_in_use_outlives_a_clock_that_jumps(ctx: Context, clock: FixedClock) -> None:
    async with workshop.received(ctx, io.BytesIO(b"rows")) as path:
        clock.advance(hours=24 * 365)
        await erasure.erase_old_uploads(ctx)
        assert path.read_bytes() == b"rows"
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
    assert not list(workshop.folder_of(ctx).iterdir())


async def test_what_a_killed_process_left_is_swept_at_once(ctx: Context) -> None:
    folder = workshop.folder_of(ctx)
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    holder = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"ready\n"
    assert workshop.sweep(ctx) == 0
    holder.kill()
    await holder.wait()
    assert [path.name for path in folder.glob("*/roster")] == ["roster"]
    assert workshop.sweep(ctx) == 1
    assert not list(folder.iterdir())
