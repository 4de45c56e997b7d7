"""Made-up bundles: OneRoster in its versions, School Data Sync 1 with guardians, Clever, Canvas, ONDE, XML."""

# ruff: noqa: E501 rows of rosters stand whole

import zipfile
from pathlib import Path

import pytest

from guardian.roster.reading.records import Reading
from tests.unit.roster.reading.asking import codes, contacts, counts, named, reading

USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)


def bundle(tmp_path: Path, files: dict[str, str], *, folder: bool = False) -> Reading:
    if folder:
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        return reading(tmp_path)
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return reading(path)


def manifest(**files: str) -> str:
    said = "".join(f"file.{name},{state}\n" for name, state in files.items())
    return f"propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n{said}"


@pytest.mark.parametrize("folder", [False, True])
def test_oneroster_delta(tmp_path: Path, folder: bool) -> None:
    found = bundle(
        tmp_path,
        {
            "manifest.csv": manifest(users="delta"),
            "users.csv": USERS_11
            + "s1,active,2026-08-01T00:00:00Z,true,o1,student,a,,Ann,Lee,,,,,,p1,04,\n"
            + "s2,tobedeleted,2026-08-01T00:00:00Z,true,o1,student,b,,Bob,Ray,,,,,,,04,\n"
            + "p1,active,2026-08-01T00:00:00Z,true,o1,guardian,c,,Pat,Lee,,,pat@example.org,,,,,\n",
        },
        folder=folder,
    )
    assert (found.format, found.mode) == ("oneroster-1.1", "delta")
    assert counts(found) == (1, 1, 1, 1)
    assert [s.student_id for s in found.leavers] == ["s2"]
    assert not {"STATUS_IN_BULK", "BUNDLE_FOLDER", "BUNDLE_FILE_ABSENT"} & {code for code, _ in codes(found)}


def test_oneroster_only_a_manifest_means_no_updates(tmp_path: Path) -> None:
    found = bundle(tmp_path, {"manifest.csv": manifest(users="absent")})
    assert (found.refused, found.mode, counts(found)) == (False, "delta", (0, 0, 0, 0))


def test_oneroster_1_0_without_manifest_and_unquoted_lists(tmp_path: Path) -> None:
    found = bundle(
        tmp_path,
        {
            "users.csv": USERS_11
            + "s1,,,true,o1,o2,student,a,,Ann,Lee,,,,,,p1,04,\n"  # the list of schools was not quoted
            + "s2,,,true,o1,student,b,,Bob,Lee,,,,,,p1,p2,04,\n"  # nor the list of agents
            + "p1,,,true,o1,parent,c,,Pat,Lee,,,pat@example.org,,,,,\n"
            + "p2,,,true,o1,parent,d,,Sam,Lee,,,sam@example.org,,,,,\n",
            "orgs.csv": "sourcedId,status,dateLastModified,name,type\no1,,,Oak,school\n",
        },
    )
    assert found.format == "oneroster-1.0"
    assert counts(found) == (2, 2, 3, 0)
    assert [(s.given_name, s.school) for s in found.students] == [("Ann", "Oak"), ("Bob", "Oak")]
    assert {row for code, row in codes(found) if code == "ROW_SHAPE"} == {2, 3}


def test_oneroster_1_2_roles_and_dirt(tmp_path: Path) -> None:
    found = bundle(
        tmp_path,
        {
            "manifest.csv": manifest(users="bulk", roles="bulk", demographics="bulk").replace("1.1", "1.2").replace(",value", ",propertyValue"),
            "users.csv": "sourcedId,status,dataLastModified,enabledUser,username,givenName,familyName,email,agents,grade\n"
            's1,,,TRUE,a,Ann,Lee,ann@pupils.example.org,"p1,p2,t1",4\ns2,inactive,,TRUE,b,Bob,Ray,,,4\n'
            "p1,,,TRUE,c,Pat,Lee,pat@example.org,,\np2,,,TRUE,d,Sam,Lee,sam@example.org,,\nt1,,,TRUE,e,Tea,Cher,tea@example.org,,\n",
            "roles.csv": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
            "1,,,s1,primary,student,,,o1\n2,,,s2,primary,student,,,o1\n3,,,p1,primary,parent,,,o1\n4,,,p1,secondary,teacher,,,o1\n"
            "5,,,t1,primary,teacher,,,o1\n",
            "demographics.csv": "userSourcedId,status,dateLastModified,birthdate\ns1,,,2015-02-03\n",
        },
    )  # fmt: skip
    assert found.format == "oneroster-1.2"
    assert counts(found) == (1, 2, 2, 1)
    (ann,) = found.students
    assert (ann.birth_date, ann.email, ann.grade) == ("2015-02-03", "ann@pupils.example.org", "4")
    assert contacts(ann) == [("Pat Lee", "pat@example.org", None, "yes"), ("Sam Lee", "sam@example.org", None, "ask")]
    assert ("AGENT_IS_STAFF", 2) in codes(found)


