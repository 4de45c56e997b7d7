"""Exports of real systems. The counts were taken from the files by hand."""

import pytest

from tests.unit.roster.reading.asking import SAMPLES, birth_dates, codes, contacts, counts, reading

MAVIS = {
    "class_import__duplicates": (3, 3, 3, 0),
    "class_import__empty": (0, 0, 0, 0),
    "class_import__invalid_fields": (3, 1, 3, 2),
    "class_import__invalid_instruction_row": (0, 0, 0, 1),
    "class_import__invalid_minimal": (0, 0, 0, 1),
    "class_import__malformed": (0, 0, 0, 0),
    "class_import__valid": (4, 5, 5, 0),
    "class_import__valid_extra_fields": (3, 3, 4, 0),
    "class_import__valid_instruction_row": (1, 0, 0, 0),
    "class_import__valid_minimal": (1, 0, 0, 0),
    "class_import__valid_with_bom": (1, 0, 0, 0),
    "cohort_import__duplicate_except_postcode": (1, 0, 0, 0),
    "cohort_import__duplicate_nhs_numbers": (1, 0, 0, 0),
    "cohort_import__empty": (0, 0, 0, 0),
    "cohort_import__invalid_fields": (5, 1, 5, 2),
    "cohort_import__invalid_instruction_row": (0, 0, 0, 1),
    "cohort_import__invalid_iso_8859_1_encoding": (0, 0, 0, 1),
    "cohort_import__invalid_minimal": (0, 0, 0, 1),
    "cohort_import__malformed": (0, 0, 0, 0),
    "cohort_import__valid": (3, 3, 3, 0),
    "cohort_import__valid_extra_fields": (3, 3, 3, 0),
    "cohort_import__valid_instruction_row": (1, 0, 0, 0),
    "cohort_import__valid_minimal": (1, 0, 0, 0),
    "cohort_import__valid_unknown_school": (2, 2, 2, 0),
    "cohort_import__valid_with_bom": (1, 0, 0, 0),
    "cohort_import__valid_with_changes": (1, 0, 0, 0),
    "cohort_import__valid_with_duplicates": (4, 3, 3, 0),
}


def test_every_class_list_is_counted() -> None:
    assert {path.stem for path in (SAMPLES / "uk-nhs-mavis").iterdir()} == MAVIS.keys()


@pytest.mark.parametrize("name", sorted(MAVIS))
def test_class_lists(name: str) -> None:
    assert counts(reading(SAMPLES / "uk-nhs-mavis" / f"{name}.csv")) == MAVIS[name]


def test_a_class_list_in_full() -> None:
    found = reading(SAMPLES / "uk-nhs-mavis" / "class_import__valid.csv")
    assert found.format == "mavis"
    assert birth_dates(found) == {2: "2010-01-01", 3: "2010-01-02", 4: "2010-01-03", 5: "2010-04-09"}
    assert contacts(found.students[2]) == [
        ("Jane Doe", "jane@example.com", "07412345679", "yes"),
        ("Richard Doe", "richard@example.com", None, "yes"),
    ]
    assert contacts(found.students[0]) == [(None, "susan@example.com", "07412345678", "yes")]
    assert ("COLUMN_SENSITIVE_DROPPED", 1) in codes(found, "I")
    assert not any("9990000018" in str(student) for student in found.students)


def test_the_name_of_a_latin_1_file_is_read() -> None:
    found = reading(SAMPLES / "uk-nhs-mavis" / "cohort_import__invalid_iso_8859_1_encoding.csv")
    assumed = next(one for one in found.findings if one.code == "ENCODING_ASSUMED")
    assert (found.encoding, assumed.places["names"]) == ("cp1252", "Jalapeño-Pérez")


def test_refused_and_headerless() -> None:
    for name in ("class_import__empty", "cohort_import__empty"):
        found = reading(SAMPLES / "uk-nhs-mavis" / f"{name}.csv")
        assert found.refused
        assert codes(found) == {("EMPTY", None)}
    for path in (
        SAMPLES / "uk-nhs-mavis" / "class_import__malformed.csv",
        SAMPLES / "us-aspen-x2-studentinsights" / "fake_no_headers.csv",
    ):
        found = reading(path)
        assert codes(found) == {("HEADER_MISSING", None)}
        assert counts(found) == (0, 0, 0, 0)


