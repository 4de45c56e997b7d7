"""With no database behind the URL every command says so in a sentence and leaves with 3, and nothing else."""

import os
import subprocess
import sys

import pytest

NOWHERE = "postgresql://someone:a-password@127.0.0.1:9/none"


@pytest.mark.parametrize(
    "words", [["serve", "--port", "0"], ["work"], ["migrate"], ["decide", "L-1"]], ids=lambda words: str(words[0])
)
def test_the_command_says_so_and_leaves_with_3(words: list[str], tmp_path: object) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUARDIAN_")}
    environment |= {"GUARDIAN_DATABASE_URL": NOWHERE, "GUARDIAN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "guardian", *words], env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    said = done.stderr.splitlines()
    assert len(said) == 1, said
    assert said[0].endswith("[database_unavailable]")
    assert "a-password" not in said[0]
