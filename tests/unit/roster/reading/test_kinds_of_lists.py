"""Lists that hold more, or less, than pupils: adults beside them, guardians alone, several files of one kind."""

# ruff: noqa: E501 rows of rosters stand whole

import zipfile
from pathlib import Path

import pytest

from guardian.roster.reading.fields.dates import tell
from guardian.roster.reading.fields.mails import mistyped
from tests.unit.roster.reading.asking import AS_OF, SAMPLES, codes, contacts, counts, named, of_text, reading

PUPILS = "Student ID,First name,Last name,DOB\n17,Ann,Lee,2015-02-03\n18,Bob,Lee,2015-02-04\n19,Cy,Moor,2015-02-05\n"
ONDE = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;Téléphone domicile;Téléphone portable;"
    "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\n"
    "Mme;;LEFÈVRE;Odile;odile@example.org;;0612345678;;LEFÈVRE;Zoé;CM1;;LEFÈVRE;Noé;CE1\nM.;;BRUN;Yves;yves@example.org;;;;LEFÈVRE;Zoé;CM1\n"
)


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text.encode())
    return path


def test_adults_are_no_pupils(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Student ID,First name,Last name,Email,Role,Guardian email\n17,Ann,Lee,ann@p.example.org,Student,pat@example.org\n"
        "90,Tea,Cher,tea@example.org,Teacher,\n91,Pat,Lee,pat@example.org,Parent,\n",
    )
    assert named(found.students) == [("Ann", "Lee")]
    assert contacts(found.students[0]) == [(None, "pat@example.org", None, "yes")]
    assert codes(found, "I") == {("NOT_A_PUPIL", 3), ("NOT_A_PUPIL", 4)}
    assert (found.row_count, found.rejected) == (3, ())


def test_staff_of_a_google_workspace(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Employee ID\n"
        "Ann,Lee,ann@p.example.org,/Students/2032,17\nTea,Cher,tea@p.example.org,/Staff/Maths,90\n",
    )
    assert [(one.family_name, one.class_name) for one in found.students] == [("Lee", "2032")]
    assert ("NOT_A_PUPIL", 3) in codes(found, "I")


def test_a_users_file_without_the_rest_of_its_bundle(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,agentSourcedIds\n"
        "s1,true,o1,student,ann,Ann,Lee,,p1\np1,true,o1,parent,pat,Pat,Lee,pat@example.org,\nt1,true,o1,teacher,t,Tea,Cher,t@example.org,\n",
        name="users.csv",
    )
    assert found.format == "oneroster-1.0"
    assert named(found.students) == [("Ann", "Lee")]
    assert contacts(found.students[0]) == [("Pat Lee", "pat@example.org", None, "yes")]


def test_a_role_that_was_taken_away_makes_nobody_a_parent(tmp_path: Path) -> None:
    users = "sourcedId,status,enabledUser,givenName,familyName,email,agentSourcedIds\n"
    path = zipped(
        tmp_path / "a.zip",
        manifest_csv="propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.users,delta\nfile.roles,delta\n",
        users_csv=users + "s1,active,true,Ann,Lee,,t1\nt1,active,true,Tea,Cher,t@example.org,\n",
        roles_csv="sourcedId,status,userSourcedId,role\nr1,active,s1,student\nr2,active,t1,teacher\nr3,tobedeleted,t1,parent\n",
    )
    found = reading(path)
    assert counts(found) == (1, 0, 0, 0)
    assert ("AGENT_IS_STAFF", 2) in codes(found)


def test_responsables_alone_import_nobody(tmp_path: Path) -> None:
    found = of_text(tmp_path, ONDE, "cp1252")
    assert (found.format, counts(found)) == ("onde", (0, 0, 0, 2))
    assert {row.code for row in found.rejected} == {"IDENTITY_MISSING"}
    assert codes(found, "F") == {("GUARDIANS_ONLY", None), ("ID_MISSING", None)}
    assert not any(code == "ROW_SHAPE" for code, _ in codes(found))


