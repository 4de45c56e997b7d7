# ruff: noqa: ASYNC221, ASYNC240 (a test has its loop for itself)
"""The embedded PostgreSQL on this machine, each test in a data home of its own."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from ruamel.yaml import YAML

from guardian.db import placement
from guardian.db.cluster import ADMIN, cluster_in
from guardian.db.embedded import Embedded
from guardian.db.programs import server_binaries
from guardian.errors import Unavailable
from guardian.resources import PACKAGE

ROOT = os.geteuid() == 0
STAY = """
import sys, time
from pathlib import Path
from guardian.db.embedded import Embedded
server = Embedded(Path(sys.argv[1]))
print(server.ensure_running().database, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A data home with a short path that the system user of the database may reach."""
    folder = Path(tempfile.mkdtemp(prefix="guardian-test-", dir="/tmp"))
    yield folder / "home"
    Embedded(folder / "home").stop()
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _reachable(home: Path) -> None:
    home.parent.chmod(0o711)


def user_of(home: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input closes."""
    command = [sys.executable, "-c", STAY, str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def run(url: str, *statements: str) -> object:
    """Execute the statements on a fresh connection; the last one's value."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_it_starts_from_nothing_says_what_it_does_and_is_postgresql_18(home: Path) -> None:
    said: list[str] = []
    server = Embedded(home, progress=said.append)
    urls = server.ensure_running()
    assert await run(urls.database, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
    assert await run(urls.database, "SELECT current_user") == "guardian_app"
    assert await run(urls.migration, "SELECT current_user") == "guardian_owner"
    assert said == ["Making the database …", "Starting the database …"]
    assert server.status().running
    assert "password" not in repr(urls)
    assert "@" not in repr(urls)


def test_a_second_caller_reuses_the_running_server(home: Path) -> None:
    first, second = Embedded(home), Embedded(home)
    urls = first.ensure_running()
    pid = first.status().pid
    assert second.ensure_running() == urls
    assert second.status().pid == pid
    assert second.status().users == 2


def test_three_processes_that_start_at_once_share_one_server(home: Path) -> None:
    processes = [user_of(home) for _ in range(3)]
    urls = {first_line(process) for process in processes}
    assert len(urls) == 1
    assert urls != {""}
    status = Embedded(home).status()
    assert (status.running, status.users) == (True, 3)
    for process in processes:
        finish(process)


def test_the_server_stops_when_the_last_user_leaves(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    other = user_of(home)
    first_line(other)
    pid = server.status().pid
    assert pid
    server.leave()
    assert server.status().running
    finish(other)
    assert not server.status().running
    assert not alive(pid)


def test_the_server_stops_when_its_users_were_killed(home: Path) -> None:
    processes = [user_of(home), user_of(home)]
    for process in processes:
        first_line(process)
    pid = Embedded(home).status().pid
    assert pid
    for process in processes:
        process.kill()
        process.communicate()
    wait_until(lambda: not alive(pid))


async def test_after_a_kill_of_everything_the_next_start_recovers_and_keeps_the_data(home: Path) -> None:
    process = user_of(home)
    url = first_line(process)
    await run(
        Embedded(home).ensure_running().migration,
        "CREATE TABLE t (n int)",
        "GRANT ALL ON t TO guardian_app",
        "SELECT 1",
    )
    connection = await asyncpg.connect(url)
    await connection.execute("INSERT INTO t VALUES (7)")
    server = Embedded(home)
    pid = server.status().pid
    assert pid
    process.kill()
    os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert await run(server.ensure_running().database, "SELECT n FROM t") == 7
    assert server.status().pid != pid
    connection.terminate()


async def test_a_stale_pid_that_now_belongs_to_another_program_does_not_stop_the_start(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    status = server.status()
    assert status.folder
    assert status.pid
    file = status.folder / "data" / "postmaster.pid"
    text = file.read_text()
    os.kill(status.pid, signal.SIGKILL)
    wait_until(lambda: not alive(status.pid or 0))
    file.write_text(text.replace(str(status.pid), str(os.getpid()), 1))
    assert await run(server.ensure_running().database, "SELECT 1") == 1


async def test_a_lost_socket_is_mended_without_a_second_server_on_the_same_data(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    status = server.status()
    assert status.folder
    assert status.pid
    for path in (status.folder / "socket").iterdir():
        path.unlink()
    assert await run(server.ensure_running().database, "SELECT 1") == 1
    assert not alive(status.pid)


def test_a_copy_of_a_data_home_in_use_is_not_taken_for_the_running_one(home: Path) -> None:
    Embedded(home).ensure_running()
    copy = home.with_name("copy")
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("socket", "*.lock"))
    assert not Embedded(copy).status().running


async def test_only_its_own_user_may_enter_the_data_and_the_socket(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    folder = server.status().folder
    assert folder
    for private in (
        folder,
        folder / "data",
        folder / "socket",
        home / "embedded",
        home / "embedded" / "users",
    ):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700, private
    assert stat.S_IMODE((home / "embedded" / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) & 0o007 == 0
    assert "trust" not in (folder / "data" / "pg_hba.conf").read_text()


async def test_it_listens_on_no_network_and_asks_for_a_password(home: Path) -> None:
    urls = Embedded(home).ensure_running()
    assert await run(urls.admin, "SHOW listen_addresses") == ""
    assert await run(urls.admin, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(urls.database, password="wrong")


async def test_what_was_acknowledged_survives_and_the_log_holds_no_statement(home: Path) -> None:
    server = Embedded(home)
    urls = server.ensure_running()
    settings = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
    assert [await run(urls.database, f"SHOW {name}") for name in settings] == ["on"] * 4
    await run(
        urls.migration, "CREATE TABLE secret (name text PRIMARY KEY)", "GRANT ALL ON secret TO guardian_app", "SELECT 1"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await run(urls.database, "INSERT INTO secret VALUES ('Zofia'), ('Zofia')", "SELECT 1")
    log = server.status().log
    assert log
    assert "unique constraint" in log.read_text()
    assert "Zofia" not in log.read_text()


async def test_the_service_cannot_pass_by_row_level_security_nor_give_itself_the_right(home: Path) -> None:
    urls = Embedded(home).ensure_running()
    await run(
        urls.migration,
        "CREATE TABLE t (owner text)",
        "INSERT INTO t VALUES ('mine'), ('theirs')",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "GRANT SELECT ON t TO guardian_app",
        "CREATE POLICY p ON t USING (owner = current_setting('app.scope', true))",
        "SELECT 1",
    )
    assert await run(urls.database, "SELECT count(*) FROM t") == 0
    assert await run(urls.database, "SET app.scope = 'mine'", "SELECT count(*) FROM t") == 1
    for refused in (
        "ALTER TABLE t DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE guardian_app BYPASSRLS",
        "SET ROLE guardian_owner",
        "TRUNCATE t",
        "CREATE TABLE more (n int)",
        "CREATE DATABASE another",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(urls.database, refused, "SELECT 1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(urls.database, "SET row_security = off", "SELECT count(*) FROM t")


async def test_a_long_path_gets_a_short_private_socket_folder(home: Path) -> None:
    server = Embedded(home / ("long-" * 20) / "a path, with a comma")
    if ROOT:
        home.mkdir(parents=True, mode=0o711)
        (home / ("long-" * 20)).mkdir(mode=0o711)
    urls = server.ensure_running()
    assert await run(urls.database, "SELECT 1") == 1
    folder = Path(str(await run(urls.admin, "SHOW unix_socket_directories")))
    assert len(str(folder)) < 60
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    server.stop()
    server.ensure_running()
    assert await run(urls.admin, "SHOW unix_socket_directories") == str(folder)
    server.leave()
    folder.rmdir()


@pytest.mark.skipif(not ROOT, reason="only root has a system user of its own for the database")
def test_as_root_the_server_runs_as_a_system_user_that_owns_its_files_only(home: Path) -> None:
    import pwd

    server = Embedded(home)
    server.ensure_running()
    status = server.status()
    assert status.folder
    user = pwd.getpwnam(placement.USER).pw_uid
    assert Path(f"/proc/{status.pid}").stat().st_uid == user
    assert status.folder.stat().st_uid == user
    assert home.stat().st_uid == 0
    assert (home / "embedded" / "passwords.json").stat().st_uid == 0


@pytest.mark.skipif(not ROOT, reason="only root starts it as another user")
async def test_as_root_a_home_nobody_else_can_reach_keeps_its_data_in_a_folder_of_the_system(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuge = home.with_name("refuge")
    monkeypatch.setattr(placement, "REFUGE", refuge)
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    server = Embedded(closed / "home")
    urls = server.ensure_running()
    assert await run(urls.database, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    folder = server.status().folder
    assert folder
    assert folder.parent == refuge
    assert (closed / "home" / "postgres").is_symlink()
    server.leave()


@pytest.mark.skipif(not ROOT, reason="only root copies the programs")
async def test_as_root_programs_that_nobody_else_may_read_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    package = server_binaries().folder.parent.parent
    hidden = closed / package.name
    skip = shutil.ignore_patterns("include", "*.a", "pginstall", "*.py")
    shutil.copytree(package, hidden, symlinks=True, ignore=skip)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    shipped = type(server_binaries())(hidden / server_binaries().folder.parent.name / "bin")
    monkeypatch.setattr(placement, "server_binaries", lambda: shipped)
    server = Embedded(home)
    assert await run(server.ensure_running().database, "SELECT 1") == 1
    copies = list((home / "postgres").glob("programs-18.*"))
    assert len(copies) == 1
    assert Path(f"/proc/{server.status().pid}/exe").readlink().is_relative_to(copies[0])
    server.leave()


def test_what_hinders_the_start_is_told_with_the_log_that_says_more(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    server.stop()
    folder = server.status().folder
    assert folder
    (folder / "data" / "local.conf").write_text("shared_buffers = 'nonsense'\n")
    with pytest.raises(Unavailable) as caught:
        server.ensure_running()
    assert caught.value.code == "embedded_not_started"
    assert str(folder / "server.log") in str(caught.value)
    assert "shared_buffers" in (folder / "server.log").read_text()
    assert server.users() == 0


def test_lost_passwords_and_data_of_another_version_are_refused_with_a_remedy(home: Path) -> None:
    server = Embedded(home)
    server.ensure_running()
    server.leave()
    version = home / "postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Unavailable, match="PostgreSQL 17"):
        server.ensure_running()
    version.write_text("18\n")
    (home / "embedded" / "passwords.json").unlink()
    with pytest.raises(Unavailable, match="backup"):
        server.ensure_running()


def test_an_interrupted_first_start_leaves_nothing_that_hinders_the_next(home: Path) -> None:
    half = home / "postgres" / "making-abc" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    Embedded(home).ensure_running()
    assert not (home / "postgres" / "making-abc").exists()


def test_the_tools_that_come_with_the_server_run() -> None:
    for name in ("psql", "pg_dump", "pg_restore", "pg_basebackup", "pgbench"):
        result = subprocess.run([str(server_binaries()[name]), "--version"], capture_output=True, text=True, check=True)
        assert " 18." in result.stdout


async def test_a_base_backup_can_be_taken(home: Path) -> None:
    urls = Embedded(home).ensure_running()
    target = home.with_name("backup")
    options = ["-d", urls.admin, "-D", str(target), "--no-sync", "--checkpoint=fast"]
    command = [str(server_binaries().pg_basebackup), *options]
    subprocess.run(command, check=True, capture_output=True)
    assert (target / "PG_VERSION").read_text() == "18\n"


async def test_the_roles_that_the_compose_file_makes_are_those_of_the_embedded_server(home: Path) -> None:
    home.mkdir(mode=0o711)
    cluster = cluster_in(home)
    cluster.make("admin-password")
    found = cluster.start()
    script = YAML(typ="safe").load(PACKAGE.parent / "compose.yaml")["configs"]["roles"]["content"].replace("$$", "$")
    given = {"POSTGRES_USER": ADMIN, "GUARDIAN_APP_PASSWORD": "a'pp", "GUARDIAN_OWNER_PASSWORD": "owner"}
    server = {"PGHOST": found.host, "PGPORT": str(found.port), "PGPASSWORD": "admin-password"}
    path = {"PATH": f"{server_binaries().folder}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["bash", "-euc", script], env=given | server | path, check=True, capture_output=True)
    rights = "select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = "
    made = await asyncpg.connect(
        host=found.host, port=found.port, user="guardian_app", password="a'pp", database="guardian"
    )
    embedded = await asyncpg.connect(Embedded(home.with_name("other")).ensure_running().database)
    for role in ("guardian_app", "guardian_owner"):
        assert await made.fetchrow(f"{rights}'{role}'") == await embedded.fetchrow(f"{rights}'{role}'")
    owner = "select pg_get_userbyid(datdba), datacl::text from pg_database where datname = 'guardian'"
    assert await made.fetchrow(owner) == await embedded.fetchrow(owner)
    await made.close()
    await embedded.close()
    cluster.stop()
    Embedded(home.with_name("other")).stop()
