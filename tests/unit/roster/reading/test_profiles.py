"""One made-up list per system: what its headers mean, and its traps."""

# ruff: noqa: E501 rows of rosters stand whole

from pathlib import Path

import pytest

from tests.unit.roster.reading.asking import contacts, of_text

SENECA = (
    "Alumno/a;Estado Matrícula;Nº Id. Escolar;DNI/Pasaporte;Fecha de nacimiento;Correo electrónico personal alumno/a;Curso;Unidad;"
    "Primer apellido;Segundo apellido;Nombre;DNI/Pasaporte Primer tutor;Primer apellido Primer tutor;Segundo apellido Primer tutor;"
    "Nombre Primer tutor;Correo electrónico Primer tutor;Teléfono Primer tutor;Sexo Primer tutor;Primer apellido Segundo tutor;"
    "Segundo apellido Segundo tutor;Nombre Segundo tutor;Correo electrónico Segundo tutor\n"
)


@pytest.mark.parametrize(
    ("text", "name", "student", "guardians"),
    [
        (
            ("Student_Number\tFirst_Name\tLast_Name\tGrade_Level\tDOB\tEnroll_Status\tHome_Room\tMother_First\tMother\tMother_Email\tGuardianEmail\tLastFirst\n"
            "17\tAnn\tLee\t0\t04/05/2015\t0\tK1\tPat\tLee\tpat@example.org\ta@example.org, b@example.org\tLee, Ann\n18\tBob\tRay\t3\t04/05/2015\t2\tK1\t\t\t\t\tRay, Bob\n"),
            "powerschool", ("17", "Ann", "Lee", "2015-04-05", "K1"),
            [("Pat Lee", "pat@example.org", None, "yes"), (None, "a@example.org", None, "yes"), (None, "b@example.org", None, "yes")],
        ),
        (
            ("First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required],Recovery Email,Home Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Employee ID,Status [READ ONLY]\n"
            "Ann,Lee,ann@pupils.example.org,****,/Students/2032,pat@example.com,,,17,Active\n"),
            "google", ("17", "Ann", "Lee", None, "2032"), [(None, "pat@example.com", None, "ask")],
        ),
        (
            "username,password,firstname,lastname,email,idnumber,cohort1,profile_field_dob\nann,x,Ann,Lee,ann@pupils.example.org,17,4B,2015-02-03\n",
            "moodle", ("17", "Ann", "Lee", "2015-02-03", "4B"), [],
        ),
        (
            SENECA + '"Lee Ray, Ana";Matriculada;17;000;03/02/2015;ana@pupils.example.org;4º;4B;Lee;Ray;Ana;000;Lee;Paz;Eva;eva@example.org;600000001;M;Ray;Gil;Leo;leo@example.org\n'
            + '"Gil, Leo";Anulada;18;000;03/02/2015;;4º;4B;Gil;;Leo;;;;;;;;;;;\n',
            "seneca", ("17", "Ana", "Lee Ray", "2015-02-03", "4B"),
            [("Eva Lee Paz", "eva@example.org", "600000001", "yes"), ("Leo Ray Gil", "leo@example.org", None, "yes")],
        ),
        (
            ("Interne ID-Nummer;Nachname;Vorname;Klasse;Geburtsdatum;Status;E-Mail (privat);Erzieher 1 Name;Erzieher 1 E-Mail\n"
            "17;Weiß;Änne;5a;03.02.2015;2;aenne@pupils.example.org;Jörg Weiß;joerg@example.org\n18;Ray;Bob;5a;03.02.2015;9;;;\n"),
            "schild", ("17", "Änne", "Weiß", "2015-02-03", "5a"), [("Jörg Weiß", "joerg@example.org", None, "yes")],
        ),
        (
            "Numer w dzienniku;Nazwisko;Imię;Oddział;Data urodzenia;PESEL;Imię i nazwisko matki;Adres e-mail matki\n1;Żak;Łucja;4a;03.02.2015;15020312345;Ewa Żak;ewa@example.org\n",
            "vulcan", (None, "Łucja", "Żak", "2015-02-03", "4a"), [("Ewa Żak", "ewa@example.org", None, "yes")],
        ),
        (
            "plec,nazwisko,imie,imie2,pesel,data_ur,poziom,symbol,nr_dz,nr_ku\nk,Żak,Łucja,,15020312345,2015-02-03,4,a,1,117\n",
            "sekretariat", ("117", "Łucja", "Żak", "2015-02-03", "4a"), [],
        ),
        (
            ("Arbor Student ID,Legal First Name,Legal Last Name,Date of Birth,Registration Form,Primary Guardian Name,Primary Guardian Email\n"
            "17,Ann,Lee,03/02/2015,4B,Pat Lee,pat@example.org\n"),
            "arbor", ("17", "Ann", "Lee", "2015-02-03", "4B"), [("Pat Lee", "pat@example.org", None, "yes")],
        ),
        (
            ("Code identifiant;Nom;Prénom;Né le;Classe;Code identifiant R1;Code identifiant R2;Prénom R1;Nom R1;Prénom R2;Nom R2;Adresse e-mail R1;Adresse e-mail R2;Téléphone mobile R1\n"
            "17;Lefèvre;Zoé;03/02/2015;CM1;r1;r2;Odile;Lefèvre;Yves;Brun;odile@example.org;yves@example.org;+33612345678\n"),
            "eduka", ("17", "Zoé", "Lefèvre", "2015-02-03", "CM1"),
            [("Odile Lefèvre", "odile@example.org", "+33612345678", "yes"), ("Yves Brun", "yves@example.org", None, "yes")],
        ),
    ],
)  # fmt: skip
def test_profile(
    tmp_path: Path,
    text: str,
    name: str,
    student: tuple[str | None, ...],
    guardians: list[tuple[str | None, str | None, str | None, str]],
) -> None:
    found = of_text(tmp_path, text)
    assert found.format == name
    (one,) = found.students
    assert (one.student_id, one.given_name, one.family_name, one.birth_date, one.class_name) == student
    assert contacts(one) == guardians
    assert not any(secret in str(found.students) for secret in ("****", "15020312345", "000'"))
    assert {row.code for row in found.rejected} <= {"LEAVER"}