@pytest.mark.parametrize(
    "text",
    [
        "studentEmail,guardianEmail\nann@p.example.org,pat@example.org\n",
        "ParentFirstName|ParentLastName|Email|StudentId|Phone|SISId\nPat|Lee|pat@example.org|17||c1\n",
        "Guardian First Name,Guardian Last Name,Guardian Email,Student IDs\nPat,Lee,pat@example.org,17\n",
        "<BEE_RESPONSABLES><PERSONNE PERSONNE_ID='7'><PRENOM>Odile</PRENOM></PERSONNE></BEE_RESPONSABLES>",
    ],
)
def test_guardians_without_pupils(tmp_path: Path, text: str) -> None:
    found = of_text(tmp_path, text)
    assert found.students == ()
    assert ("GUARDIANS_ONLY", None) in codes(found, "F")


@pytest.mark.parametrize(
    "parents",
    [
        "ParentFirstName|ParentLastName|Email|StudentId|Phone\nPat|Lee|pat@example.org|17|\nPat|Lee|pat@example.org|18|\nDi|Moor|di@example.org|19|\n",
        'Guardian First Name,Guardian Last Name,Guardian Email,Student IDs\nPat,Lee,pat@example.org,"17, 18"\nDi,Moor,di@example.org,19\n',
    ],
)
def test_a_second_file_names_its_pupils_by_id(tmp_path: Path, parents: str) -> None:
    found = reading(zipped(tmp_path / "a.zip", students_csv=PUPILS, parents_txt=parents))
    assert counts(found) == (3, 2, 3, 0)
    assert contacts(found.students[1]) == [("Pat Lee", "pat@example.org", None, "yes")]


def test_a_mistake_in_the_second_file_is_told_there(tmp_path: Path) -> None:
    parents = "Guardian Name,Guardian Email,Student ID\nPat Lee,pat@example,17\nKim Lee,kim@gmial.com,18\n"
    found = reading(zipped(tmp_path / "a.zip", students_csv=PUPILS, parents_csv=parents))
    told = {one.code: (one.file, one.row, one.column) for one in found.findings if one.code.startswith("EMAIL")}
    assert told == {
        "EMAIL_INVALID": ("parents.csv", 2, "B: Guardian Email"),
        "EMAIL_DOMAIN_TYPO": ("parents.csv", 3, "B: Guardian Email"),
    }


def test_xml_with_a_note_beside_it(tmp_path: Path) -> None:
    found = reading(
        zipped(
            tmp_path / "a.zip",
            eleves_xml="<BEE_ELEVES><ELEVE ELEVE_ID='1'><ID_NATIONAL>9AB</ID_NATIONAL><NOM_DE_FAMILLE>NOIR</NOM_DE_FAMILLE><PRENOM>Ana</PRENOM></ELEVE></BEE_ELEVES>",
            responsables_xml="<BEE_RESPONSABLES><PERSONNE PERSONNE_ID='7'><NOM_DE_FAMILLE>NOIR</NOM_DE_FAMILLE><PRENOM>Luc</PRENOM><MEL>luc@example.org</MEL></PERSONNE>"
            "<RESPONSABLE_ELEVE><ELEVE_ID>1</ELEVE_ID><PERSONNE_ID>7</PERSONNE_ID><CODE_PARENTE>2</CODE_PARENTE></RESPONSABLE_ELEVE></BEE_RESPONSABLES>",
            lisezmoi_txt="bonjour",
        )
    )
    assert counts(found) == (1, 1, 1, 0)
    assert ("FILE_IGNORED", None) in codes(found, "I")


def test_canvas_without_enrolments_says_so(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        users_csv="user_id,login_id,first_name,last_name,status\n1,a,Ann,Lee,active\n",
        accounts_csv="account_id\n1\n",
    )
    assert ("ROLE_UNKNOWN", None) in codes(reading(path), "W")


