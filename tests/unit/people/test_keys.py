"""Keys by which people are compared: «folding for comparison only; names keep every letter they came with»."""

from uuid import UUID

import pytest

from guardian.keys import parse
from guardian.people import marks
from guardian.people.domain import compatible, email_key, folded, mailbox_key, person_key, platform_id
from guardian.people.row_ids import RowIds

KEYS = parse("a:" + "s" * 48)
SCHOOL = UUID("01900000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MULLER"), ("Łucja", "lucja"), ("O’Shea", "O'Shea"), ("Anna‑Maria", "anna-maria"),
        ("Straße", "STRASSE"), ("  Ada \u00a0 B", "ada b"), ("Zo\u0065\u0308", "Zoë"), ("Ø", "o"),
    ],
)  # fmt: skip
def test_spelling_does_not_tell_people_apart(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Ana", "Anna"), ("Kowal", "Kowalski"), ("Ida", "Eda")])
def test_other_letters_do(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Maria Kowal", "KOWAL Maria", True), ("Maria Kowal", "Kowal, María", True), ("Maria Kowal", None, True),
        ("", "Jan", True), ("Maria Kowal", "Jan Kowal", False), ("Maria Kowal", "Maria Kowal-Nowak", False),
        ("M. Kowal", "Maria Kowal", False),
    ],
)  # fmt: skip
def test_compatible_names_have_the_same_words_in_any_order(one: str | None, other: str | None, expected: bool) -> None:
    assert compatible(one, other) is compatible(other, one) is expected


def test_an_address_is_compared_without_case_and_blanks() -> None:
    assert email_key(" Ada@Example.ORG ") == "ada@example.org"
    assert email_key("  ") is email_key(None) is None


def test_an_alias_is_the_same_mailbox() -> None:
    assert mailbox_key("Ada+mum@example.org") == mailbox_key("ada@example.org") == "ada@example.org"
    assert mailbox_key(None) is None


def test_a_person_key_forgets_the_order_of_words() -> None:
    assert person_key("van der Berg, Kim") == person_key("KIM VAN DER BERG") == "berg der kim van"


def test_a_platform_id_is_short_and_safe_in_an_address() -> None:
    made = platform_id(bytes(range(250, 256)) + bytes(6))
    assert made.startswith("L-")
    assert len(made) == 18
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_platform_id_needs_enough_chance() -> None:
    with pytest.raises(ValueError, match="12 random bytes"):
        platform_id(b"short")


def test_many_marks_are_the_marks_of_one() -> None:
    """The roster hashes with keys derived once; a tombstone is written one by one. They must meet."""
    many = marks.marker(KEYS)
    assert many.student(SCHOOL, "42") == marks.student_mark(KEYS, SCHOOL, "42")
    assert many.student(SCHOOL, "42") == KEYS.keyed_hash("tombstone/student", f"{SCHOOL}/42")
    assert many.person(SCHOOL, "ÁDA", "Kowal", "2014-01-10") == marks.person_mark(
        KEYS, SCHOOL, "Ada", "KOWAL", "2014-01-10"
    )


def test_marks_outlive_a_new_key_and_belong_to_one_school() -> None:
    rotated = parse("b:" + "t" * 48 + "\na:" + "s" * 48)
    assert marks.student_mark(rotated, SCHOOL, "42") == marks.student_mark(KEYS, SCHOOL, "42")
    assert marks.student_mark(KEYS, UUID(int=1), "42") != marks.student_mark(KEYS, SCHOOL, "42")


def test_ids_of_rows_are_version_7_and_end_in_a_counter() -> None:
    base = UUID("01a212ed-c7fd-7304-9d2f-7892e1882666")
    assert RowIds(base).sql("n") == "('01a212edc7fd73049d2f7892' || lpad(to_hex(n), 8, '0'))::uuid"
