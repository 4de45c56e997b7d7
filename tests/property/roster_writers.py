"""How each system writes a roster: one writer per format, for the round trip."""

# ruff: noqa: E501 rows of rosters stand whole

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

from tests.property.rosters import Pupil

Write = Callable[[Path, Sequence[Pupil]], None]


class Writer(Struct, frozen=True, kw_only=True):
    """`letters`: languages whose names the format's encoding holds. The flags say what the format can tell at all."""

    name: str
    format: str
    write: Write
    file: str = "list.csv"
    letters: str = "en fr pl es de tr"
    guardians: int = 2
    phones: bool = False
    ids: bool = True
    births: bool = True
    groups: bool = True


def lines(header: str, rows: Iterable[Iterable[str]], mark: str = ",", end: str = "\r\n") -> str:
    """Delimited text under a header written with commas."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator=end)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def zipped(path: Path, files: dict[str, str], encoding: str = "utf-8") -> None:
    """An archive of text files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode(encoding))


def adult(pupil: Pupil, place: int) -> tuple[str, str, str, str]:
    """Given name, family name, address and phone of one of a pupil's guardians; empty where there is none."""
    if place >= len(pupil.adults):
        return "", "", "", ""
    one = pupil.adults[place]
    return one.given, one.family, one.email, one.phone


def flat(header: str, row: Callable[[Pupil], Iterable[str]], *, mark: str = ",", encoding: str = "utf-8", end: str = "\r\n",
         before: str = "") -> Write:  # fmt: skip
    """One row per pupil."""

    def write(path: Path, pupils: Sequence[Pupil]) -> None:
        path.write_bytes((before + lines(header, map(row, pupils), mark, end)).encode(encoding))

    return write


def per_contact(
    header: str, row: Callable[[Pupil, int], Iterable[str]], *, mark: str = ",", encoding: str = "utf-8"
) -> Write:
    """One row per pupil and guardian; one for a pupil without."""

    def write(path: Path, pupils: Sequence[Pupil]) -> None:
        rows = [row(pupil, place) for pupil in pupils for place in range(max(1, len(pupil.adults)))]
        path.write_bytes(lines(header, rows, mark).encode(encoding))

    return write


def us(pupil: Pupil) -> str:
    return pupil.birth.strftime("%m/%d/%Y")


def eu(pupil: Pupil) -> str:
    return pupil.birth.strftime("%d/%m/%Y")


def dots(pupil: Pupil) -> str:
    return pupil.birth.strftime("%d.%m.%Y")


def two(pupil: Pupil, *fields: int) -> list[str]:
    """Fields of two guardians, one guardian after the other."""
    return [adult(pupil, place)[field] for place in (0, 1) for field in fields]


_USERS = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
_MANIFEST = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,{}\r\nfile.users,bulk\r\nfile.orgs,bulk\r\nfile.demographics,bulk\r\n{}"
_ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\no1,,,School One,school,,\r\n"


def one_roster(version: str, *, from_parents: bool = False) -> Write:
    """OneRoster with the link on the pupil's row or on the guardian's."""

    def write(path: Path, pupils: Sequence[Pupil]) -> None:
        apart = version == "1.2"
        users: list[list[str]] = []
        roles: list[list[str]] = []

        def user(key: str, role: str, given: str, family: str, email: str, phone: str, agents: Iterable[str]) -> None:
            told = "" if apart else role
            users.append([key, "", "", "true", "" if apart else "o1", told, key, "", given, family, "", "", email, phone, "", ",".join(agents), "", "x"])  # fmt: skip
            roles.append([f"r-{key}", "", "", key, "primary", role, "", "", "o1", ""])

        keys = {one: f"p{one.email}" for pupil in pupils for one in pupil.adults}
        for pupil in pupils:
            user(
                pupil.id,
                "student",
                pupil.given,
                pupil.family,
                "",
                "",
                () if from_parents else [keys[one] for one in pupil.adults],
            )
        for one, key in keys.items():
            own = [pupil.id for pupil in pupils if one in pupil.adults]
            user(key, "parent", one.given, one.family, one.email, one.phone, own if from_parents else ())
        births = [[pupil.id, "", "", pupil.birth.isoformat(), ""] for pupil in pupils]
        files = {
            "users.csv": lines(_USERS, users),
            "orgs.csv": _ORGS,
            "demographics.csv": lines("sourcedId,status,dateLastModified,birthDate,sex", births),
        }
        if version != "1.0":
            files["manifest.csv"] = _MANIFEST.format(version, "file.roles,bulk\r\n" if apart else "")
        if apart:
            files["users.csv"] = lines(_USERS.replace(",orgSourcedIds,role", ""), [row[:4] + row[6:] for row in users])
            files["roles.csv"] = lines("sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId", roles)  # fmt: skip
        zipped(path, files)

    return write