def test_a_workbook_that_lies_unpacked_in_an_archive(tmp_path: Path) -> None:
    from tests.unit.roster.reading.test_containers import HEAD, workbook

    inner = workbook(tmp_path / "4B.xlsx", {1: HEAD, 2: {"B": "7", "C": "Lee, Ann", "D": "d:42000"}})
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner, "4B.xlsx")
    assert named(reading(tmp_path / "a.zip").students) == [("Ann", "Lee")]


def test_every_table_of_a_page(tmp_path: Path) -> None:
    head = "<tr><th>Nazwisko i imię<th>Data urodzenia<th>E-mail opiekuna</tr>"
    found = of_text(
        tmp_path,
        f"<html><table><tr><td>4</table><table>{head}<tr><td>Żak Łucja<td>03.02.2015<td>e@example.org</table>"
        f"<table>{head}<tr><td>Kot Jan<td>04.02.2015<td>k@example.org</table></html>",
        name="a.xls",
    )
    assert named(found.students) == [("Łucja", "Żak"), ("Jan", "Kot")]


def test_whose_address_a_header_says(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "ID,First,Last,Birthday,Mom,Mom's Email,Dad,Dad's Email\n7,Ann,Lee,2015-04-25,Pat Lee,pat@example.org,Sam Lee,sam@example.org\n",
    )
    assert [one.relationship for one in found.students[0].guardians] == ["mother", "father"]
    found = of_text(
        tmp_path,
        "ID,First,Last,parent_name_1,parent_email_1,parent_name_2,parent_email_2\n7,Ann,Lee,Pat Lee,pat@example.org,Sam Lee,sam@example.org\n",
    )
    assert [one.name for one in found.students[0].guardians] == ["Pat Lee", "Sam Lee"]
    found = of_text(
        tmp_path, "ID,First,Last,Parent name,Parent email 1,Parent email 2\n7,Ann,Lee,Pat Lee,,pat@example.org\n"
    )
    assert contacts(found.students[0]) == [("Pat Lee", "pat@example.org", None, "yes")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Pat Lee (mum) pat@example.org 07700 900111; Sam Lee (dad) sam@example.org", [("Pat Lee", "mother"), ("Sam Lee", "father")]),
        ("Sam Ward ward@example.org", [("Sam Ward", "parent")]),
        ("Mum - Di Moor di@example.org", [("Di Moor", "mother")]),
        ("Maman Zoé Noir zoe@example.org", [("Zoé Noir", "mother")]),
        ("Sam Cousin (uncle) sam@example.org", [("Sam Cousin", "relative")]),
    ],
)  # fmt: skip
def test_labels_and_names_in_one_cell(tmp_path: Path, cell: str, expected: list[tuple[str, str]]) -> None:
    (student,) = of_text(tmp_path, f'Student ID,Name,Parents\n7,"Lee, Ann","{cell}"\n').students
    assert [(one.name, one.relationship) for one in student.guardians] == expected


def test_labels_beside_two_addresses(tmp_path: Path) -> None:
    (student,) = of_text(
        tmp_path,
        'Student ID,Name,Guardian,Guardian email\n7,"Nash, Di","Mum: Fay Nash, Dad: Gus Nash","fay@example.org; gus@example.org"\n',
    ).students
    assert [(one.name, one.relationship) for one in student.guardians] == [
        ("Fay Nash", "mother"),
        ("Gus Nash", "father"),
    ]


def test_yes_or_no_is_nobody(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Arbor Student ID,Legal First Name,Legal Last Name,Primary Guardian Name,Primary Guardian Email,Legal guardian,Court Order\n"
        "17,Ann,Lee,Pat Lee,pat@example.org,Yes,No\n18,Bob,Ray,Ray Ray,ray@example.org,Yes,Yes\n19,Cy,Moor,Di Moor,di@example.org,No,\n",
    )
    assert [[(one.eligible, one.reason) for one in student.guardians] for student in found.students] == [
        [("yes", "responsibility")],
        [("no", "court_order")],
        [("no", "no_responsibility")],
    ]


