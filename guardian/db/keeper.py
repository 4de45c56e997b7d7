"""Watches the users of an embedded server and stops it when the last is gone, killed ones included.

Started by `guardian.db.embedded` as a process of its own: `python -m guardian.db.keeper HOME`.
"""

import sys
import time
from pathlib import Path

from guardian.db.embedded import Embedded
from guardian.db.locks import try_lock

_INTERVAL = 0.3  # seconds


def keep(home: Path) -> None:
    """Wait until nobody uses the server, then stop it. Returns at once when another keeper is there."""
    lock = home / "embedded" / "keeper.lock"
    if not lock.parent.is_dir() or (held := try_lock(lock)) is None:
        return
    server = Embedded(home)
    while lock.exists():
        time.sleep(_INTERVAL)
        if not server.users() and server.stop_unless_used(closing=held):
            return


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