def sds_1(path: Path, pupils: Sequence[Pupil]) -> None:
    """School Data Sync 1 with its two files of guardians."""
    people = {one: None for pupil in pupils for one in pupil.adults}
    zipped(path, {
        "School.csv": "SIS ID,Name\r\n1,School One\r\n",
        "Student.csv": lines("SIS ID,School SIS ID,First Name,Last Name,Username,Password,Birthdate", [[p.id, "1", p.given, p.family, "u", "x", us(p)] for p in pupils]),
        "user.csv": lines("Email,First Name,Last Name,Phone,SIS ID", [[one.email, one.given, one.family, one.phone, ""] for one in people]),
        "guardianrelationship.csv": lines("SIS ID,Email,Role", [[p.id, one.email, "Guardian"] for p in pupils for one in p.adults]),
    })  # fmt: skip


def sds_2_1(path: Path, pupils: Sequence[Pupil]) -> None:
    """School Data Sync 2.1: guardians have no role."""
    people = {one: one.email for pupil in pupils for one in pupil.adults}
    users = [[p.id, p.id, p.given, p.family, "x", "", "", "", ""] for p in pupils]
    users += [[key, key, one.given, one.family, "", "", one.email, one.phone, ""] for one, key in people.items()]
    zipped(path, {
        "orgs.csv": "sourcedId,name,type,parentSourcedId\r\no1,School One,school,\r\n",
        "users.csv": lines("sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms", users),
        "roles.csv": lines("userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate", [[p.id, "o1", "student", "", "", "", "", ""] for p in pupils]),
        "relationships.csv": lines("userSourcedId,relationshipUserSourcedId,relationshipRole", [[p.id, people[one], "Parent"] for p in pupils for one in p.adults]),
        "demographics.csv": lines("userSourcedId,sex,birthDate", [[p.id, "", us(p)] for p in pupils]),
    })  # fmt: skip


def sds_2(path: Path, pupils: Sequence[Pupil]) -> None:
    """School Data Sync 2: no birth dates and no guardians."""
    zipped(path, {
        "orgs.csv": "sourcedId,name,type,parentSourcedId\r\no1,School One,school,\r\n",
        "users.csv": lines("sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade", [[p.id, "o1", p.given, p.family, "u", "x", "student", "4"] for p in pupils]),
        "classes.csv": "sourcedId,orgSourcedId,title\r\nc,o1,C\r\n",
        "enrollments.csv": "classSourcedId,userSourcedId,role\r\nc,s,student\r\n",
    })  # fmt: skip


def clever(path: Path, pupils: Sequence[Pupil]) -> None:
    """Clever with its file of contacts."""
    contacts = [
        [f"c{one.email}", p.id, one.given, one.family, "Primary", "Parent", one.phone, "Cell", one.email]
        for p in pupils
        for one in p.adults
    ]
    zipped(path, {
        "schools.csv": "School_id,School_name,School_number\r\n1,School One,1\r\n",
        "students.csv": lines("School_id,Student_id,Last_name,First_name,DOB", [["1", p.id, p.family, p.given, us(p)] for p in pupils]),
        "contacts.csv": lines("contact_id,student_id,first_name,last_name,type,relationship,phone,phone_type,email", contacts or [[""] * 9]),
    })  # fmt: skip


