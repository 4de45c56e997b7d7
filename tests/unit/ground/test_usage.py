"""What is wrong usage (2), and what is refused input (1); neither needs a database."""

import json

import pytest
from click.testing import CliRunner

from guardian.__main__ import cli


def test_a_bench_that_nobody_knows_is_wrong_usage() -> None:
    done = CliRunner().invoke(cli, ["bench", "decision.single", "nope", "--json"])
    assert done.exit_code == 2
    assert "there is no bench nope" in done.output


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00", "yesterday"])
def test_an_instant_is_refused_alike_for_a_learner_and_for_a_facts_file(at: str) -> None:
    done = CliRunner().invoke(cli, ["decide", "L-1", "--at", at, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "instant_invalid"
