"""The settings of the embedded server: what its two configuration files say."""

import os
import shutil
import sys
from pathlib import Path

_MIB = 1024 * 1024

_FIXED = {
    # A promise that was acknowledged must outlive a power cut.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",  # pg_basebackup needs it
    "max_wal_senders": "4",
    "max_connections": "100",
    "superuser_reserved_connections": "3",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # short statements: compiling them costs more than running them
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    # No statement, no parameter and no DETAIL line ever reaches the log: they would carry names and
    # addresses.
    "log_statement": "none",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def server_settings(*, socket: Path | None, port: int) -> str:
    """The text of postgresql.conf: a socket and no network; without a socket, this machine's own address
    only.
    """
    memory = _memory()
    settings = dict(_FIXED) | {
        "listen_addresses": "" if socket else "127.0.0.1",
        "unix_socket_directories": str(socket or ""),
        "port": str(port),
        "shared_buffers": f"{_between(64, memory // 8 // _MIB, 1024)}MB",
        "effective_cache_size": f"{_between(256, memory // 2 // _MIB, 16 * 1024)}MB",
        "dynamic_shared_memory_type": _shared_memory(),
    }
    lines = [
        "# Written by guardian at every start: changes are overwritten. Your own settings go to local.conf.",
        *(f"{name} = {_quoted(value)}" for name, value in settings.items()),
        "include = 'local.conf'",
    ]
    return "\n".join(lines) + "\n"


def access_rules(*, socket: bool) -> str:
    """The text of pg_hba.conf: everybody shows a password (SCRAM), nobody is trusted."""
    if socket:
        return "local all all scram-sha-256\nlocal replication all scram-sha-256\n"
    return "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _between(low: int, wanted: int, high: int) -> int:
    return max(low, min(wanted, high))


def _memory() -> int:
    """The bytes of memory of this machine; a careful guess where it cannot be asked."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2048 * _MIB


def _shared_memory() -> str:
    if sys.platform == "win32":
        return "windows"
    place = Path("/dev/shm")  # noqa: S108 (asked for its size only)
    if sys.platform == "linux" and (not place.is_dir() or shutil.disk_usage(place).free < 32 * _MIB):
        return "mmap"  # a container without shared memory
    return "posix"
