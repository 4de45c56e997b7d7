"""Size and names of modules: half of them at most 90 lines, none over 300, each named after what it means."""

from statistics import median

from tests.architecture.sources import modules

WHOLE_SCHEMA_ON_ONE_PAGE = "guardian.db.tables"
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "data", "info", "process"}
BANNED |= {"handle", "misc", "shared"}


def _sizes() -> dict[str, int]:
    sizes = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    return {name: size for name, size in sizes.items() if size > 3}  # an __init__ with a docstring counts for nothing


def test_the_median_module_has_at_most_90_lines() -> None:
    assert median(_sizes().values()) <= 90


def test_no_module_has_more_than_300_lines() -> None:
    assert {name: size for name, size in _sizes().items() if size > 300 and name != WHOLE_SCHEMA_ON_ONE_PAGE} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name for name in modules() if BANNED & set(name.split("."))] == []
