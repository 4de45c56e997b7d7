"""The service starts without a word about styles that its framework will drop."""

import os
import subprocess
import sys
from pathlib import Path

_START = "from guardian.demo.serving import create; create().openapi_schema.to_schema()"


def test_nothing_deprecated_is_used_at_start(tmp_path: Path) -> None:
    environment = {**os.environ, "GUARDIAN_HOME": str(tmp_path), "GUARDIAN_DEMO": "1"}
    command = [sys.executable, "-W", "always::DeprecationWarning", "-c", _START]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert [line for line in done.stderr.splitlines() if "Deprecat" in line] == []
