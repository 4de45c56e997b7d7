"""Made-up values of every kind: IDs, dates, addresses, guardians."""

# ruff: noqa: E501 rows of rosters stand whole

from pathlib import Path

import pytest

from tests.unit.roster.reading.asking import birth_dates, codes, contacts, counts, named, of_text

HEAD = "Student ID,First name,Last name,DOB,Guardian name,Guardian email\n"


def test_ids(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        HEAD
        + '="00123",A,One,2015-01-01,G,a@example.org\n'
        + "'00124,B,Two,2015-01-02,G,b@example.org\n"
        + "127.0,C,Three,2015-01-03,G,c@example.org\n"
        + "1.23457E+16,D,Four,2015-01-04,G,d@example.org\n"
        + "73928e05,E,Five,2015-01-05,G,e@example.org\n"
        + "TEST-9,F,Six,2015-01-06,G,f@example.org\n"
        + "N/A,H,Seven,2015-01-07,G,h@example.org\n",
    )
    assert [s.student_id for s in found.students] == ["00123", "00124", "127", None, "73928e05", "TEST-9", None]
    assert codes(found) == {("ID_FLOAT", 4), ("ID_WIDTH", 4), ("ID_SCIENTIFIC", 5), ("ID_MISSING", 8)}


def test_conflicts_and_duplicates(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        HEAD
        + "1,Ann,Lee,2015-01-01,Pat Lee,pat@example.org\n"
        + "1,Bob,Ray,2015-02-02,Kim Ray,kim@example.org\n"  # another person under the same ID
        + "1,Ann,Lee,2015-01-01,Pat Lee,pat@example.org\n"  # says nothing new
        + "1,Ann,Lee,2015-01-01,Sam Lee,sam@example.org\n"  # a second guardian
        + "2,Ann,Lee,2015-01-01,Pat Lee,pat@example.org\n"  # the same name and day, another ID
        + "3,,,2015-01-01,Pat Lee,pat@example.org\n"
        + ",Cy,Moor,,Pat Lee,pat@example.org\n",
    )
    assert [(row.row, row.code) for row in found.rejected] == [
        (3, "ID_CONFLICT"),
        (7, "NAME_MISSING"),
        (8, "IDENTITY_MISSING"),
    ]
    assert counts(found) == (2, 2, 3, 3)
    assert {("DUPLICATE_ROW", 4), ("POSSIBLE_DUPLICATE", 6)} <= codes(found)
    assert [len(s.guardians) for s in found.students] == [2, 1]


def test_twins_stay_two(tmp_path: Path) -> None:
    found = of_text(tmp_path, HEAD + ",Ann,Lee,2015-01-01,P,p@example.org\n,Eve,Lee,2015-01-01,P,p@example.org\n")
    assert named(found.students) == [("Ann", "Lee"), ("Eve", "Lee")]
    assert counts(found) == (2, 1, 2, 0)


@pytest.mark.parametrize(
    ("first", "second", "third", "expected"),
    [
        ("25/12/2013", "03/04/2014", "", "2014-04-03"),
        ("12/25/2013", "03/04/2014", "", "2014-03-04"),
        ("25/12/2013", "03/04/2014", "12/25/2013", None),
        ("25.12.2013", "03.04.2014", "", "2014-04-03"),
        ("2013-12-25", "3 kwietnia 2014", "", "2014-04-03"),
        ("2013-12-25", "03-Apr-2014", "", "2014-04-03"),
        ("20131225", "20140403", "", "2014-04-03"),
    ],
)
def test_order_of_dates(tmp_path: Path, first: str, second: str, third: str, expected: str | None) -> None:
    rows = "".join(f"{n},A{n},B,{day},G,g{n}@example.org\n" for n, day in enumerate((first, second, third), 1))
    assert birth_dates(of_text(tmp_path, HEAD + rows))[3] == expected


def test_a_five_digit_number_is_a_date_only_for_a_child(tmp_path: Path) -> None:
    found = of_text(
        tmp_path, HEAD + "1,A,B,41973,G,a@example.org\n2,C,D,20000,G,b@example.org\n3,E,F,46000,G,c@example.org\n"
    )
    assert birth_dates(found) == {2: "2014-11-30", 3: None, 4: None}


@pytest.mark.parametrize(
    ("name", "email", "expected"),
    [
        ("Ann Lee", "ann@example.org; bob@example.org", [("Ann Lee", "ann@example.org"), (None, "bob@example.org")]),
        (
            "Ann Lee & Bob Lee",
            "ann@example.org, bob@example.org",
            [("Ann Lee", "ann@example.org"), ("Bob Lee", "bob@example.org")],
        ),
        ("", "mum a@example.org / dad b@example.org", [(None, "a@example.org"), (None, "b@example.org")]),
        ("", '"Lee, Ann <a@example.org>"', [("Ann Lee", "a@example.org")]),
        ("Ann Lee", "john smith@example.org", []),
        ("Ann Lee", "none", []),
        ("Null", "n@example.org", [("Null", "n@example.org")]),
    ],
)
def test_addresses_of_one_cell(tmp_path: Path, name: str, email: str, expected: list[tuple[str | None, str]]) -> None:
    cell = email if email.startswith('"') else f'"{email}"'
    found = of_text(tmp_path, HEAD + f"1,Max,Lee,2015-01-01,{name},{cell}\n")
    assert [(one.name, one.email) for one in found.students[0].guardians] == expected