def test_a_polish_guardian_written_family_first(tmp_path: Path) -> None:
    (student,) = of_text(
        tmp_path, "Nazwisko i imię;Data ur.;Opiekun;E-mail opiekuna\nŻak Łucja;3 lut 2015;Żak Ewa;e@example.org\n"
    ).students
    assert (student.given_name, student.family_name) == ("Łucja", "Żak")
    (student,) = of_text(
        tmp_path, "ID;Nazwisko;Imię;Opiekun;E-mail opiekuna\n7;Żak;Łucja;Żak Ewa;e@example.org\n"
    ).students
    assert (student.guardians[0].given_name, student.guardians[0].family_name) == ("Ewa", "Żak")


def test_totals_below_the_list(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "No,Name,DOB,Parent email\n1,Ann Lee,2015-04-25,a@example.org\nTotal,2,,\nTotal students: 2,,,\n,Boys: 1,,\nPrinted on 01/09/2026,,,\n",
    )
    assert (found.student_count, found.row_count, found.rejected) == (1, 1, ())
    found = of_text(tmp_path, "Name,Student ID,Class\nSuma,17,4a\nTotal,,3\n")
    assert [one.student_id for one in found.students] == ["17"]


def test_the_systems_own_status_is_stronger_than_a_date(tmp_path: Path) -> None:
    head = "Student_Number\tFirst_Name\tLast_Name\tGrade_Level\tExitDate\tEnroll_Status\n"
    found = of_text(tmp_path, head + "17\tAnn\tLee\t4\t06/20/2026\t0\n18\tBob\tRay\t4\t\t2\n")
    assert [one.student_id for one in found.students] == ["17"]
    assert [(row.row, row.code) for row in found.rejected] == [(3, "LEAVER")]
    leaver = next(one for one in found.findings if one.code == "LEAVER")
    assert (leaver.column, leaver.value) == ("F: Enroll_Status", "2")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("vendredi 3 avril 2015", "2015-04-03"), ("wt., 3 lut 2015", "2015-02-03"), ("Dienstag, 3. März 2015", "2015-03-03"),
        ("mar. 3 mars 2015", "2015-03-03"), ("Mar 3, 2015", "2015-03-03"), ("3 III 2015", "2015-03-03"), ("3-XI-2015", "2015-11-03"),
        ("03.02.2015r.", "2015-02-03"), ("2015", None), ("2015-02", None), ("born 3 April 2015", None), ("3 xx 2015", None),
    ],
)  # fmt: skip
def test_dates_in_words(text: str, iso: str | None) -> None:
    assert tell(text, AS_OF, None).iso == iso


@pytest.mark.parametrize(
    ("domain", "meant"),
    [("gmial.com", "gmail.com"), ("gmail.co", "gmail.com"), ("wanado.fr", "wanadoo.fr"), ("hotmial.com", "hotmail.com"),
     ("mail.com", ""), ("orange.pl", ""), ("example.org", ""), ("gmail.com", ""), ("live.fr", "")],
)  # fmt: skip
def test_mistyped_domains(domain: str, meant: str) -> None:
    assert mistyped(domain) == meant


@pytest.mark.parametrize("encoding", ["utf-32", "iso-8859-15"])
def test_rarer_encodings(tmp_path: Path, encoding: str) -> None:
    found = of_text(tmp_path, "Nom;Prénom;Né(e) le;Classe\nLœuil;Zoé;03/04/2015;CM1\n", encoding)
    assert named(found.students) == [("Zoé", "Lœuil")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("SIS ID,School SIS ID,First Name,Last Name,Username,Teacher Number,Title", "1,2,Tea,Cher,t,9,Ms"),
        ("School_id,Teacher_id,Last_name,First_name,Teacher_email", "1,9,Cher,Tea,t@example.org"),
        ("sourcedId,name,type,parentSourcedId", "o1,School One,school,"),
        ("School_id,Name,School_number,Low_grade,High_grade,Principal", "1,School One,2,K,5,Pat Lee"),
    ],
)
def test_staff_and_schools_are_no_pupils(tmp_path: Path, header: str, row: str) -> None:
    found = of_text(tmp_path, f"{header}\n{row}\n")
    assert codes(found) == {("NO_PUPILS_LISTED", None)}
    assert counts(found) == (0, 0, 0, 0)


