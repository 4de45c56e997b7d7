"""Records as COPY text: nothing a file holds may break a line, and nothing too long reaches the database."""

from typing import Any

import pytest

from guardian.roster.reading.records import GuardianRecord, StudentRecord
from guardian.roster.staging import Block, blocks


def student(row: int = 2, **values: Any) -> StudentRecord:
    return StudentRecord(
        row=row,
        **{"student_id": "1", "given_name": "Ada", "family_name": "Kowal", "birth_date": "2014-01-10", **values},
    )


def cut(*records: StudentRecord, size: int = 10) -> list[Block]:
    return list(blocks(records, None, size=size))


def fields(content: bytes) -> list[list[str]]:
    return [line.split("\t") for line in content.decode().splitlines()]


def test_a_record_is_a_line_with_nulls_marked() -> None:
    [block] = cut(student(class_name=None, grade="4"))
    assert fields(block.learners) == [
        ["1", "2", "f", "f", "1", "\x01", "Ada", "Kowal", "2014-01-10", "4", "\x01", "\x01", "\x01", "\x01"]
    ]


def test_a_mark_stays_only_where_nothing_was_said() -> None:
    [block] = cut(student(mark=b"m" * 16), student(row=3, mark=b"m" * 16, class_name="c" * 256))
    assert [line[-1] for line in fields(block.learners)] == ["6d" * 16, "\x01"]


def test_a_person_whom_several_rows_name_carries_the_first_turn() -> None:
    one = GuardianRecord(key="m@example.org", email="m@example.org", shared=True)
    records = [student(row=n, guardians=(one,)) for n in (2, 3, 4)]
    made = list(blocks(records, None, size=2, firsts={}))
    assert [line[1:3] for block in made for line in fields(block.guardians)] == [
        ["64", "64"],
        ["128", "64"],
        ["192", "64"],
    ]


@pytest.mark.parametrize(
    ("name", "written"),
    [("A\tb", "A\\tb"), ("A\nb", "A\\nb"), ("A\rb", "A\\rb"), ("A\\b", "A\\\\b"), ("\\N", "\\\\N"), ("A\0b", "Ab")],
)
def test_marks_of_the_format_are_escaped(name: str, written: str) -> None:
    [block] = cut(student(), student(row=3, given_name=name))
    assert [line[6] for line in fields(block.learners)] == ["Ada", written]


def test_a_long_name_refuses_the_row_and_a_long_class_only_itself() -> None:
    [block] = cut(student(given_name="A" * 256), student(row=3, class_name="c" * 256))
    assert block.refused == [(2, "VALUE_TOO_LONG")]
    assert block.codes == [(3, "VALUE_TOO_LONG")]
    assert block.count == 1


def test_blocks_follow_each_other_and_numbers_go_on() -> None:
    made = cut(*(student(row=n, student_id=str(n)) for n in range(2, 7)), size=2)
    assert [block.count for block in made] == [2, 2, 1]
    assert [line[0] for block in made for line in fields(block.learners)] == ["1", "2", "3", "4", "5"]


def test_one_person_named_twice_in_a_row_is_one_guardian() -> None:
    one = GuardianRecord(key="m@example.org", name="Maria", email="M@example.org", eligible="yes")
    other = GuardianRecord(
        key="j@example.org", given_name="Jan", family_name="Kowal", email="j@example.org", language="pl"
    )
    [block] = cut(student(guardians=(one, other, one)))
    assert [line[:8] for line in fields(block.guardians)] == [
        ["1", "64", "\x01", "m@example.org", "Maria", "M@example.org", "m@example.org", "\x01"],
        ["1", "65", "\x01", "j@example.org", "Jan Kowal", "j@example.org", "j@example.org", "\x01"],
    ]


def test_a_language_we_do_not_write_is_left_to_the_school() -> None:
    [block] = cut(student(language="tlh"), student(row=3, language="fr"))
    assert [line[10] for line in fields(block.learners)] == ["\x01", "fr"]