def test_nothing_but_headers(tmp_path: Path) -> None:
    found = bundle(tmp_path, {"manifest.csv": manifest(users="bulk"), "users.csv": USERS_11})
    assert found.refused
    assert codes(found) == {("EMPTY", None)}


def test_school_data_sync_1_with_guardians(tmp_path: Path) -> None:
    found = bundle(
        tmp_path,
        {
            "School.csv": "SIS ID,Name\n1,Oak\n",
            "Student.csv": "SIS ID,School SIS ID,First Name,Last Name,Birthdate,Password\n10,1,Ann,Lee,4/2/2015,secret\n11,1,Bob,Ray,12/25/2014,x\n",
            "user.csv": "Email,First Name,Last Name,Phone,SIS ID\npat@example.org,Pat,Lee,,\n",
            "guardianrelationship.csv": "SIS ID,Email,Role\n10,pat@example.org,Parent\n11,sam@example.org,\n",
        },
    )
    assert counts(found) == (2, 2, 2, 0)
    assert found.students[0].birth_date == "2015-04-02"
    assert contacts(found.students[0]) == [("Pat Lee", "pat@example.org", None, "yes")]
    assert contacts(found.students[1]) == [(None, "sam@example.org", None, "no")]
    assert "secret" not in str(found)


def test_clever_contacts_in_both_places(tmp_path: Path) -> None:
    head = "School_id,Student_id,Student_number,Last_name,First_name,DOB,Contact_relationship,Contact_type,Contact_name,Contact_phone,Contact_email\n"
    found = bundle(
        tmp_path,
        {
            "schools.csv": "School_id,School_name\n1,Oak\n",
            "students.csv": head
            + "1,10,900,Lee,Ann,04/02/2015,Parent,Primary,Pat Lee,2025550101,pat@example.org\n"
            + "1,10,900,Lee,Ann,04/02/2015,Parent,Secondary,Sam Lee,,sam@example.org\n"
            + "1,10,900,Lee,Ann,04/02/2015,Self,Other,Ann Lee,,ann@example.org\n"
            + "1,11,901,Ray,Bob,12/25/2014,,,,,\n",
            "contacts.csv": "contact_id,student_id,first_name,last_name,type,relationship,phone,phone_type,email\n"
            "c1,11,Kim,Ray,Primary,Grandparent,,,kim@example.org\n",
        },
    )
    assert found.format == "clever"
    assert counts(found) == (2, 3, 3, 0)
    assert [(s.student_id, s.school, s.birth_date) for s in found.students] == [
        ("10", "Oak", "2015-04-02"),
        ("11", "Oak", "2014-12-25"),
    ]
    assert [one.eligible for one in found.students[0].guardians] == ["yes", "yes"]
    assert [one.eligible for one in found.students[1].guardians] == ["no"]


def test_canvas_observers(tmp_path: Path) -> None:
    found = bundle(
        tmp_path,
        {
            "users.csv": "user_id,login_id,first_name,last_name,email,status\n1,a,Ann,Lee,ann@pupils.example.org,active\n"
            "2,b,Pat,Lee,pat@example.org,active\n3,c,Tea,Cher,tea@example.org,active\n",
            "user_observers.csv": "observer_id,student_id,status\n2,1,active\n",
            "enrollments.csv": "course_id,user_id,role,status\nx,1,student,active\nx,3,teacher,active\n",
        },
    )
    assert found.format == "canvas"
    assert counts(found) == (1, 1, 1, 0)
    assert contacts(found.students[0]) == [("Pat Lee", "pat@example.org", None, "ask")]