def test_labels_say_who(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        'Student ID,Name,Parents\n1,Max Lee,"Maria Lee (mum) maria@example.org 07700 900111; Jan Lee jan@example.org"\n'
        '2,Ivy Moor,"call the office"\n',
    )
    assert [(g.name, g.email, g.phone, g.relationship) for g in found.students[0].guardians] == [
        ("Maria Lee", "maria@example.org", "07700 900111", "mother"),
        ("Jan Lee", "jan@example.org", None, "parent"),
    ]
    assert ("GUARDIAN_UNREADABLE", 3) in codes(found)


def test_placeholder_mailbox(tmp_path: Path) -> None:
    rows = "".join(f"{n},A{n},F{n},2015-01-0{n},Pat F{n},noemail@example.org\n" for n in range(1, 5))
    found = of_text(tmp_path, HEAD + rows + "9,Z,Moor,2015-01-09,Kim Moor,kim@example.org\n")
    assert {row for code, row in codes(found) if code == "EMAIL_PLACEHOLDER"} == {2, 3, 4, 5}
    assert counts(found) == (5, 1, 1, 0)


def test_a_family_of_three_is_no_placeholder(tmp_path: Path) -> None:
    rows = "".join(f"{n},A{n},Lee,2015-01-0{n},Pat Lee,lee@example.org\n" for n in range(1, 5))
    assert counts(of_text(tmp_path, HEAD + rows)) == (4, 1, 4, 0)


def test_mother_and_father_columns(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Nr;Nazwisko i imię;Data urodzenia;Imię i nazwisko matki;E-mail matki;Imię i nazwisko ojca;Telefon ojca\n"
        "1;Kowal Zofia;10.10.2013;Maria Kowal;maria@example.org;Jan Kowal;601 234 567\n",
        locale="pl",
    )
    assert named(found.students) == [("Zofia", "Kowal")]
    assert [(g.relationship, g.name, g.email, g.phone) for g in found.students[0].guardians] == [
        ("mother", "Maria Kowal", "maria@example.org", None),
        ("father", "Jan Kowal", None, "+48601234567"),
    ]
    assert ("COUNTER_COLUMN", 1) in codes(found, "I")


@pytest.mark.parametrize(
    ("relation", "eligible", "count"),
    [
        ("Mother", "yes", 1),
        ("Step-father", "ask", 1),
        ("Grandparent", "no", 1),
        ("legal guardian", "yes", 1),
        ("Neighbour", "no", 1),
        ("", "ask", 1),
        ("Self", "", 0),
        ("uri://ed-fi.org/RelationDescriptor#Mother", "yes", 1),
        ("social worker", "ask", 1),
    ],
)
def test_who_may_be_asked(tmp_path: Path, relation: str, eligible: str, count: int) -> None:
    found = of_text(
        tmp_path,
        f"Student ID,Name,Contact name,Contact relationship,Contact email\n1,Max Lee,Ann Lee,{relation},a@example.org\n",
    )
    guardians = found.students[0].guardians
    assert [one.eligible for one in guardians] == [eligible] * count


def test_leavers(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Student ID,Name,Status,Exit Date,Guardian email\n1,Max Lee,Active,,a@example.org\n2,Ivy Moor,Withdrawn,,b@example.org\n"
        "3,Cy Nash,,2026-06-30,c@example.org\n4,Di Orr,Active,2027-06-30,d@example.org\n",
    )
    assert [(row.row, row.code) for row in found.rejected] == [(3, "LEAVER"), (4, "LEAVER")]
    assert [s.student_id for s in found.students] == ["1", "4"]
    assert [(s.student_id, s.leaver, s.ends) for s in found.leavers] == [("2", True, None), ("3", True, "2026-06-30")]


def test_bare_email_is_the_pupils_unless_a_guardian_stands_before_it(tmp_path: Path) -> None:
    own = of_text(tmp_path, "Student ID,Name,Email\n1,Max Lee,max@example.org\n")
    assert (own.students[0].email, own.students[0].guardians) == ("max@example.org", ())
    theirs = of_text(
        tmp_path, "Student ID,Name,Parent,Email,Phone\n1,Max Lee,Ann Lee,ann@example.org,07700 900111\n", name="b.csv"
    )
    assert contacts(theirs.students[0]) == [("Ann Lee", "ann@example.org", "07700 900111", "yes")]
    assert theirs.students[0].email is None
