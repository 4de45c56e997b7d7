"""The nasty files: what each must give, as the specification of the importer fixes it."""

import pytest

from tests.unit.roster.reading.asking import MADE, birth_dates, codes, contacts, counts, named, reading

COUNTS = {
    "01_bom_crlf_trailing_empty.csv": (3, 3, 3, 0),
    "02_excel_unicode_text_utf16le.txt": (3, 2, 2, 0),
    "03_fr_onde_cp1252_semicolon.csv": (4, 0, 0, 0),
    "06_quoted_newlines_rownumbers.csv": (3, 3, 3, 0),
    "08_dates_all_ambiguous.csv": (4, 4, 4, 0),
    "09_dates_column_evidence_serial_2digit.csv": (10, 10, 10, 0),
    "11_nbsp_zero_width_smart_quotes.csv": (5, 4, 4, 0),
    "12_formula_injection.csv": (4, 4, 4, 2),
    "14_siblings_family_mailbox.csv": (4, 4, 6, 0),
    "15_guardian_email_is_student_email.csv": (5, 3, 3, 0),
    "17_handmade_titles_merged_two_guardians.xlsx": (4, 5, 5, 0),
    "19_oneroster_nested_macosx_dirty.zip": (4, 3, 4, 1),
    "20_zip_bomb_and_slip.zip": (0, 0, 0, 0),
    "21a_reupload_september.csv": (4, 4, 4, 0),
    "21b_reupload_january_new_ids.csv": (4, 4, 4, 0),
    "23_html_table_named.xls": (2, 2, 2, 0),
    "26_fr_siecle_biff_row_per_group.xls": (3, 3, 3, 0),
}
FINDINGS = {
    "01_bom_crlf_trailing_empty.csv": set(),
    "02_excel_unicode_text_utf16le.txt": {("NO_GUARDIAN", 3)},
    "03_fr_onde_cp1252_semicolon.csv": {
        ("ENCODING_ASSUMED", None),
        ("NO_GUARDIAN_COLUMNS", None),
        *(("NO_GUARDIAN", row) for row in range(2, 6)),
    },
    "06_quoted_newlines_rownumbers.csv": {("DATE_INVALID", 3)},
    "08_dates_all_ambiguous.csv": {("DATE_ORDER_UNKNOWN", None), *(("DATE_AMBIGUOUS", row) for row in (2, 3, 5))},
    "09_dates_column_evidence_serial_2digit.csv": {
        ("YEAR_2_DIGITS", 5),
        ("EXCEL_SERIAL", 6),
        ("DATE_INVALID", 8),
        ("DATE_IMPLAUSIBLE", 9),
        ("DATE_FUTURE", 10),
        ("BIRTH_DATE_MISSING", 11),
    },
    "11_nbsp_zero_width_smart_quotes.csv": {
        ("EMAIL_CLEANED", 3),
        ("EMAIL_CLEANED", 4),
        ("EMAIL_CLEANED", 5),
        ("EMAIL_INVALID", 6),
        ("GUARDIAN_NO_CHANNEL", 6),
        ("NO_GUARDIAN", 6),
    },
    "12_formula_injection.csv": {("FORMULA_IN_NAME", 2), ("FORMULA_IN_NAME", 3), ("FORMULA", 4), ("FORMULA", 7)},
    "14_siblings_family_mailbox.csv": {("SHARED_EMAIL", 2)},
    "15_guardian_email_is_student_email.csv": {
        ("EMAIL_IS_STUDENT", 2),
        ("EMAIL_IS_STUDENT", 3),
        ("EMAIL_IS_STUDENT", 4),
        ("GUARDIAN_ON_STUDENT_DOMAIN", 6),
        ("GUARDIAN_NO_CHANNEL", 2),
        ("GUARDIAN_NO_CHANNEL", 3),
        ("NO_GUARDIAN", 2),
        ("NO_GUARDIAN", 3),
    },
    "17_handmade_titles_merged_two_guardians.xlsx": {
        ("ID_MISSING", None),
        ("HIDDEN_SHEET", None),
        ("NAME_CLEANED", 7),
        ("PHONE_NUMERIC", 7),
        ("GUARDIAN_NO_CHANNEL", 9),
    },
    "19_oneroster_nested_macosx_dirty.zip": {
        ("BUNDLE_FOLDER", None),
        ("BUNDLE_VERSION", None),
        ("BUNDLE_FILE_ABSENT", None),
        ("AGENT_IS_STAFF", 4),
        ("NO_GUARDIAN", 4),
        ("AGENT_UNKNOWN", 5),
        ("STATUS_IN_BULK", 6),
        ("GUARDIAN_NOT_ELIGIBLE", 9),
        ("DATE_AMBIGUOUS", 5),
        ("DATE_ORDER_UNKNOWN", None),
    },
    "20_zip_bomb_and_slip.zip": {("ZIP_UNSAFE", None)},
    "21a_reupload_september.csv": set(),
    "21b_reupload_january_new_ids.csv": set(),
    "23_html_table_named.xls": {("HTML_TABLE", None)},
    "26_fr_siecle_biff_row_per_group.xls": {("GUARDIAN_NO_CHANNEL", 6), ("NO_GUARDIAN", 6)},
}


