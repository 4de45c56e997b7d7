"""What is installed: pinned, hashed, from nobody's registry in particular; and each dependency explained."""

import re
import tomllib

from tests.architecture.sources import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def test_the_lock_names_no_registry() -> None:
    # Neither an address nor an option of any kind: each would say where packages come from.
    assert [line for line in LOCK.splitlines() if "://" in line or line.startswith("-")] == []


def test_every_locked_package_is_pinned_and_hashed() -> None:
    packages = re.findall(r"^(\S+)==(\S+)((?:.*\\\n)(?:\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)?", LOCK, re.MULTILINE)
    assert [name for name, _, hashes in packages if not hashes] == []
    starts = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(packages) == len(starts)


def test_every_dependency_is_locked() -> None:
    locked = {_name(line) for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))}
    assert {_name(requirement) for requirement in DIRECT} - locked == set()


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {_name(name) for name in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)}
    assert {_name(requirement) for requirement in DIRECT} == explained
