"""The dated rules. Rows quote the law notes' requirements 1 to 4 and 13."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from guardian.jurisdiction.birthdays import birthday
from guardian.jurisdiction.domain import period_on, periods, threshold
from guardian.jurisdiction.law import Law, LawRule, LeapDay, Rule
from guardian.jurisdiction.law_file import shipped
from guardian.jurisdiction.law_in_use import current, use, using
from guardian.jurisdiction.law_page import page

DAY = date(2026, 11, 25)
NOTES = list(csv.DictReader((Path(__file__).parent / "made" / "consent_ages.csv").open(encoding="utf-8", newline="")))
DOCS = Path(__file__).parents[3] / "docs"


def rule(
    code: str, age: int = 13, word: Rule = "any_one", on: date | None = None, leap_day: LeapDay = "03-01"
) -> LawRule:
    return LawRule(
        code=code, country=code, effective_from=on, age=age, default_age=age, rule=word, models=("guardian_consent",),
        leap_day=leap_day, source="made up", certainty="low", as_of=DAY,
    )  # fmt: skip


def table(*rules: LawRule) -> Law:
    return Law(version="test", floor_age=13, rules=(*rules, rule("ZZ", 16)), clocks=shipped().clocks)


@pytest.fixture(autouse=True)
def _the_law_as_it_was() -> Iterator[None]:
    before = current()
    yield
    use(before)


@pytest.mark.parametrize("row", NOTES, ids=lambda row: f"{row['iso']} {row['effective_from']}".strip())
def test_every_row_of_the_notes_is_in_the_table(row: dict[str, str]) -> None:
    day = date.fromisoformat(row["effective_from"]) if row["effective_from"] else None
    (found,) = [one for one in shipped().rules if (one.code, one.effective_from) == (row["iso"], day)]
    assert found.country == row["country"]
    assert found.age == (int(row["age"]) if row["age"] else None)
    assert (found.default_age, found.rule) == (int(row["default_age"]), row["rule"])
    assert (found.scope, found.source, found.certainty) == (row["scope"], row["source"], row["certainty"])
    assert (str(found.as_of), found.note) == (row["as_of"], row["note"])


def test_the_table_has_no_row_that_the_notes_lack() -> None:
    assert len(shipped().rules) == len(NOTES)


def test_the_page_about_the_law_shows_this_table() -> None:
    assert (DOCS / "law.md").read_text(encoding="utf-8") == page(shipped())


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
    ("jurisdictions", "word"),
    [(["PL"], "any_one"), (["FR"], "joint"), (["FR-75"], "joint"), (["PL", "FR"], "joint"), ([], "any_one")],
)
def test_the_protective_consent_rule(jurisdictions: list[str], word: str) -> None:
    assert period_on(jurisdictions, DAY).rule == word


def test_all_and_joint_are_both_asked() -> None:
    with using(table(rule("AA", word="all"), rule("BB", word="joint"), rule("CC"))):
        assert period_on(["AA", "BB"], DAY).rules == {"all", "joint"}
        assert period_on(["AA", "BB"], DAY).rule == "all"
        assert period_on(["BB", "CC"], DAY).rule == "joint"


@pytest.mark.parametrize(
    ("jurisdictions", "models"),
    [
        # "school_agent and school_intermediary only if all jurisdictions are US or US-*"
        (["US"], {"guardian_consent", "school_agent", "school_intermediary"}),
        (["US-CA", "us-tx"], {"guardian_consent", "school_agent", "school_intermediary"}),
        (["US", "PL"], {"guardian_consent"}),
        (["US", "XX"], {"guardian_consent"}),
        # "controller_instruction only if none is"
        (["PL", "GB"], {"guardian_consent", "controller_instruction"}),
        ([], {"guardian_consent", "controller_instruction"}),
        (["USA"], {"guardian_consent", "controller_instruction"}),
    ],
)
def test_legal_models(jurisdictions: list[str], models: set[str]) -> None:
    assert period_on(jurisdictions, DAY).models == models


def test_own_consent_never_carries_under_the_threshold() -> None:
    assert all("own_consent" not in one.models for one in shipped().rules)


def test_a_rule_that_is_still_to_come_is_not_in_force() -> None:
    later = date(2027, 1, 1)
    with using(table(rule("AA", word="all", on=later), rule("BB", 14), rule("BB-C", 15, "joint", on=later))):
        assert threshold(["AA"], DAY) == 16
        assert threshold(["AA"], later) == 13
        assert (threshold(["BB-C"], DAY), threshold(["BB-C"], later)) == (14, 15)
        assert [(p.begins_on, p.threshold) for p in periods(("AA", "BB-C"))] == [(None, 16), (later, 15)]
    assert [p.threshold for p in periods(("AA", "BB-C"))] == [16]


def test_periods_of_the_danish_change() -> None:
    assert [(p.begins_on, p.threshold) for p in periods(("DK", "PL"))] == [(None, 16), (date(2024, 1, 1), 16)]
    assert [(p.begins_on, p.threshold) for p in periods(("DK",))] == [(None, 13), (date(2024, 1, 1), 15)]


def test_born_on_the_leap_day() -> None:
    # "Born 29 Feb 2016: turns 13 on 1 March 2029 by default, on 28 Feb when the rule says so"
    born_on = date(2016, 2, 29)
    assert birthday(born_on, 13) == date(2029, 3, 1)
    assert birthday(born_on, 13, "02-28") == date(2029, 2, 28)
    assert birthday(born_on, 16, "02-28") == date(2032, 2, 29)
    assert all(one.leap_day == "03-01" for one in shipped().rules)


def test_of_two_leap_day_rules_the_later_day_holds() -> None:
    with using(table(rule("AA", leap_day="02-28"), rule("BB"))):
        assert period_on(["AA"], DAY).leap_day == "02-28"
        assert period_on(["AA", "BB"], DAY).leap_day == "03-01"