def canvas(path: Path, pupils: Sequence[Pupil]) -> None:
    """Canvas SIS: observers are users."""
    people = {one: f"o{one.email}" for pupil in pupils for one in pupil.adults}
    users = [[p.id, p.id, p.given, p.family, f"{p.family}, {p.given}", "", "active"] for p in pupils]
    users += [[key, key, one.given, one.family, "", one.email, "active"] for one, key in people.items()]
    zipped(path, {
        "users.csv": lines("user_id,login_id,first_name,last_name,sortable_name,email,status", users),
        "user_observers.csv": lines("observer_id,student_id,status", [[people[one], p.id, "active"] for p in pupils for one in p.adults]),
        "enrollments.csv": lines("course_id,user_id,role,section_id,status,associated_user_id", [["c", p.id, "student", "s", "active", ""] for p in pupils]),
    })  # fmt: skip


def onde(path: Path, pupils: Sequence[Pupil]) -> None:
    """ONDE: a row per guardian with the children in repeated columns, rows shorter than the header."""
    header = "Nom élève,Nom d'usage élève,Prénom élève,Date naissance,Sexe,INE, Cycle,Niveau,Libellé classe"
    children = "Nom d'usage enfant,Nom de famille enfant,Prénom enfant,Classes enfants"
    rows = []
    for one in {one: None for pupil in pupils for one in pupil.adults}:
        row = ["Mme", "", one.family, one.given, "", "", "", "", one.email, "", "", one.phone]
        for pupil in pupils:
            row += ["", pupil.family, pupil.given, pupil.group] if one in pupil.adults else []
        rows.append(row)
    zipped(path, {
        "Eleves.csv": lines(header, [[p.family, "", p.given, eu(p), "F", p.id, "CYCLE III", "CM1", p.group] for p in pupils], ";"),
        "Responsables.csv": lines("Civilité Responsable,Nom usage responsable,Nom responsable,Prénom responsable,Adresse responsable,CP responsable,Commune responsable,Pays,"
                                  "Courriel,Téléphone domicile,Téléphone travail,Téléphone portable," + ",".join([children] * 6), rows, ";"),
    }, "cp1252")  # fmt: skip


def siecle(suffixes: tuple[str, str]) -> Write:
    """SIECLE as a table: a pupil once per class and once per group."""
    header = "Sexe,Elève No Etab,Nom de famille,Nom d'usage,Prénom,Date Naissance,Id National,Date Sortie,Code Structure,Type Structure," + ",".join(
        f"Civilité {s},Nom de famille {s},Prénom {s},Tél. Portable {s},Lien Parenté {s},Email {s}" for s in suffixes
    )  # fmt: skip

    def write(path: Path, pupils: Sequence[Pupil]) -> None:
        rows = []
        for p in pupils:
            for group, kind in ((p.group, "D"), (f"{p.group}GR", "G")):
                row = ["F", "7", p.family, "", p.given, eu(p), p.id, "", group, kind]
                for place in (0, 1):
                    given, family, email, phone = adult(p, place)
                    row += ["Mme", family, given, phone, "MERE" if place == 0 else "PERE", email] if email else [""] * 6
                rows.append(row)
        path.write_bytes(lines(header, rows, ";").encode("cp1252"))

    return write