def test_every_file_is_expected() -> None:
    assert {path.name for path in MADE.iterdir()} == COUNTS.keys() == FINDINGS.keys()


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_counts(name: str) -> None:
    assert counts(reading(MADE / name)) == COUNTS[name]


@pytest.mark.parametrize("name", sorted(FINDINGS))
def test_findings(name: str) -> None:
    assert codes(reading(MADE / name)) == FINDINGS[name]


def test_01_first_header_has_no_mark() -> None:
    found = reading(MADE / "01_bom_crlf_trailing_empty.csv")
    assert found.students[0].student_id == "S-1001"
    assert {(one.code, one.places.get("count")) for one in found.findings} == {
        ("BOM_REMOVED", None),
        ("EMPTY_COLUMNS", 2),
        ("BLANK_ROWS", 2),
    }
    assert (found.encoding, found.delimiter, found.row_count) == ("utf-8", ",", 3)


def test_02_utf16_with_tabs() -> None:
    found = reading(MADE / "02_excel_unicode_text_utf16le.txt")
    assert (found.encoding, found.delimiter) == ("utf-16-le", "\t")
    assert [student.student_id for student in found.students] == ["0042", "0043", "0044"]
    assert named(found.students) == [("Jörg", "Müller"), ("Thảo", "Nguyễn"), ("Søren", "Øster")]


def test_03_onde() -> None:
    found = reading(MADE / "03_fr_onde_cp1252_semicolon.csv")
    assert (found.format, found.encoding, found.delimiter) == ("onde", "cp1252", ";")
    assert birth_dates(found) == {2: "2016-09-03", 3: "2017-01-27", 4: "2016-06-15", 5: "2016-11-30"}
    assert found.students[2].family_name == "LEGRAND"
    assert found.students[2].usage_name == "BÉRANGER"
    assert found.students[3].family_name == "O’DALY"
    assert found.students[0].class_name == "Classe de Mme Lœuil"
    assumed = next(one for one in found.findings if one.code == "ENCODING_ASSUMED")
    assert assumed.places == {"encoding": "cp1252", "names": "MARCHÉ, D’ESTRÉE, BÉRANGER"}


def test_06_rows_and_lines() -> None:
    found = reading(MADE / "06_quoted_newlines_rownumbers.csv")
    assert [(student.row, student.line) for student in found.students] == [(2, 2), (3, 5), (4, 6)]
    assert found.students[2].given_name == '"Sunny" Uma'
    (finding,) = found.findings
    assert (finding.row, finding.line, finding.column, finding.value) == (3, 5, "C: DOB", "31/02/2015")


def test_08_both_readings_are_shown() -> None:
    found = reading(MADE / "08_dates_all_ambiguous.csv")
    assert birth_dates(found) == {2: None, 3: None, 4: "2014-05-05", 5: None}
    first = next(one for one in found.findings if one.row == 2)
    assert first.places == {"first": "2014-05-04", "second": "2014-04-05"}
    by_place = reading(MADE / "08_dates_all_ambiguous.csv", "en-GB")
    assert birth_dates(by_place)[2] == "2014-05-04"
    assert birth_dates(reading(MADE / "08_dates_all_ambiguous.csv", "en-US"))[2] == "2014-04-05"


def test_09_the_column_proves_the_order() -> None:
    assert birth_dates(reading(MADE / "09_dates_column_evidence_serial_2digit.csv")) == {
        2: "2013-12-25",
        3: "2014-04-03",
        4: "2014-07-09",
        5: "2015-02-14",
        6: "2014-11-30",
        7: "2014-06-17",
        8: None,
        9: None,
        10: None,
        11: None,
    }


