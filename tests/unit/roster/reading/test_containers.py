"""Made-up workbooks, web pages and archives."""

# ruff: noqa: E501 rows of rosters stand whole

import zipfile
from pathlib import Path

import pytest

from tests.unit.roster.reading.asking import birth_dates, codes, counts, named, reading

LIST = "Student ID,First name,Last name,DOB,Guardian email\n1,Ann,Lee,2015-02-03,a@example.org\n"


def workbook(
    path: Path, rows: dict[int, dict[str, str]], *, date1904: bool = False, more: dict[str, str] | None = None
) -> Path:
    """A small xlsx by hand. A cell is raw XML between its tags, or text; `n:` numbers, `d:` dates, `f:` formulas."""
    body = ""
    for number, cells in rows.items():
        inner = ""
        for column, value in cells.items():
            kind, _, rest = value.partition(":")
            at = f'r="{column}{number}"'
            inner += {
                "n": f"<c {at}><v>{rest}</v></c>", "d": f'<c {at} s="1"><v>{rest}</v></c>', "f": f"<c {at}><f>{rest}</f></c>",
                "e": f'<c {at} s="0"/>',
            }.get(kind, f'<c {at} t="inlineStr"><is><t>{value}</t></is></c>')  # fmt: skip
        body += f'<row r="{number}">{inner}</row>'
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<workbookPr date1904="{int(date1904)}"/><sheets><sheet name="4B" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet {space}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>",
        **(more or {}),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


HEAD = {"B": "Student ID", "C": "Name", "D": "DOB", "E": "Guardian email", "F": "Guardian phone"}


def test_rows_keep_their_numbers_behind_empty_ones(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {
            4: HEAD,
            5: {"B": "n:1001", "C": "Lee, Ann", "D": "d:42000", "E": "a@example.org"},
            6: {"B": "n:1002", "C": "Ray, Bob", "D": "soon"},
        },
    )
    found = reading(path)
    assert [(s.row, s.student_id, s.birth_date) for s in found.students] == [
        (5, "1001", "2014-12-27"),
        (6, "1002", None),
    ]
    assert [one.column for one in found.findings if one.code == "DATE_INVALID"] == ["D: DOB"]


def test_1904_dates(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: HEAD, 2: {"B": "7", "C": "Lee, Ann", "D": "d:40538"}}, date1904=True)
    assert birth_dates(reading(path)) == {2: "2014-12-27"}


def test_phantom_cell_far_below(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {1: HEAD, 2: {"B": "7", "C": "Lee, Ann", "D": "d:42000"}, 1_048_000: {"A": "e:"}}
    )
    assert counts(reading(path)) == (1, 0, 0, 0)


def test_a_filled_cell_far_below_is_too_large(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: HEAD, 2: {"B": "7"}, 1_048_000: {"XFD": "n:1"}})
    found = reading(path)
    assert found.refused
    assert codes(found) == {("TOO_LARGE", None)}


def test_formula_without_value(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {1: HEAD, 2: {"B": "7", "C": "Lee, Ann", "D": "f:TODAY()", "E": "a@example.org"}}
    )
    found = reading(path)
    assert ("FORMULA_WITHOUT_VALUE", 2) in codes(found)
    assert birth_dates(found) == {2: None}


def test_protected_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    )
    found = reading(path)
    assert found.refused
    assert codes(found) == {("PASSWORD_PROTECTED", None)}


def test_broken_workbooks(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", {1: HEAD}).read_bytes()
    for cut in (30, 200, len(whole) // 2, len(whole) - 10):
        path = tmp_path / "b.xlsx"
        path.write_bytes(whole[:cut])
        assert reading(path).refused


def test_spreadsheetml_under_an_xls_name(tmp_path: Path) -> None:
    path = tmp_path / "librus.xls"
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Worksheet ss:Name="4a"><Table><Row><Cell><Data ss:Type="String">Lp.</Data></Cell><Cell><Data ss:Type="String">Nazwisko i imię</Data></Cell>'
        '<Cell ss:Index="4"><Data ss:Type="String">Data urodzenia</Data></Cell><Cell><Data ss:Type="String">E-mail rodzica</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="Number">1</Data></Cell><Cell><Data ss:Type="String">Żak Łucja</Data></Cell>'
        '<Cell ss:Index="4"><Data ss:Type="DateTime">2015-02-03T00:00:00.000</Data></Cell><Cell><Data ss:Type="String">z@example.org</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>",
        "utf-8",
    )
    found = reading(path)
    assert named(found.students) == [("Łucja", "Żak")]
    assert birth_dates(found) == {2: "2015-02-03"}
    assert counts(found) == (1, 1, 1, 0)


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    "entries",
    [[("../out.csv", b"x")], [("/etc/x.csv", b"x")], [("C:\\x.csv", b"x")], [("a\\..\\..\\x.csv", b"x")], [(link(), b"/etc/passwd")],
     [("inner.zip", b"PK")], [("list.csv", b"\n" * 80_000_000)]],
)  # fmt: skip
def test_unsafe_archives(tmp_path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]]) -> None:
    path = zipped(tmp_path / "a.zip", ("list.csv" if entries[0][0] != "list.csv" else "b.csv", LIST.encode()), *entries)
    found = reading(path)
    assert found.refused
    assert codes(found) == {("ZIP_UNSAFE", None)}
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_too_many_files(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", *((f"{n}.csv", b"x") for n in range(201)))
    assert codes(reading(path)) == {("TOO_LARGE", None)}


def test_encrypted_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("list.csv", LIST.encode()))
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert codes(reading(path)) == {("PASSWORD_PROTECTED", None)}


def test_a_zip_of_one_list_is_read(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        ("vulcan/uczniowie.csv", LIST.encode()),
        ("__MACOSX/._x.csv", b"\0\1"),
        ("notes.csv", b"hello\n"),
    )
    found = reading(path)
    assert counts(found) == (1, 1, 1, 0)
    assert ("FILE_IGNORED", None) in codes(found, "I")


def test_what_is_not_there_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reading(tmp_path / "nothing.csv")


def test_a_very_long_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 5_000_000)
    assert codes(reading(path)) == {("TOO_LARGE", None)}
