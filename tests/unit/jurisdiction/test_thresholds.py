"""The dated table of ages. Rows quote the law notes' requirements 1 and 2."""

from collections.abc import Callable
from datetime import date

import pytest

from guardian.jurisdiction.domain import (
    consent_rule,
    consent_rules,
    in_force,
    is_us,
    periods,
    read_rules,
    rules,
    threshold,
)

DAY = date(2026, 11, 25)
HEADER = "iso,effective_from,age,default_age,rule"


@pytest.mark.parametrize(
    ("jurisdictions", "on", "age"),
    [
        # "DK returns 13 on 2023-12-31 and 15 on 2024-01-01"
        (["DK"], date(2023, 12, 31), 13),
        (["DK"], date(2024, 1, 1), 15),
        (["DK"], date.min, 13),
        # "Unknown jurisdiction gives 16"
        ([], DAY, 16),
        (["XX"], DAY, 16),
        ([""], DAY, 16),
        (["ZZ"], DAY, 16),
        # "several applicable gives the highest"
        (["US", "DE"], DAY, 16),
        (["US", "XX"], DAY, 16),
        (["IN", "XX"], DAY, 18),
        # A subdivision not listed takes its country's row.
        (["US-CA"], DAY, 13),
        (["US-TX"], DAY, 13),
        (["CA-QC"], DAY, 14),
        (["CA-BC"], DAY, 13),
        (["DK-84"], date(2023, 12, 31), 13),
        # `default_age`, not `age`, decides.
        (["ES"], DAY, 16),
        (["NO"], DAY, 15),
        (["BR"], DAY, 16),
        (["CH"], DAY, 16),
        (["PL"], DAY, 16),
        (["FR"], DAY, 15),
        # Without regard to case and space.
        ([" dk "], DAY, 15),
        (["us-ca"], DAY, 13),
    ],
)
def test_threshold(jurisdictions: list[str], on: date, age: int) -> None:
    assert threshold(jurisdictions, on) == age


@pytest.mark.parametrize(
    ("jurisdictions", "rule"),
    [(["PL"], "any_one"), (["FR"], "joint"), (["FR-75"], "joint"), (["PL", "FR"], "joint"), ([], "any_one")],
)
def test_consent_rule(jurisdictions: list[str], rule: str) -> None:
    assert consent_rule(jurisdictions, DAY) == rule


def test_all_and_joint_are_both_asked(own_table: Callable[..., None]) -> None:
    own_table("AA,,13,13,all", "BB,,13,13,joint", "CC,,13,13,any_one", "ZZ,,,16,any_one")
    assert consent_rules(["AA", "BB"], DAY) == {"all", "joint"}
    assert consent_rule(["AA", "BB"], DAY) == "all"
    assert consent_rule(["BB", "CC"], DAY) == "joint"


def test_a_row_that_is_still_to_come_is_not_in_force(own_table: Callable[..., None]) -> None:
    own_table("AA,2027-01-01,13,13,all", "BB,,14,14,any_one", "BB-C,2027-01-01,15,15,joint", "ZZ,,,16,any_one")
    assert threshold(["AA"], DAY) == 16
    assert threshold(["AA"], date(2027, 1, 1)) == 13
    assert (threshold(["BB-C"], DAY), threshold(["BB-C"], date(2027, 1, 1))) == (14, 15)
    assert [(p.begins_on, p.threshold) for p in periods(("AA", "BB-C"))] == [(None, 16), (date(2027, 1, 1), 15)]


@pytest.fixture
def own_table(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(*rows: str) -> None:
        periods.cache_clear()
        table = read_rules([HEADER, *rows])
        monkeypatch.setattr("guardian.jurisdiction.domain.rules", lambda: table)

    return use


@pytest.fixture(autouse=True)
def _no_stale_periods() -> None:
    periods.cache_clear()


def test_periods_of_the_danish_change() -> None:
    assert [(p.begins_on, p.threshold) for p in periods(("DK", "PL"))] == [(None, 16), (date(2024, 1, 1), 16)]
    assert [(p.begins_on, p.threshold) for p in periods(("DK",))] == [(None, 13), (date(2024, 1, 1), 15)]


@pytest.mark.parametrize(("code", "ours"), [("US", True), (" us-ca", True), ("USA", False), ("PL", False), ("", False)])
def test_is_us(code: str, ours: bool) -> None:
    assert is_us(code) is ours


@pytest.mark.parametrize(
    "row",
    [
        "PL,,16,13,any_one",
        "PL,,16,,any_one",
        "PL,,-1,16,any_one",
        "PL,,16,40,any_one",
        "pl,,16,16,any_one",
        "POL,,16,16,any_one",
        "PL,,16,16,most",
        "PL,2026-02-30,16,16,any_one",
        "ZZ,,,16,any_one",
    ],
)
def test_a_wrong_table_is_refused(row: str) -> None:
    with pytest.raises(ValueError):
        read_rules([HEADER, "ZZ,,,16,any_one", row])


def test_the_row_for_the_unknown_must_be_there() -> None:
    with pytest.raises(ValueError, match="ZZ"):
        read_rules([HEADER, "PL,,16,16,any_one"])


def test_the_shipped_table_protects_at_least_as_long_as_the_law() -> None:
    assert len(rules()) > 45
    assert in_force("ZZ", DAY).default_age == 16
