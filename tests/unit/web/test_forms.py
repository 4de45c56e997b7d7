"""A form is judged as a whole: every wrong field is named at once, and what was typed is kept."""

from datetime import date
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest

from guardian.i18n import LANGUAGES
from guardian.web.forms import LONGEST, read

SCHOOL = "01890a5d-ac96-774b-bcce-b302099a8057"


class Role(Enum):
    HEAD = "head"
    DEPUTY = "deputy"


class Signing(msgspec.Struct, kw_only=True):
    name: str
    role: Role
    until: date
    learners: Annotated[int, msgspec.Meta(ge=1)]
    answer: Literal["yes", "no"]
    school: UUID
    agreed: bool = False
    note: str | None = None
    about: list[str] = []


GOOD = {
    "name": "  Zoë Żak ", "role": "head", "until": "2026-12-04", "learners": "12", "answer": "yes", "school": SCHOOL,
    "_csrf": "x",
}  # fmt: skip


def test_a_complete_form_becomes_typed_values() -> None:
    filled = read({**GOOD, "agreed": "yes", "about-anna": "yes", "about-jan": "yes", "about-eva": "no"}, Signing)
    assert filled.errors == ()
    assert filled.value == Signing(
        name="Zoë Żak", role=Role.HEAD, until=date(2026, 12, 4), learners=12, answer="yes", school=UUID(SCHOOL),
        agreed=True, about=["anna", "jan"],
    )  # fmt: skip


def test_all_wrong_fields_are_named_in_the_order_of_the_page() -> None:
    filled = read(
        {"name": "", "role": "king", "until": "4.12.2026", "learners": "0", "answer": "", "school": "7"}, Signing
    )
    assert filled.value is None
    assert [error.field for error in filled.errors] == ["name", "role", "until", "learners", "answer", "school"]


def test_an_empty_form_asks_for_each_field_without_a_default() -> None:
    told = dict(read({}, Signing).told("en"))
    assert set(told) == {"name", "role", "until", "learners", "answer", "school"}
    assert (told["name"], told["answer"], told["role"]) == ("Fill this in.", "Choose an answer.", "Choose an answer.")


def test_what_was_typed_is_kept_as_it_was_without_our_own_fields() -> None:
    assert read({**GOOD, "until": "soon", "other": "x"}, Signing).typed == {
        **{key: value for key, value in GOOD.items() if key != "_csrf"}, "until": "soon", "other": "x",
    }  # fmt: skip


@pytest.mark.parametrize(("length", "wrong"), [(40, 0), (41, 1)])
def test_a_text_over_its_cap_is_told_by_how_much(length: int, wrong: int) -> None:
    filled = read({**GOOD, "name": "ż" * length}, Signing, longest={"name": 40})
    assert len(filled.errors) == wrong
    assert filled.error("name", "en") == ("Use at most 40 characters; there are 41 now." if wrong else None)


def test_no_field_is_endless() -> None:
    assert [error.field for error in read({**GOOD, "note": "x" * (LONGEST + 1)}, Signing).errors] == ["note"]


def test_a_page_may_say_it_in_its_own_words() -> None:
    words = {"until": "Enter the last day of the school year."}
    assert read({**GOOD, "until": "soon"}, Signing, sentences=words).error("until", "en") == words["until"]
    assert read({**GOOD, "until": ""}, Signing, sentences=words).error("until", "en") == words["until"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_repeats_what_was_typed(language: str) -> None:
    filled = read(dict.fromkeys(GOOD, "Secret"), Signing)
    assert len(filled.errors) == 5
    assert "Secret" not in str(filled.told(language))


def test_a_tick_is_true_and_no_tick_is_the_default() -> None:
    ticked, empty = read({**GOOD, "agreed": "on"}, Signing).value, read(GOOD, Signing).value
    assert ticked is not None
    assert empty is not None
    assert (ticked.agreed, empty.agreed) == (True, False)
