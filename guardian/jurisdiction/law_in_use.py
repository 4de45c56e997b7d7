"""Which table of the law holds in this process: set once at start; `using` puts another in its place to compare."""

import contextlib
from collections.abc import Iterator

from guardian.jurisdiction.law import Law
from guardian.jurisdiction.law_file import shipped


class _Chosen:
    law: Law | None = None
    times = 0


def current() -> Law:
    """The table that holds in this process: the operator's if one was set, else the shipped one."""
    if _Chosen.law is None:
        _Chosen.law = shipped()
    return _Chosen.law


def edition() -> int:
    """Counts the changes of the table in this process, so that what was worked out from it can be told apart."""
    return _Chosen.times


def use(law: Law) -> None:
    """Let a table hold for this process. Called once, at start, before anything is decided."""
    if law is not _Chosen.law:
        _Chosen.law = law
        _Chosen.times += 1


@contextlib.contextmanager
def using(law: Law) -> Iterator[None]:
    """Another table inside the block. Nothing may be awaited in it: the table is the whole process's."""
    before = current()
    use(law)
    try:
        yield
    finally:
        use(before)