def siecle_xml(path: Path, pupils: Sequence[Pupil]) -> None:
    """SIECLE as two XML files."""
    people = {one: str(place) for place, one in enumerate({one: None for pupil in pupils for one in pupil.adults}, 1)}
    start = '<?xml version="1.0" encoding="ISO-8859-15"?>'
    eleves = "".join(
        f'<ELEVE ELEVE_ID="{p.id}"><ID_NATIONAL>{p.id}</ID_NATIONAL><NOM_DE_FAMILLE>{escape(p.family)}</NOM_DE_FAMILLE><PRENOM>{p.given}</PRENOM><DATE_NAISS>{eu(p)}</DATE_NAISS></ELEVE>'
        for p in pupils
    )
    groups = "".join(
        f'<STRUCTURES_ELEVE ELEVE_ID="{p.id}"><STRUCTURE><CODE_STRUCTURE>{p.group}</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>'
        for p in pupils
    )
    personnes = "".join(
        f'<PERSONNE PERSONNE_ID="{key}"><NOM_DE_FAMILLE>{escape(one.family)}</NOM_DE_FAMILLE><PRENOM>{one.given}</PRENOM><MEL>{one.email}</MEL><TEL_PORTABLE>{one.phone}</TEL_PORTABLE></PERSONNE>'
        for one, key in people.items()
    )
    links = "".join(
        f"<RESPONSABLE_ELEVE><ELEVE_ID>{p.id}</ELEVE_ID><PERSONNE_ID>{people[one]}</PERSONNE_ID><NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE><CODE_PARENTE>1</CODE_PARENTE></RESPONSABLE_ELEVE>"
        for p in pupils
        for one in p.adults
    )
    zipped(path, {
        "ElevesAvecAdresses.xml": f"{start}<BEE_ELEVES><DONNEES><ELEVES>{eleves}</ELEVES><STRUCTURES>{groups}</STRUCTURES></DONNEES></BEE_ELEVES>",
        "ResponsablesAvecAdresses.xml": f"{start}<BEE_RESPONSABLES><DONNEES><PERSONNES>{personnes}</PERSONNES><RESPONSABLES>{links}</RESPONSABLES></DONNEES></BEE_RESPONSABLES>",
    }, "iso-8859-15")  # fmt: skip


def ctf(path: Path, pupils: Sequence[Pupil]) -> None:
    """The Common Transfer File."""
    body = "".join(
        f"<Pupil><UPN>{p.id}</UPN><Surname>{escape(p.family)}</Surname><Forename>{p.given}</Forename><DOB>{p.birth}</DOB><Contacts>"
        + "".join(f"<Contact><Order>{n}</Order><Surname>{escape(one.family)}</Surname><Forename>{one.given}</Forename><Relationship>PAM</Relationship>"
                  f"<Phones><Phone><PhoneNo>{one.phone}</PhoneNo></Phone></Phones><Email>{one.email}</Email></Contact>" for n, one in enumerate(p.adults, 1))
        + "</Contacts></Pupil>" for p in pupils
    )  # fmt: skip
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><CTfile><Header/><CTFpupilData>{body}</CTFpupilData></CTfile>', "utf-8"
    )


