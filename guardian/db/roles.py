"""The database of the embedded server and its two roles: one that owns and migrates, one that serves."""

import os
import subprocess

from guardian.db.cluster import ADMIN, Cluster, Postmaster
from guardian.db.programs import server_binaries
from guardian.errors import Unavailable
from guardian.i18n import gettext_noop as N_

DATABASE = "guardian"
OWNER = "guardian_owner"
APP = "guardian_app"

# Neither role can pass by row-level security. The owner may make databases, into which a backup is restored; the
# service's role makes nothing that lasts, and what it may touch is granted by guardian.db.migrate.
_SQL = f"""
DO $do$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN
    CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
    CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
END $do$;
ALTER ROLE {OWNER} PASSWORD '%(owner)s';
ALTER ROLE {APP} PASSWORD '%(app)s';
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP};
"""


def make_roles(cluster: Cluster, found: Postmaster, passwords: dict[str, str]) -> None:
    """Make the database and the roles, as far as missing. Raises Unavailable when the server refuses."""
    command = [
        str(server_binaries().psql),
        "-XqAt",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        found.host,
        "-p",
        str(found.port),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    result = subprocess.run(  # noqa: S603
        [*command, "-U", ADMIN, "-d", "postgres"],
        input=_SQL % {"owner": passwords[OWNER], "app": passwords[APP]},
        env=environment | {"PGPASSWORD": passwords[ADMIN]},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        said = result.stderr.strip().splitlines()
        raise Unavailable(
            "embedded_roles",
            N_("The database in %(folder)s runs, but its roles could not be made (%(reason)s). Its log is %(log)s."),
            params={
                "folder": str(cluster.folder),
                "reason": said[-1].partition("ERROR:")[2].strip() if said else "-",
                "log": str(cluster.log),
            },
        )