def test_onde_joined_by_name_and_class(tmp_path: Path) -> None:
    found = bundle(
        tmp_path,
        {
            "eleves.csv": "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;INE;Niveau;Libellé classe\n"
            "MARTIN;;Zoé;03/09/2016;TEST1;CM1;Classe A\nDUPONT;;Noël;27/01/2017;TEST2;CM1;Classe A\n",
            "responsables.csv": "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;"
            "Téléphone portable;Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;"
            "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\n"
            "MME;;MARTIN;Odile;odile@example.org;;;MARTIN;Zoé;Classe A;;DUPONT;Noël;Classe A\n"
            "M.;;DUPONT;Yves;yves@example.org;;;DUPONT;Noël;Classe A\n",
        },
    )
    assert found.format == "onde"
    assert counts(found) == (2, 2, 3, 0)
    assert named(found.students) == [("Zoé", "MARTIN"), ("Noël", "DUPONT")]
    assert [one.email for one in found.students[1].guardians] == ["odile@example.org", "yves@example.org"]


def test_siecle_xml(tmp_path: Path) -> None:
    pupils = (
        "<?xml version='1.0' encoding='ISO-8859-15'?><BEE_ELEVES><DONNEES><ELEVES><ELEVE ELEVE_ID='7'><ID_NATIONAL>TEST7</ID_NATIONAL>"
        "<NOM_DE_FAMILLE>LEFÈVRE</NOM_DE_FAMILLE><PRENOM>Zoé</PRENOM><DATE_NAISS>03/09/2014</DATE_NAISS></ELEVE></ELEVES>"
        "<STRUCTURES><STRUCTURES_ELEVE ELEVE_ID='7'><STRUCTURE><CODE_STRUCTURE>6A</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE>"
        "</STRUCTURE></STRUCTURES_ELEVE></STRUCTURES></DONNEES></BEE_ELEVES>"
    )
    adults = (
        "<?xml version='1.0' encoding='ISO-8859-15'?><BEE_RESPONSABLES><PERSONNES><PERSONNE PERSONNE_ID='1'>"
        "<NOM_DE_FAMILLE>LEFÈVRE</NOM_DE_FAMILLE><PRENOM>Odile</PRENOM><MEL>odile@example.org</MEL></PERSONNE></PERSONNES>"
        "<RESPONSABLES><RESPONSABLE_ELEVE><ELEVE_ID>7</ELEVE_ID><PERSONNE_ID>1</PERSONNE_ID><NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE>"
        "<CODE_PARENTE>1</CODE_PARENTE></RESPONSABLE_ELEVE></RESPONSABLES></BEE_RESPONSABLES>"
    )
    path = tmp_path / "siecle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ElevesAvecAdresses.xml", pupils.encode("iso-8859-15"))
        archive.writestr("ResponsablesAvecAdresses.xml", adults.encode("iso-8859-15"))
    found = reading(path)
    assert found.format == "siecle-xml"
    assert [(s.student_id, s.family_name, s.birth_date, s.class_name) for s in found.students] == [
        ("TEST7", "LEFÈVRE", "2014-09-03", "6A")
    ]
    assert contacts(found.students[0]) == [("Odile LEFÈVRE", "odile@example.org", None, "yes")]


def test_common_transfer_file(tmp_path: Path) -> None:
    path = tmp_path / "1234567_CTF_7654321_001.xml"
    path.write_text(
        "<?xml version='1.0'?><CTfile><CTFpupilData><Pupil><UPN>T123456789012</UPN><Surname>Lee</Surname><Forename>Ann</Forename>"
        "<DOB>2015-02-03</DOB><Contacts><Contact><Order>1</Order><Surname>Ray</Surname><Forename>Pat</Forename>"
        "<Relationship>PAM</Relationship><Responsible>true</Responsible><Email>pat@example.org</Email></Contact></Contacts></Pupil>"
        "</CTFpupilData></CTfile>"
    )
    found = reading(path)
    assert found.format == "ctf"
    assert named(found.students) == [("Ann", "Lee")]
    assert contacts(found.students[0]) == [("Pat Ray", "pat@example.org", None, "yes")]


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><BEE_ELEVES><ELEVE><NOM>&b;</NOM></ELEVE></BEE_ELEVES>'
    )
    assert codes(reading(path)) == {("FORMAT_UNKNOWN", None)}