def librus(path: Path, pupils: Sequence[Pupil]) -> None:
    """A SpreadsheetML list under an .xls name."""
    head = [
        "Lp.",
        "Nazwisko i imię",
        "Klasa",
        "Data urodzenia",
        "Imię opiekuna 1",
        "Nazwisko opiekuna 1",
        "E-mail opiekuna 1",
        "Imię opiekuna 2",
        "Nazwisko opiekuna 2",
        "E-mail opiekuna 2",
    ]
    rows = [head] + [
        [str(n), f"{p.family} {p.given}", p.group, p.birth.isoformat(), *two(p, 0, 1, 2)]
        for n, p in enumerate(pupils, 1)
    ]
    cells = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row) + "</Row>"
        for row in rows
    )
    path.write_text('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
                    f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Uczniowie"><Table>{cells}</Table></Worksheet></Workbook>', "utf-8")  # fmt: skip


def html(path: Path, pupils: Sequence[Pupil]) -> None:
    """A web page under an .xls name."""
    head = "Student ID,First name,Last name,Date of birth,Class,Guardian 1 first name,Guardian 1 last name,Guardian 1 email,Guardian 2 first name,Guardian 2 last name,Guardian 2 email"
    rows = [
        head.split(","),
        *([p.id, p.given, p.family, p.birth.isoformat(), p.group, *two(p, 0, 1, 2)] for p in pupils),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>', "utf-8")


_SENECA = "Alumno/a,Estado Matrícula,Nº Id. Escolar,Fecha de nacimiento,Unidad,Primer apellido,Segundo apellido,Nombre," + ",".join(
    f"Primer apellido {t} tutor,Segundo apellido {t} tutor,Nombre {t} tutor,Correo electrónico {t} tutor,Teléfono {t} tutor" for t in ("Primer", "Segundo")
)  # fmt: skip
_FLAT2 = "Guardian 1 first name,Guardian 1 last name,Guardian 1 email,Guardian 1 phone,Guardian 2 first name,Guardian 2 last name,Guardian 2 email,Guardian 2 phone"
WEST = "en fr es de"

WRITERS = (
    Writer(name="oneroster-1.0", format="oneroster-1.0", file="a.zip", write=one_roster("1.0"), groups=False, phones=True),
    Writer(name="oneroster-1.1", format="oneroster-1.1", file="a.zip", write=one_roster("1.1"), groups=False, phones=True),
    Writer(name="oneroster-1.1-parents", format="oneroster-1.1", file="a.zip", write=one_roster("1.1", from_parents=True), groups=False),
    Writer(name="oneroster-1.2", format="oneroster-1.2", file="a.zip", write=one_roster("1.2"), groups=False, phones=True),
    Writer(name="sds-1", format="sds-1", file="a.zip", write=sds_1, groups=False, phones=True),
    Writer(name="sds-2", format="sds-2", file="a.zip", write=sds_2, groups=False, births=False, guardians=0),
    Writer(name="sds-2.1", format="sds-2.1", file="a.zip", write=sds_2_1, groups=False, phones=True),
    Writer(name="clever-contacts", format="clever", file="a.zip", write=clever, groups=False, phones=True),
    Writer(name="clever-rows", format="clever", groups=False, write=per_contact(
        "School_id,Student_id,Last_name,First_name,DOB,Contact_relationship,Contact_type,Contact_name,Contact_phone,Contact_email",
        lambda p, n: ["1", p.id, p.family, p.given, us(p), *(["Parent", "Primary", f"{adult(p, n)[1]}, {adult(p, n)[0]}", "", adult(p, n)[2]] if p.adults else [""] * 5)])),
    Writer(name="canvas", format="canvas", file="a.zip", write=canvas, groups=False, births=False),
    Writer(name="moodle", format="moodle", guardians=0, write=flat(
        "username,password,firstname,lastname,email,idnumber,cohort1,profile_field_dob", lambda p: ["u", "x", p.given, p.family, "", p.id, p.group, p.birth.isoformat()], mark=";")),
    Writer(name="google", format="google", guardians=0, births=False, write=flat(
        "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required],Employee ID",
        lambda p: [p.given, p.family, f"p{p.id}@pupils.example.org", "****", f"/Students/{p.group}", p.id])),
    Writer(name="ed-fi", format="ed-fi", guardians=0, groups=False, write=flat(
        "school_id,student_id,state_student_id,first_name,last_name,gender,race,grade,birth_date", lambda p: ["1", p.id, "9", p.given, p.family, "F", "x", "4", us(p)])),
    Writer(name="powerschool", format="powerschool", write=flat(
        "Student_Number,First_Name,Last_Name,Grade_Level,DOB,Enroll_Status,Home_Room,Mother_First,Mother,Mother_Email,Father_First,Father,Father_Email",
        lambda p: [p.id, p.given, p.family, "4", us(p), "0", p.group, *two(p, 0, 1, 2)], mark="\t", end="\r")),
    Writer(name="infinite-campus", format="infinite-campus", groups=False, write=per_contact(
        "student.studentNumber,student.lastName,student.firstName,student.birthdate,contacts.lastName,contacts.firstName,contacts.email,contacts.relationship",
        lambda p, n: [p.id, p.family, p.given, us(p), adult(p, n)[1], adult(p, n)[0], adult(p, n)[2], "Mother" if p.adults else ""])),
    Writer(name="skyward", format="skyward", groups=False, letters="en", write=flat(
        "NameID,AlphaKey,Entity,Last Name,First Name,Birth Date,Guardian 1 Name,Guardian 1 Email,Guardian 2 Name,Guardian 2 Email",
        lambda p: [p.id, "K", "1", p.family, p.given, us(p), *(text for n in (0, 1) for text in (f"{adult(p, n)[1]}, {adult(p, n)[0]}".strip(", "), adult(p, n)[2]))], mark="|")),
    Writer(name="aeries", format="aeries", guardians=0, groups=False, write=flat("STU.ID,STU.LN,STU.FN,STU.BD,STU.GR", lambda p: [p.id, p.family, p.given, us(p), "4"])),
    Writer(name="aspen", format="aspen", guardians=0, write=flat(
        "state_id,local_id,full_name,homeroom,date_of_birth,enrollment_status", lambda p: ["NULL", p.id, f"{p.family}, {p.given}", p.group, p.birth.isoformat(), "Active"])),
    Writer(name="rosariosis", format="rosariosis", guardians=0, groups=False, write=flat(
        "Name,Surname,Gender,Birthdate,Account #,PIN,Email", lambda p: [p.given, p.family, "F", p.birth.isoformat(), p.id, "x", ""])),
    Writer(name="sims", format="sims", phones=True, write=per_contact(
        "ID,Forename,Surname,Date of birth,ID,(Contact) Priority,Parental responsibility (T/F),Title,Forename,Surname,(Contact) Home Email,Mobile number,ID,Class Name",
        lambda p, n: [p.id, p.given, p.family, eu(p), *(["9", str(n + 1), "T", "Mrs", *adult(p, n)] if p.adults else [""] * 8), "7", p.group])),
    Writer(name="arbor", format="arbor", phones=True, write=flat(
        f"Arbor Student ID,Legal First Name,Legal Last Name,Date of Birth,Registration Form,{_FLAT2}", lambda p: [p.id, p.given, p.family, eu(p), p.group, *two(p, 0, 1, 2, 3)])),
    Writer(name="bromcom", format="bromcom", write=flat(
        "Legal Surname,Chosen Forename,UPN,Tutor Group,DOB,Parent 1 Forename,Parent 1 Surname,Parent 1 Email,Parent 2 Forename,Parent 2 Surname,Parent 2 Email",
        lambda p: [p.family, p.given, p.id, p.group, eu(p), *two(p, 0, 1, 2)])),
    Writer(name="mavis", format="mavis", ids=False, phones=True, write=flat(
        "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_REGISTRATION,PARENT_1_NAME,PARENT_1_EMAIL,PARENT_1_PHONE,PARENT_2_NAME,PARENT_2_EMAIL,PARENT_2_PHONE",
        lambda p: [p.given, p.family, eu(p), p.group, *(text for n in (0, 1) for text in (" ".join(adult(p, n)[:2]).strip(), *adult(p, n)[2:]))])),
    Writer(name="uk", format="uk", groups=True, write=per_contact(
        "Forename,Surname,UPN,Reg Group,DOB,Contact Forename,Contact Surname,Contact Relationship,Contact Email",
        lambda p, n: [p.given, p.family, p.id, p.group, eu(p), *adult(p, n)[:2], "Father" if p.adults else "", adult(p, n)[2]])),
    Writer(name="ctf", format="ctf", file="1234567_CTF_7654321_001.xml", write=ctf, groups=False, phones=True),
    Writer(name="onde", format="onde", file="a.zip", write=onde, letters=WEST, phones=True),
    Writer(name="siecle-1-2", format="siecle", write=siecle(("Repr. Lég. 1", "Repr. Lég. 2")), letters=WEST, phones=True),
    Writer(name="siecle-autre", format="siecle", write=siecle(("Repr. Lég.", "Autre Repr. Lég.")), letters=WEST, phones=True),
    Writer(name="siecle-twice", format="siecle", write=siecle(("Repr. Lég.\u00a0", "Repr. Lég.\u00a0")), letters=WEST, phones=True),
    Writer(name="siecle-xml", format="siecle-xml", file="a.zip", write=siecle_xml, letters=WEST, phones=True),
    Writer(name="pronote", format="pronote", ids=False, letters=WEST, write=flat(
        "Nom,Prénom,Né(e) le,Classe,Nom responsable 1,Prénom responsable 1,E-mail responsable 1,Nom responsable 2,Prénom responsable 2,E-mail responsable 2",
        lambda p: [p.family, p.given, eu(p), p.group, *two(p, 1, 0, 2)], mark=";", encoding="mac_roman", end="\r")),
    Writer(name="eduka", format="eduka", letters=WEST, write=flat(
        "Code identifiant,Nom,Prénom,Né le,Classe,Code identifiant R1,Code identifiant R2,Prénom R1,Nom R1,Prénom R2,Nom R2,Adresse e-mail R1,Adresse e-mail R2",
        lambda p: [p.id, p.family, p.given, eu(p), p.group, "", "", *adult(p, 0)[:2], *adult(p, 1)[:2], adult(p, 0)[2], adult(p, 1)[2]], mark=";", encoding="cp1252")),
    Writer(name="vulcan", format="vulcan", ids=False, letters="pl", phones=True, write=flat(
        "Numer w dzienniku,Nazwisko,Imię,Oddział,Data urodzenia,PESEL,Imię matki,Nazwisko matki,Adres e-mail matki,Telefon matki,Imię ojca,Nazwisko ojca,Adres e-mail ojca,Telefon ojca",
        lambda p: ["1", p.family, p.given, p.group, dots(p), "15020312345", *two(p, 0, 1, 2, 3)], mark=";", encoding="cp1250")),
    Writer(name="sekretariat", format="sekretariat", letters="pl", guardians=0, write=flat(
        "plec (m/k),nazwisko,imie,imie2,pesel,data_ur,msc_ur,poziom,symbol,nr_dz,nr_ku",
        lambda p: ["k", p.family, p.given, "", "", p.birth.isoformat(), "", p.group[0], p.group[1], "1", p.id], encoding="iso-8859-2")),
    Writer(name="librus", format="librus", file="klasa.xls", ids=False, letters="pl", write=librus),
    Writer(name="seneca", format="seneca", letters="en es fr", phones=True, write=flat(
        _SENECA, lambda p: [f"{p.family}, {p.given}", "Matriculada", p.id, eu(p), p.group, p.family, "", p.given, *(text for n in (0, 1) for text in (adult(p, n)[1], "", adult(p, n)[0], *adult(p, n)[2:]))],
        mark=";", encoding="cp1252", before="Junta;;\r\nCentro;;\r\n;;\r\nAlumnado del centro;;\r\n")),
    Writer(name="schild", format="schild", letters="de", write=flat(
        "Interne ID-Nummer,Nachname,Vorname,Klasse,Geburtsdatum,Entlassdatum,Status,Erzieher 1 Vorname,Erzieher 1 Nachname,Erzieher 1 E-Mail,Erzieher 2 Vorname,Erzieher 2 Nachname,Erzieher 2 E-Mail",
        lambda p: [p.id, p.family, p.given, p.group, dots(p), "", "2", *two(p, 0, 1, 2)], mark=";", encoding="cp1252")),
    Writer(name="hand-made", format="generic", phones=True, write=flat(
        f"Student ID,First name,Last name,Date of birth,Class,{_FLAT2}", lambda p: [p.id, p.given, p.family, p.birth.isoformat(), p.group, *two(p, 0, 1, 2, 3)], mark="\t", encoding="utf-16")),
    Writer(name="turkish-letters", format="generic", letters="tr", write=flat(
        "Student ID,First name,Last name,Date of birth,Class,Guardian 1 first name,Guardian 1 last name,Guardian 1 email,Guardian 2 first name,Guardian 2 last name,Guardian 2 email",
        lambda p: [p.id, p.given, p.family, dots(p), p.group, *two(p, 0, 1, 2)], mark=";", encoding="cp1254")),
    Writer(name="one-cell", format="generic", ids=False, phones=True, write=flat(
        "Name,DOB,Class,Parents", lambda p: [f"{p.family}, {p.given}", p.birth.isoformat(), p.group, "; ".join(f"{one.given} {one.family} <{one.email}> {one.phone}".strip() for one in p.adults)])),
    Writer(name="html", format="generic", file="list.xls", write=html),
)  # fmt: skip
