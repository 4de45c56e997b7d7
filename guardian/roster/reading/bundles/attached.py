"""Bundles with one table of pupils and the guardians in further files: School Data Sync 1, Clever, Canvas."""

from collections.abc import Iterator, Sequence

from guardian.roster.reading.bundles.named import Named, Row, open_named
from guardian.roster.reading.delimited import open_delimited
from guardian.roster.reading.draft import Contact, Draft
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.members import Member
from guardian.roster.reading.table import Table

Contacts = dict[str, list[Contact]]


def recognise(files: Sequence[Member], language: str | None, findings: Findings) -> Intake | None:
    """The intake of a bundle with a students file; None where there is none that is known."""
    by_name = {file.base: file for file in sorted(files, key=lambda file: -file.depth)}
    if (users := by_name.get("users.csv")) and (canvas := _canvas(users, by_name, language, findings)):
        return canvas
    member = by_name.get("student.csv") or by_name.get("students.csv")
    if member is None or not by_name.keys() & {
        "school.csv",
        "schools.csv",
        "contacts.csv",
        "user.csv",
        "studentenrollment.csv",
        "section.csv",
    }:
        return None
    text = open_delimited(member, language)
    table = text.table() if text else None
    if text is None or table is None or table.profile.name not in {"sds-1", "clever"}:
        return None
    contacts: Contacts = {}
    if table.profile.name == "sds-1":
        contacts = _sds(by_name, language, findings)
    elif found := _open(by_name, "contacts.csv", language, findings):
        contacts = _clever(found, findings)
    schools = _schools(by_name, language)
    text.describe(findings)
    table.describe(findings)
    has_contacts = bool(contacts) or bool(table.header.layout.guardians)
    return Intake(
        format=table.profile.name,
        drafts=lambda found: _joined(table, found, contacts, schools),
        encoding=text.encoding.name,
        delimiter=text.delimiter,
        mode="bulk",
        order=table.profile.order,
        birth_column="birth" in table.header.layout.student,
        guardian_columns=has_contacts,
        files=(member.name,),
    )


def _joined(table: Table, findings: Findings | None, contacts: Contacts, schools: dict[str, str]) -> Iterator[Draft]:
    given: set[str] = set()
    for draft in table.opened(findings):
        identity = draft.id.strip()
        if identity not in given:
            draft.contacts = [*draft.contacts, *contacts.get(identity, ())]
            given.add(identity)
        draft.school = schools.get(draft.school.strip(), draft.school)
        yield draft


def _open(by_name: dict[str, Member], name: str, language: str | None, findings: Findings) -> Named | None:
    member = by_name.get(name)
    named = open_named(member, language) if member else None
    if named is not None:
        named.describe(findings)
    return named


def _schools(by_name: dict[str, Member], language: str | None) -> dict[str, str]:
    member = by_name.get("school.csv") or by_name.get("schools.csv")
    named = open_named(member, language) if member else None
    if named is None:
        return {}
    return {row.get("sisid", "schoolid", "id"): row.get("name", "schoolname") for row in named.rows(None)}


def _sds(by_name: dict[str, Member], language: str | None, findings: Findings) -> Contacts:
    """user.csv holds the guardians, guardianrelationship.csv says whose they are: its SIS ID is the student's."""
    users = _open(by_name, "user.csv", language, findings)
    relations = _open(by_name, "guardianrelationship.csv", language, findings)
    if users is None or relations is None:
        return {}
    people = {row.get("email").casefold(): row for row in users.rows(findings)}
    contacts: Contacts = {}
    where = relations.origin(**{"0.relation": ("role",), "0.email": ("email",), "0.name": ("email",)})
    for row in relations.rows(findings):
        email = row.get("email")
        person = people.get(email.casefold())
        contacts.setdefault(row.get("sisid"), []).append(
            Contact(
                "contact",
                given=person.get("firstname") if person else "",
                family=person.get("lastname") if person else "",
                email=email,
                phone=person.get("phone") if person else "",
                relation=row.get("role") or "Other",
                source_id=person.get("sisid") if person else "",
                row=row.number,
                origin=where,
            )
        )
    return contacts


