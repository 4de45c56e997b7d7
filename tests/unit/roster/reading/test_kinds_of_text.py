"""Made-up files of every kind of trouble that delimited text brings."""

# ruff: noqa: E501 rows of rosters stand whole

from pathlib import Path

import pytest

from tests.unit.roster.reading.asking import birth_dates, codes, contacts, counts, named, of_text, reading

POLISH = (
    "Nazwisko;Imię;Klasa;Data urodzenia;Opiekun;E-mail opiekuna\r\n"
    "Wiśniewska;Łucja;4a;03.09.2016;Żaneta Wiśniewska;zaneta.w@example.org\r\n"
    "Gąska;Święto­sława;4a;27.01.2017;Paweł Gąska;pawel.g@example.org\r\n"
).replace("­", "")
FRENCH = (
    "Nom;Prénom;Né(e) le;Classe;Responsable légal 1;Courriel responsable\r"
    "Lefèvre;Zoé;03/09/2016;CM1;Aïcha Lefèvre;aicha@example.org\r"
    "Bérenger;François;15/06/2016;CM1;Noël Bérenger;noel@example.org\r"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2", "utf-16-le", "utf-16-be", "utf-16", "cp852"]
)
def test_polish_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    found = of_text(tmp_path, POLISH, encoding)
    assert found.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    assert found.delimiter == ";"
    assert named(found.students) == [("Łucja", "Wiśniewska"), ("Świętosława", "Gąska")]
    assert birth_dates(found) == {2: "2016-09-03", 3: "2017-01-27"}
    assert counts(found) == (2, 2, 2, 0)
    announced = encoding in {"cp1250", "iso-8859-2", "cp852"}
    assert (("ENCODING_ASSUMED", None) in codes(found)) is announced


@pytest.mark.parametrize("encoding", ["mac_roman", "cp1252", "cp850", "utf-8"])
def test_french_with_carriage_returns_only(tmp_path: Path, encoding: str) -> None:
    found = of_text(tmp_path, FRENCH, encoding)
    assert found.encoding == encoding
    assert named(found.students) == [("Zoé", "Lefèvre"), ("François", "Bérenger")]
    assert [s.row for s in found.students] == [2, 3]
    assert birth_dates(found)[2] == "2016-09-03"


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("cp1251", "Иванова Наталья"), ("cp1254", "Yıldız Ayşegül"), ("mac_roman", "Muñoz Zoë"), ("cp1250", "Żółć Paweł")],
)
def test_english_headers_foreign_names(tmp_path: Path, encoding: str, names: str) -> None:
    family, given = names.split()
    text = f"Student ID,First Name,Last Name,Guardian Email\n1,{given},{family},a@example.org\n2,{given},{family},b@example.org\n"
    found = of_text(tmp_path, text, encoding)
    assert found.encoding == encoding
    assert named(found.students)[0] == (given, family)


def test_lines_in_two_encodings(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(
        "Klasse;Nachname;Vorname;Geburtsdatum;ID\n5a;Müller;Jürgen;01.02.2014;1\n5a;Weiß;Änne;13.02.2014;2\n".encode()
        + "5a;Schröder;Käthe;14.03.2014;3\n".encode("cp1252")
    )
    found = reading(path)
    assert found.encoding == "utf-8"
    assert named(found.students) == [("Jürgen", "Müller"), ("Änne", "Weiß"), ("Käthe", "Schröder")]
    mixed = [one for one in found.findings if one.code == "ENCODING_MIXED"]
    assert [one.line for one in mixed] == [4]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("stated", [True, False])
def test_every_separator(tmp_path: Path, mark: str, stated: bool) -> None:
    rows = [["Student ID", "Name", "DOB", "Guardian email"], ["7", "Ann Lee", "2015-02-03", "lee@example.org"]]
    text = "".join(mark.join(row) + "\r\n" for row in rows)
    found = of_text(tmp_path, (f"sep={mark}\r\n" if stated else "") + text)
    assert found.delimiter == mark
    assert [(s.row, s.line, s.student_id) for s in found.students] == [(2, 3 if stated else 2, "7")]


def test_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        'Student ID,First name,Last name,Guardian email\n1,Ann,Lee,a@example.org\n2,"Bob,Ray,b@example.org\n'
        '3,Cy,Moor,c@example.org\n4,"Di, Ann",Nash,d@example.org\n',
    )
    assert [(row.row, row.line, row.code) for row in found.rejected] == [(3, 3, "UNCLOSED_QUOTE")]
    assert [s.student_id for s in found.students] == ["1", "3", "4"]
    assert [s.row for s in found.students] == [2, 4, 5]
    assert found.row_count == 4


