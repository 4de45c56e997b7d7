"""The container set-up: valid, with commands and settings that exist, with nothing published by accident."""

import re
import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from guardian.resources import PACKAGE

ROOT = PACKAGE.parent
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")
OURS = ("web", "worker", "migrate")


def test_the_compose_file_follows_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("service", OURS)
def test_each_service_runs_a_command_that_exists_with_options_that_it_has(service: str) -> None:
    from guardian.__main__ import cli

    name, *rest = COMPOSE["services"][service]["command"]
    command = cli.commands[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= options


def test_the_image_starts_the_command_line_as_a_user_without_rights() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["guardian"]' in text
    assert re.search(r"^USER guardian$", text, re.MULTILINE)
    assert "--require-hashes -r requirements.lock" in text
    assert "/health/live" in text


def test_each_setting_in_the_compose_file_is_one_that_is_read() -> None:
    import msgspec

    from guardian.settings import Settings

    known = {f"GUARDIAN_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    for service in OURS:
        assert set(COMPOSE["services"][service]["environment"]) <= known | {"GUARDIAN_SECRET_FILE"}


def test_only_this_machine_reaches_what_is_published_and_nobody_the_database() -> None:
    published = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert published["postgres"] == []
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_everything_that_the_image_copies_is_let_into_the_build() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for word in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in