def _clever(named: Named, findings: Findings) -> Contacts:
    contacts: Contacts = {}
    where = named.origin(
        **{
            "0.relation": ("type", "contacttype", "relationship", "contactrelationship"),
            "0.email": ("email", "contactemail"),
            "0.phone": ("phone", "contactphone"),
            "0.name": ("name", "contactname", "lastname"),
        }
    )
    for row in named.rows(findings):
        relation = row.get("relationship", "contactrelationship")
        kind = row.get("type", "contacttype")
        contacts.setdefault(row.get("studentid"), []).append(
            Contact(
                "contact",
                given=row.get("firstname"),
                family=row.get("lastname"),
                name=row.get("name", "contactname"),
                email=row.get("email", "contactemail"),
                phone=row.get("phone", "contactphone"),
                relation=relation or kind,
                source_id=row.get("contactid", "contactsisid", "sisid"),
                row=row.number,
                origin=where,
            )
        )
    return contacts


def _canvas(member: Member, by_name: dict[str, Member], language: str | None, findings: Findings) -> Intake | None:
    users = open_named(member, language)
    if users is None or not users.has("userid", "loginid"):
        return None
    users.describe(findings)
    observers = _open(by_name, "user_observers.csv", language, findings)
    enrollments = _open(by_name, "enrollments.csv", language, findings)
    links, adults = _observers(observers, enrollments, findings)
    pupils = {row.get("userid") for row in enrollments.rows(None) if _is(row, "student")} if enrollments else set()
    rows = list(users.rows(findings))
    known = {row.get("userid"): row for row in rows}
    if not pupils:
        findings.whole("ROLE_UNKNOWN", users.origin())
    origin = users.origin(
        id=("userid",), given=("firstname",), family=("lastname",), full=("fullname",), status=("status",)
    )

    def drafts(_: Findings | None) -> Iterator[Draft]:
        for row in rows:
            identity = row.get("userid")
            if (pupils and identity not in pupils) or (not pupils and identity in adults):
                continue
            draft = Draft(
                origin,
                row.number,
                row.line,
                id=identity,
                given=row.get("firstname"),
                family=row.get("lastname"),
                full=row.get("sortablename") or row.get("fullname"),
                email=row.get("email"),
                left=row.get("status").casefold() == "deleted",
            )
            draft.contacts = [
                Contact(
                    "contact",
                    given=person.get("firstname"),
                    family=person.get("lastname"),
                    name=person.get("fullname"),
                    email=person.get("email"),
                    source_id=adult,
                    row=person.number,
                )
                for adult in links.get(identity, ())
                if (person := known.get(adult))
            ]
            yield draft

    return Intake(
        format="canvas",
        drafts=drafts,
        encoding=users.text.encoding.name,
        delimiter=users.text.delimiter,
        mode="bulk",
        birth_column=False,
        guardian_columns=bool(links or observers),
        files=(member.name,),
    )


def _observers(
    observers: Named | None, enrollments: Named | None, findings: Findings
) -> tuple[dict[str, list[str]], set[str]]:
    """Student -> observers, and all observers: from their own file and from enrolments as observer."""
    pairs = [
        (row.get("studentid"), row.get("observerid"), row.get("status").casefold() != "deleted")
        for row in (observers.rows(findings) if observers else ())
    ]
    pairs += [
        (row.get("associateduserid"), row.get("userid"), bool(row.get("associateduserid")))
        for row in (enrollments.rows(findings) if enrollments else ())
        if _is(row, "observer")
    ]
    links: dict[str, dict[str, None]] = {}
    for student, adult, alive in pairs:
        if alive:
            links.setdefault(student, {})[adult] = None
    return {student: list(adults) for student, adults in links.items()}, {adult for _, adult, _ in pairs}


def _is(row: Row, role: str) -> bool:
    return row.get("role").casefold() == role
