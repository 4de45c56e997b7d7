"""The configuration of the embedded server: no network, nothing trusted, nothing personal in its log."""

from pathlib import Path

import pytest

from guardian.db import server_settings
from guardian.db.cluster import Postmaster
from guardian.db.embedded import _url
from guardian.db.server_settings import access_rules


def _read(text: str) -> dict[str, str]:
    pairs = (line.partition(" = ") for line in text.splitlines() if " = " in line and not line.startswith("#"))
    return {name: value[1:-1] for name, _, value in pairs}


def test_with_a_socket_there_is_no_network() -> None:
    settings = _read(server_settings.server_settings(socket=Path("/a/b"), port=5432))
    assert settings["listen_addresses"] == ""
    assert settings["unix_socket_directories"] == "/a/b"
    assert settings["fsync"] == settings["synchronous_commit"] == "on"


def test_without_a_socket_this_machine_alone_may_connect() -> None:
    settings = _read(server_settings.server_settings(socket=None, port=6000))
    assert (settings["listen_addresses"], settings["port"]) == ("127.0.0.1", "6000")


@pytest.mark.parametrize("socket", [True, False])
def test_nobody_is_trusted(socket: bool) -> None:
    methods = {line.split()[-1] for line in access_rules(socket=socket).splitlines()}
    assert methods == {"scram-sha-256"}


def test_quotes_in_a_path_stay_part_of_the_path() -> None:
    text = server_settings.server_settings(socket=Path("/it's \\ here"), port=1)
    assert "unix_socket_directories = '/it''s \\\\ here'" in text


@pytest.mark.parametrize(("memory", "buffers"), [(512, "64MB"), (4096, "512MB"), (1024 * 256, "1024MB")])
def test_buffers_follow_the_memory_within_bounds(memory: int, buffers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_settings, "_memory", lambda: memory * 1024 * 1024)
    assert _read(server_settings.server_settings(socket=None, port=1))["shared_buffers"] == buffers


def test_a_url_carries_a_path_with_spaces_and_a_password_with_signs() -> None:
    found = Postmaster(pid=1, host="/a b/c", port=5432, ready=True)
    assert _url(found, "role", "p/w:@", "db") == "postgresql://role:p%2Fw%3A%40@/db?host=%2Fa%20b%2Fc&port=5432"
    there = Postmaster(pid=1, host="127.0.0.1", port=6000, ready=True)
    assert _url(there, "role", "pw", "db") == "postgresql://role:pw@127.0.0.1:6000/db"