def test_very_many_unclosed_quotes_end(tmp_path: Path) -> None:
    rows = "".join(f'{number},"Bob,Ray,b{number}@example.org\n' for number in range(20_000))
    found = of_text(tmp_path, f"Student ID,First name,Last name,Guardian email\n{rows}")
    assert len(found.rejected) >= 19_990
    assert found.student_count <= 10


def test_repeated_headers_never_make_the_parent_the_pupil(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "ID,Forename,Surname,ID,(Contact) Priority,Parental responsibility (T/F),Title,Forename,Surname,"
        "(Contact) Home Email,Main Telephone,Primary Email,Mobile number,ID,Class Name\n"
        "1,Ivy,Ames,90,1,T,Mrs,Pat,Ames,pat@example.org,,,07700 900001,7,4B\n"
        "1,Ivy,Ames,91,2,F,Mr,Kim,Bell,,,kim@example.org,,7,4B\n"
        "2,Otto,Bell,90,1,T,Mrs,Pat,Ames,pat@example.org,,,07700 900001,7,4B\n",
    )
    assert found.format == "sims"
    assert named(found.students) == [("Ivy", "Ames"), ("Otto", "Bell")]
    assert contacts(found.students[0]) == [
        ("Pat Ames", "pat@example.org", "07700 900001", "yes"),
        ("Kim Bell", "kim@example.org", None, "no"),
    ]
    assert counts(found) == (2, 2, 3, 0)
    assert codes(found) == {("GUARDIAN_NOT_ELIGIBLE", 3)} | ({("BIRTH_DATE_MISSING", None)})


@pytest.mark.parametrize(
    "text",
    [
        "Klasse 5a;Müller;Jan;03.04.2014;17\n5a;Weiß;Eva;01.02.2014;18\n",
        "1,2,3\n4,5,6\n",
        "Ann Lee\nBob Ray\n",
        "\n\n\nx\n",
    ],
)
def test_no_header_imports_nothing(tmp_path: Path, text: str) -> None:
    found = of_text(tmp_path, text)
    assert codes(found) == {("HEADER_MISSING", None)}
    assert counts(found) == (0, 0, 0, 0)
    assert not found.refused


@pytest.mark.parametrize(
    "text", ["", "\n\n\n", "   \n", "Student ID,First name,Last name\n", "Student ID,First name,Last name\n,,\n,,\n"]
)
def test_empty(tmp_path: Path, text: str) -> None:
    found = of_text(tmp_path, text)
    assert found.refused
    assert codes(found) == {("EMPTY", None)}


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n\0\0", b'{"students": []}', b'[{"a": 1}]', bytes(range(256)) * 9]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    found = reading(path)
    assert found.refused
    assert codes(found) == {("FORMAT_UNKNOWN", None)}


def test_short_and_long_rows(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Student ID,First name,Last name,Guardian email,Class\n1,Ann,Lee\n2,Bob,Ray,b@example.org,4A,more\n3,Cy,Moor,c@example.org,4A,,\n",
    )
    assert {pair for pair in codes(found) if pair[0] == "ROW_SHAPE"} == {("ROW_SHAPE", 2), ("ROW_SHAPE", 3)}
    assert found.student_count == 3


def test_titles_instructions_and_totals(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Class list 4B,,,\nPrinted 01/09/2026,,,\n,,,\nStudent ID,Name,DOB,Guardian email\n"
        'Required: text,Required: text,Optional: date,\n1,"Lee, Ann",2015-02-03,a@example.org\nTotal: 1,,,\n',
    )
    assert [(s.row, s.given_name, s.family_name) for s in found.students] == [(6, "Ann", "Lee")]
    assert codes(found, "I") == {("TITLE_ROWS", None), ("BLANK_ROWS", None), ("INSTRUCTION_ROW", 5)} - {
        ("BLANK_ROWS", None)
    }
    assert counts(found) == (1, 1, 1, 0)


def test_damaged_text_is_told_and_kept(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Student ID,First name,Last name,Guardian email\n1,StÃ©phane,Dupont,a@example.org\n2,J�rg,Ray,b@example.org\n",
    )
    assert codes(found, "W") >= {("MOJIBAKE", 2), ("MOJIBAKE", 3)}
    assert found.students[0].given_name == "StÃ©phane"
