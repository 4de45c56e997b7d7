"""What `make test` runs: three time zones, both databases when one is given, never silently less."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "run.py"


@pytest.fixture
def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guardian_tests_run", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_clock_tests_run_in_three_zones_and_the_rest_once(runner: ModuleType) -> None:
    plan = runner.passes(soak=False, url=None)
    zones = [one.environment.get("TZ") for one in plan]
    assert zones == ["Africa/Lagos", "America/St_Johns", "Pacific/Kiritimati", None, None]
    assert plan[-2].arguments[0] == "tests/browser"
    assert plan[-1].arguments == ("-m", "not time and not soak", "--ignore=tests/browser")
    assert all(one.environment[runner.URL] is None for one in plan)


def test_a_given_server_is_tried_before_the_embedded_one(runner: ModuleType) -> None:
    first, *rest = runner.passes(soak=False, url="postgresql://example.org/x")
    assert first.arguments[0] == "tests/integration"
    assert runner.URL not in first.environment
    assert rest == runner.passes(soak=False, url=None)


def test_a_failing_pass_fails_the_run_and_does_not_hide_the_others(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "SUMMARY", tmp_path / "out" / "summary.txt")
    monkeypatch.setattr(runner, "browser", lambda: sys.executable)
    monkeypatch.delenv(runner.URL, raising=False)
    codes = iter([0, 1, 0, 0, 0])
    monkeypatch.setattr(runner, "run", lambda _one, _extra: (next(codes), "5 passed in 1.0s"))
    assert runner.main([]) == 1
    lines = (tmp_path / "out" / "summary.txt").read_text().splitlines()
    assert lines[0] == "GUARDIAN_TEST_DATABASE_URL is not set: only the embedded PostgreSQL 18 was run."
    assert [line[:6] for line in lines[1:]] == ["ok    ", "FAILED", "ok    ", "ok    ", "ok    "]
    assert lines[-1].endswith("5 passed in 1.0s")
    assert capsys.readouterr().out.endswith(lines[-1] + "\n")


def test_the_closing_line_and_the_exit_code_are_pytests_own(runner: ModuleType, tmp_path: Path) -> None:
    test = tmp_path / "test_two.py"
    test.write_text(
        "import os, pytest\ndef test_zone(): assert os.environ['TZ'] == 'Africa/Lagos'\ndef test_no(): 1 / 0\n"
    )
    one = runner.Pass("title", (str(test), "-p", "no:cacheprovider"), {"TZ": "Africa/Lagos"})
    code, closing = runner.run(one, [])
    assert code == 1
    assert closing.startswith("1 failed, 1 passed in ")


def test_a_browser_that_is_named_but_absent_is_refused(runner: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", "/nowhere/chromium")
    with pytest.raises(SystemExit, match="CHROMIUM_PATH"):
        runner.browser()


def test_without_a_browser_the_words_to_install_one_are_printed(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setattr(runner.shutil, "which", lambda _name: None)
    monkeypatch.setattr(runner, "MAC_BROWSER", Path("/nowhere"))
    with pytest.raises(SystemExit, match="apt-get install chromium"):
        runner.browser()