def test_school_data_sync_2_1() -> None:
    found = reading(SAMPLES / "microsoft-sds-v2.1")
    assert found.format == "sds-2.1"
    assert counts(found) == (4, 2, 3, 0)
    assert {s.student_id: (s.birth_date, contacts(s)) for s in found.students} == {
        "114001": ("2001-07-02", [("Jean Craig", "jean.craig@outlook.com", "+11234567890", "yes")]),
        "114003": ("2002-03-02", [("Jean Craig", "jean.craig@outlook.com", "+11234567890", "no")]),
        "114004": ("2001-09-02", [("Bob Smithee", "bobsmithee@outlook.com", "+10273841983", "yes")]),
        "114008": ("2001-06-06", []),
    }
    assert "P@ssword123" not in str(found)
    assert "freeLunch" not in str(found)


def test_school_data_sync_1() -> None:
    found = reading(SAMPLES / "microsoft-sds-v1-100users")
    assert (found.format, found.mode) == ("sds-1", "bulk")
    assert counts(found) == (86, 0, 0, 0)
    assert (found.students[0].birth_date, found.students[1].birth_date) == ("2000-04-02", "1999-11-12")
    assert found.students[0].school == "Contoso High School"
    assert counts(reading(SAMPLES / "microsoft-sds-v1-100users" / "Student.csv")) == (86, 0, 0, 0)


def test_school_data_sync_1_of_two_days() -> None:
    first = reading(SAMPLES / "sds-v1-oea-contoso" / "students_day1.csv")
    second = reading(SAMPLES / "sds-v1-oea-contoso" / "students_day2.csv")
    assert [(s.student_id, s.given_name, s.birth_date) for s in first.students] == [
        ("st1", "Albert", "2004-04-02"),
        ("st4", "Jon", "2004-04-04"),
    ]
    assert [(s.student_id, s.given_name) for s in second.students] == [("st1", "Al"), ("st2", "Sharon")]


def test_aspen() -> None:
    found = reading(SAMPLES / "us-aspen-x2-studentinsights" / "fake_students_export.csv")
    assert found.format == "aspen"
    assert counts(found) == (5, 4, 4, 0)
    assert [s.student_id for s in found.students] == ["100", "101", "103", "104", "105"]
    assert contacts(found.students[0]) == [(None, "parent@example.com", "617-555-1212", "ask")]
    assert (found.students[0].given_name, found.students[0].family_name) == ("First", "Fake Student")
    assert [s.language for s in found.students] == ["en", "vi", "vi", "en", "en"]
    assert counts(reading(SAMPLES / "us-aspen-x2-studentinsights" / "fake_students_export.txt")) == (3, 0, 0, 0)


def test_ed_fi() -> None:
    found = reading(SAMPLES / "us-edfi-earthmover" / "students_anytown.csv")
    assert found.format == "ed-fi"
    assert counts(found) == (1199, 0, 0, 0)  # 1,200 lines, the last without an end
    assert (found.students[0].student_id, found.students[0].birth_date) == ("680572", "2005-04-04")
    assert all(student.birth_date for student in found.students)
    assert counts(reading(SAMPLES / "us-edfi-earthmover")) == (1199, 0, 0, 0)
    schools = reading(SAMPLES / "us-edfi-earthmover" / "schools.csv")
    assert codes(schools) == {("HEADER_MISSING", None)}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_rosariosis(ending: str) -> None:
    found = reading(SAMPLES / "rosariosis" / f"Students_RosarioSIS_test.{ending}")
    assert counts(found) == (6, 0, 0, 2)
    assert [(row.row, row.code) for row in found.rejected] == [(5, "IDENTITY_MISSING"), (6, "IDENTITY_MISSING")]
    assert birth_dates(found) == {
        2: "1993-12-06" if ending == "xlsx" else None,
        3: None,
        4: None,
        7: "2003-08-23",
        8: "2012-05-13",
        9: "2012-05-13",
    }
    assert (("DATE_ORDER_UNKNOWN", None) in codes(found)) is (ending == "csv")
