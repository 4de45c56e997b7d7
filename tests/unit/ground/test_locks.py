"""A lock between processes is let go when its holder ends, however it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guardian.db.locks import is_locked, locked, try_lock
from guardian.errors import Unavailable

HOLD = "import sys; from pathlib import Path; from guardian.db.locks import try_lock; "
HOLD += "print(try_lock(Path(sys.argv[1])), flush=True); sys.stdin.read()"


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = try_lock(path)
    assert held is not None
    assert try_lock(path) is None
    assert is_locked(path)
    os.close(held)
    assert not is_locked(path)


def test_asking_for_a_lock_that_was_never_taken_makes_no_file(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().strip() != "None"
        assert is_locked(path)
        process.kill()
        process.wait()
        assert not is_locked(path)


def test_waiting_ends_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path), pytest.raises(Unavailable, match="try again"), locked(path, patience=0.05):
        pytest.fail("two hold the same lock")
    with locked(path, patience=0.05):
        assert is_locked(path)
