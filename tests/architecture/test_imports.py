"""The order of the rooms (`.importlinter`), and libraries that only one module may know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules, tree

ONLY_HERE = {"jwt": {"guardian.tokens"}, "pgqueuer": {"guardian.jobs", "guardian.worker"}}


def test_packages_and_slices_import_downward_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    command = [str(lint), "--no-cache"] if lint.exists() else [sys.executable, "-m", "importlinter.cli", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[result.stdout.find("Contracts") :] + result.stderr


@pytest.mark.parametrize("library", sorted(ONLY_HERE))
def test_one_module_alone_knows_this_library(library: str) -> None:
    knowing = {name for name, path in modules().items() if library in _libraries(path)}
    assert knowing <= ONLY_HERE[library]


def _libraries(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
