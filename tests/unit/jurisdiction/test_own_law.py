"""An operator's law file: what it may change, and how a mistake in it is told."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from guardian.errors import Refused
from guardian.jurisdiction.differences import concerned, differences
from guardian.jurisdiction.extending import extended, law_of
from guardian.jurisdiction.law import Law
from guardian.jurisdiction.law_file import parse, shipped

RULE = {
    "code": '"PL"', "country": '"Poland"', "age": "16", "default_age": "18", "rule": '"joint"',
    "models": '["guardian_consent"]', "source": '"a board"', "certainty": '"high"', "as_of": "2027-05-02",
}  # fmt: skip


def written(*rules: dict[str, str], head: str = "") -> bytes:
    lines = ['version = "own"', head]
    for one in rules:
        lines += ["[[rules]]", *(f"{name} = {value}" for name, value in one.items())]
    return "\n".join(lines).encode()


def over(content: bytes) -> Law:
    return extended(shipped(), parse(content, "own.toml"), "own.toml")


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as wrong:
        over(content)
    assert wrong.value.code == "law_invalid"
    assert str(wrong.value).startswith("The law file own.toml is not used. At ")
    return str(wrong.value)


def test_a_rule_takes_the_place_of_the_shipped_one_or_is_added() -> None:
    later = {**RULE, "effective_from": "2027-09-01"}
    law = over(written(later, {**RULE, "code": '"TH"', "age": "13", "default_age": "13", "rule": '"any_one"'}))
    assert law.version == "2026-11-25+own"
    assert (law.in_force("PL", date(2027, 8, 31)).default_age, law.in_force("PL", date(2027, 9, 1)).default_age) == (
        16,
        18,
    )
    assert law.in_force("TH", date(2027, 1, 1)).default_age == 13
    assert len(law.rules) == len(shipped().rules) + 2
    assert len(over(written(RULE)).rules) == len(shipped().rules)


def test_a_protective_age_may_go_down_to_the_law_as_known() -> None:
    norway = {**RULE, "code": '"NO"', "age": "13", "default_age": "13", "rule": '"any_one"'}
    assert over(written(norway)).in_force("NO", date(2027, 1, 1)).default_age == 13


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": "13", "default_age": "15"}, "15 is below the 16"),
        ({"code": '"CH"', "age": "14", "default_age": "14"}, "14 is below the 16"),  # no age in the law: ours holds
        (
            {"code": '"PL-MZ"', "age": "13", "default_age": "13"},
            "13 is below the 16",
        ),  # its country's rule is the floor
        ({"code": '"ZZ"', "age": "13", "default_age": "13"}, "13 is below the 16"),
        ({"code": '"TH"', "age": "10", "default_age": "10"}, "below 13"),
        ({"code": '"FR"', "rule": '"any_one"'}, "asks for joint"),
        ({"models": '["guardian_consent", "school_agent"]'}, "school_agent is not possible there"),
        ({"models": '["controller_instruction"]'}, "guardian_consent must be among them"),
        ({"models": '["own_consent"]'}, "Invalid enum value 'own_consent'"),
        ({"code": '"Poland"'}, "must look like PL"),
        ({"default_age": "12"}, "between the age that the law names and 21"),
        ({"default_age": '"16"'}, "rules[0] (PL).default_age: Expected `int`"),
        ({"as_of": "2026-02-30"}, "no TOML file"),
        ({"colour": '"red"'}, "unknown field `colour`"),
        ({"source": '" "'}, "name the statute"),
        ({"rule": '"most"'}, "rules[0] (PL).rule: Invalid enum value 'most'"),
    ],
)
def test_what_protects_less_or_is_wrong_is_refused_with_its_place(change: dict[str, str], said: str) -> None:
    assert said in refused(written({**RULE, **change}))


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("[clocks]\nwithdrawal_days = 31", "between 0 and 30"),
        ("[clocks]\nwithdrawal_days = -1", "between 0 and 30"),
        ("[clocks]\nwaiting_on_guardian_days = 7", "GUARDIAN_REQUEST_DAYS"),
        ("[clocks]\nlunch_days = 7", "there is no such clock"),
        ("floor_age = 10", "belongs to the shipped table"),
        ("replaces = true", "the undated rule ZZ"),
    ],
)
def test_clocks_and_floors(head: str, said: str) -> None:
    assert said in refused(written(head=head))


def test_clocks_are_shorter_freely_and_longer_up_to_the_cap() -> None:
    law = over(written(head="[clocks]\nwithdrawal_days = 0\nlapse_or_exit_days = 90"))
    assert (law.by_clock["withdrawal_days"].default, law.by_clock["lapse_or_exit_days"].default) == (0, 90)
    assert law.by_clock["withdrawal_days"].cap == 30


def test_a_table_that_replaces_the_shipped_one_protects_at_least_as_well() -> None:
    world = {**RULE, "code": '"ZZ"', "age": "18", "default_age": "18"}
    assert "asks for" not in str(over(written(world, head="replaces = true")).rules)
    weak = {**world, "age": "16", "default_age": "16"}
    assert "16 is below the 18" in refused(written(weak, head="replaces = true"))  # India


@pytest.mark.parametrize("content", [b"\xff\xfe", b"version = ", b"[" * 100_000, b"x = 1", b"", b"version = 3"])
def test_no_content_crashes(content: bytes) -> None:
    refused(content)


def test_two_rules_of_the_same_day_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "same day" in refused(written(RULE, RULE))
    with pytest.raises(Refused) as wrong:
        law_of(tmp_path / "none.toml")
    assert wrong.value.code == "law_unreadable"
    assert law_of(None) is shipped()


def test_what_differs() -> None:
    law = over(written({**RULE, "effective_from": "2027-09-01"}, head="[clocks]\nwithdrawal_days = 5"))
    found = differences(shipped(), law)
    assert [(one.where, one.effective_from, one.field) for one in found] == [
        ("PL", "2027-09-01", "rule_as_a_whole"), ("withdrawal_days", None, "days"),
    ]  # fmt: skip
    assert concerned(found, ["PL"])
    assert concerned(found, ["US", "PL-MZ"])
    assert not concerned(found, ["FR"])
    reworded = msgspec.structs.replace(
        shipped(), rules=tuple(msgspec.structs.replace(one, note="new") for one in shipped().rules)
    )
    assert not concerned(differences(shipped(), reworded), ["PL", "FR"])
    assert differences(law, law) == ()