def test_a_pupil_may_have_a_teacher(tmp_path: Path) -> None:
    found = of_text(tmp_path, "Student ID,First name,Last name,Teacher ID,Principal\n17,Ann,Lee,9,Pat\n")
    assert named(found.students) == [("Ann", "Lee")]


EVERY_SAMPLE = {
    "microsoft-sds-v1-100users": {"Student.csv": 86},
    "microsoft-sds-v2.1": {},
    "rosariosis": {"Students_RosarioSIS_test.csv": 6, "Students_RosarioSIS_test.xlsx": 6},
    "sds-v1-oea-contoso": {"students_day1.csv": 2, "students_day2.csv": 2},
    "us-aspen-x2-studentinsights": {"fake_students_export.csv": 5, "fake_students_export.txt": 3},
    "us-edfi-earthmover": {"students_anytown.csv": 1199},
}


@pytest.mark.parametrize("folder", sorted(EVERY_SAMPLE))
def test_no_file_gives_pupils_but_the_lists_of_pupils(folder: str) -> None:
    found = {path.name: reading(path).student_count for path in (SAMPLES / folder).iterdir()}
    assert {name: count for name, count in found.items() if count} == EVERY_SAMPLE[folder]
    assert found.keys() >= EVERY_SAMPLE[folder].keys()


def test_a_class_behind_a_name_is_no_name(tmp_path: Path) -> None:
    found = of_text(tmp_path, "Student ID,Student,Guardian e-mail\n1,Bob Ray (4B),b@example.org\n")
    assert named(found.students) == [("Bob", "Ray")]
    assert ("NAME_CLEANED", 2) in codes(found, "W")


@pytest.mark.parametrize(
    "header",
    [
        "Student ID,First name,Last name,P1 name,P1 email,P1 phone,P2 name,P2 email,P2 phone",
        "Student ID,First name,Last name,Guardian 1,Email 1,Tel 1,Guardian 2,Email 2,Tel 2",
        "Matricule,Prénom,Nom,Responsable 1,Mail 1,Tél. 1,Responsable 2,Mail 2,Tél. 2",
    ],
)
def test_numbers_say_whose_channel_it_is(tmp_path: Path, header: str) -> None:
    found = of_text(
        tmp_path, f"{header}\n17,Ann,Lee,Pat Lee,pat@example.org,07700 900111,Sam Lee,sam@example.org,07700 900112\n"
    )
    assert contacts(found.students[0]) == [
        ("Pat Lee", "pat@example.org", "07700 900111", "yes"),
        ("Sam Lee", "sam@example.org", "07700 900112", "yes"),
    ]


def test_channels_that_stand_behind_both_guardians(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "ID;NOM;PRENOM;NOM RESPONSABLE 1;PRENOM RESPONSABLE 1;NOM RESPONSABLE 2;PRENOM RESPONSABLE 2;MAIL 1;MAIL 2\n"
        "7;LEE;Ann;LEE;Pat;BRUN;Yves;pat@example.org;yves@example.org\n",
    )
    assert contacts(found.students[0]) == [
        ("Pat LEE", "pat@example.org", None, "yes"),
        ("Yves BRUN", "yves@example.org", None, "yes"),
    ]


def test_the_number_of_an_emergency_contact(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "Student ID,First name,Last name,Emergency Contact,Emergency Contact Number\n17,Ann,Lee,Una Roe,07700900111\n",
    )
    assert contacts(found.students[0]) == [("Una Roe", None, "07700900111", "no")]