def test_11_invisible_characters() -> None:
    found = reading(MADE / "11_nbsp_zero_width_smart_quotes.csv")
    assert named(found.students)[:3] == [("Mia", "O’Shea"), ("Lea", "Smith–Jones"), ("Kai", "Berg")]
    assert [one.email for student in found.students for one in student.guardians] == [
        "Sean.OShea@example.org",
        "lea.parent@example.org",
        "kai.dad@example.org",
        "tom.mum@example.org",
    ]


def test_12_formulas() -> None:
    found = reading(MADE / "12_formula_injection.csv")
    assert [(row.row, row.code) for row in found.rejected] == [(2, "FORMULA_IN_NAME"), (3, "FORMULA_IN_NAME")]
    assert [student.student_id for student in found.students] == ["F3", "F4", "F5", None]
    assert contacts(found.students[0]) == [(None, "cy.dean@example.org", "+44 7700 900112", "yes")]
    assert found.students[2].guardians[0].phone == "+44 7700 900114"
    assert all((one.value or "")[:1] not in {"=", "+", "-", "@"} for one in found.findings)


def test_14_one_mailbox_two_people() -> None:
    found = reading(MADE / "14_siblings_family_mailbox.csv")
    keys = [[one.key for one in student.guardians] for student in found.students]
    assert keys[0][0] == keys[1][0] == keys[2][0]
    assert keys[0][1] != keys[0][0]
    assert keys[3][0] not in keys[0]


def test_15_the_pupils_own_mailbox() -> None:
    found = reading(MADE / "15_guardian_email_is_student_email.csv")
    assert contacts(found.students[2]) == [("Mo Cole", None, "07700 900131", "yes")]


def test_17_hand_made_workbook() -> None:
    found = reading(MADE / "17_handmade_titles_merged_two_guardians.xlsx")
    assert named(found.students) == [
        ("Chidi", "Abara"),
        ("Inês", "Costa"),
        ("Lotte", "van der Berg"),
        ("Deniz", "Yıldız"),
    ]
    assert birth_dates(found) == {6: "2016-05-17", 7: "2016-05-17", 8: "2015-12-03", 9: "2016-02-29"}
    assert all(student.student_id is None for student in found.students)
    missing = next(one for one in found.findings if one.code == "ID_MISSING")
    assert missing.severity == "F"
    assert {one.code for one in found.findings if one.severity == "I"} == {
        "TITLE_ROWS",
        "BLANK_ROWS",
        "SHEET_IGNORED",
        "COUNTER_COLUMN",
    }
    assert [one.name for one in found.students[3].guardians] == ["Kaan Yıldız"]


def test_19_oneroster() -> None:
    found = reading(MADE / "19_oneroster_nested_macosx_dirty.zip")
    assert (found.format, found.mode, found.row_count) == ("oneroster-1.1", "bulk", 9)
    assert [(row.row, row.code) for row in found.rejected] == [(6, "LEAVER")]
    assert [student.student_id for student in found.leavers] == ["u-s5"]
    assert (
        sum(one.eligible == "yes" for one in {one.key: one for s in found.students for one in s.guardians}.values())
        == 2
    )
    assert contacts(found.students[3]) == [
        ("Fia Nash", "fia.nash@example.org", None, "yes"),
        ("Gia Nash", "gia.nash@example.org", None, "no"),
    ]
    assert birth_dates(found) == {2: "2016-04-01", 3: "2018-02-02", 4: "2015-05-05", 5: None}


def test_20_is_refused_from_the_directory() -> None:
    found = reading(MADE / "20_zip_bomb_and_slip.zip")
    assert found.refused
    assert not (MADE.parent.parent / "outside.csv").exists()


def test_23_html() -> None:
    found = reading(MADE / "23_html_table_named.xls")
    assert [(s.student_id, s.family_name) for s in found.students] == [
        ("000771", "Ashdown"),
        ("000772", "Birch & Dale"),
    ]


def test_26_siecle() -> None:
    found = reading(MADE / "26_fr_siecle_biff_row_per_group.xls")
    assert (found.format, found.row_count) == ("siecle", 5)
    assert [(s.student_id, s.birth_date, s.class_name) for s in found.students] == [
        ("TEST0000001AA", "2015-04-03", "6 A"),
        ("TEST0000002AA", "2015-12-11", "6 A"),
        ("TEST0000003AA", "2016-01-25", "6 B"),
    ]
    assert [one.relationship for one in found.students[0].guardians] == ["mother", "father"]
