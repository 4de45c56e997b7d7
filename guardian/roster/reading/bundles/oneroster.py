"""OneRoster 1.0, 1.1 and 1.2, and School Data Sync 2 and 2.1, which grew out of it."""

from collections.abc import Iterator, Sequence

from guardian.roster.reading.bundles.graph import GONE, Graph, User
from guardian.roster.reading.bundles.manifest import Manifest, read_manifest
from guardian.roster.reading.bundles.named import Named, Row, open_named
from guardian.roster.reading.draft import Draft, Origin
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import word_set
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.limits import TEXT_ROWS
from guardian.roster.reading.members import Member
from guardian.roster.reading.records import Mode
from guardian.roster.reading.refusal import ROWS, InputRefused

_ROLES = word_set(
    "administrator aide guardian parent proctor relative student teacher counselor districtadministrator "
    "principal siteadministrator systemadministrator"
)


def recognise(files: Sequence[Member], language: str | None, findings: Findings) -> Intake | None:
    """The intake of a bundle with a users file, or with nothing but a manifest («no updates»)."""
    users_file = _shallowest(files, "users.csv")
    manifest_file = _shallowest(files, "manifest.csv")
    anchor = users_file or manifest_file
    if anchor is None:
        return None
    folder = anchor.name[: -len(anchor.base)]
    beside = {file.base: file for file in files if file.name[: -len(file.base)] == folder}
    manifest = read_manifest(manifest_file) if manifest_file else None
    users = open_named(users_file, language) if users_file else None
    if users is None or not users.has("sourcedid"):
        if manifest is None or users is not None or not manifest_file:
            return None
        manifest.check(manifest_file, list(beside.values()), findings)
        return Intake(
            format=f"oneroster-{manifest.oneroster or '1.1'}",
            drafts=lambda _: iter(()),
            mode="delta",
            may_be_empty=manifest.files.get("users", "absent") != "bulk",
            files=(manifest_file.name,),
        )
    if anchor.depth:
        findings.whole("BUNDLE_FOLDER", Origin(anchor.name))
    if manifest is not None and manifest_file is not None:
        manifest.check(manifest_file, list(beside.values()), findings)
    opened = {
        name: found
        for name in ("roles", "demographics", "orgs", "relationships")
        if (file := beside.get(f"{name}.csv")) and (found := open_named(file, language))
    }
    if flags := beside.get("userflags.csv"):
        findings.whole("COLUMN_SENSITIVE_DROPPED", Origin(flags.name))
    for named in (users, *opened.values()):
        named.describe(findings)
    return _intake(users, opened, manifest, findings)


def is_users(named: Named) -> bool:
    """Whether a file lists users of a bundle: pupils, guardians and staff together."""
    return named.has("sourcedid", "givenname") and bool(
        named.names.keys() & {"role", "enableduser", "agentsourcedids", "activedirectorymatchid"}
    )


def users_only(users: Named, findings: Findings) -> Intake:
    """The intake of a users file that came without the other files of its bundle."""
    users.describe(findings)
    return _intake(users, {}, None, findings)


def _intake(users: Named, opened: dict[str, Named], manifest: Manifest | None, findings: Findings) -> Intake:
    sds = (
        manifest is None
        and not users.has("enableduser")
        and ("relationships" in opened or not users.has("orgsourcedids", "status"))
    )
    name = _name(users, opened, manifest, sds=sds)
    mode: Mode | None = (manifest.mode if manifest else None) or "bulk"
    graph = _graph(users, opened, findings)
    graph.bulk = mode == "bulk"
    graph.stated = sds
    pupils = 0

    def drafts(found: Findings | None) -> Iterator[Draft]:
        nonlocal pupils
        pupils = 0
        for draft in graph.drafts(found):
            pupils += 1
            yield draft

    return Intake(
        format=name,
        drafts=drafts,
        encoding=users.text.encoding.name,
        delimiter=users.text.delimiter,
        mode=mode,
        birth_column="demographics" in opened,
        files=(users.text.member.name,),
        order="mdy" if sds else None,
        other_rows=lambda: len(graph.users) - pupils,
        may_be_empty=mode == "delta",
    )


def _name(users: Named, opened: dict[str, Named], manifest: Manifest | None, *, sds: bool) -> str:
    if sds:
        return "sds-2.1" if "roles" in opened else "sds-2"
    if manifest is not None:
        return f"oneroster-{manifest.oneroster or ('1.2' if 'roles' in opened else '1.1')}"
    return "oneroster-1.2" if "roles" in opened and not users.has("role") else "oneroster-1.0"


def _shallowest(files: Sequence[Member], base: str) -> Member | None:
    return min((file for file in files if file.base == base), key=lambda file: (file.depth, file.name), default=None)


def _graph(users: Named, opened: dict[str, Named], findings: Findings) -> Graph:
    schools = {row.get("sourcedid"): row.get("name") for row in _rows(opened, "orgs", findings)}
    found: dict[str, User] = {}
    people: list[User] = []
    for row in users.rows(findings):
        if len(people) >= TEXT_ROWS:
            raise InputRefused("TOO_LARGE", users.text.member.name, limit=TEXT_ROWS, unit=ROWS)
        user = _user(_realigned(row, users), schools)
        people.append(user)
        found.setdefault(user.id, user)
    for row in _rows(opened, "roles", findings):
        person = found.get(row.get("usersourcedid"))
        if person is not None and row.get("status").casefold() not in GONE:
            person.roles.add(row.get("role").casefold())
            person.grade = person.grade or row.get("grade", "grades")
            org = row.get("orgsourcedid", "orgsourcedids")
            person.school = person.school or schools.get(org, org)
    births: dict[str, tuple[str, int, int]] = {}
    for row in _rows(opened, "demographics", findings):
        births[row.get("usersourcedid", "sourcedid")] = (
            row.get("birthdate", "dateofbirth", "dob"),
            row.number,
            row.line,
        )
    links = [
        (row.get("usersourcedid"), row.get("relationshipusersourcedid"), row.get("relationshiprole"))
        for row in _rows(opened, "relationships", findings)
    ]
    demographics = opened.get("demographics")
    return Graph(
        users.origin(
            id=("sourcedid",),
            status=("status",),
            agents=("agentsourcedids", "agents"),
            given=("givenname",),
            family=("familyname",),
            email=("email",),
            **{"0.relation": ("role",), "0.email": ("email",), "0.phone": ("sms", "phone"), "0.name": ("familyname",)},
        ),
        people,
        births,
        demographics.origin(birth=("birthdate", "dateofbirth", "dob")) if demographics else None,
        links,
    )


def _rows(opened: dict[str, Named], name: str, findings: Findings) -> Iterator[Row]:
    if name in opened:
        yield from opened[name].rows(findings)


def _user(row: Row, schools: dict[str, str]) -> User:
    email, username = row.get("email"), row.get("username")
    roles = {part.strip().casefold() for part in row.get("role", "roles").split(",") if part.strip()}
    first_org = (row.get("primaryorgsourcedid") or row.get("orgsourcedids", "orgsourcedid")).partition(",")[0].strip()
    return User(
        id=row.get("sourcedid"),
        row=row.number,
        line=row.line,
        given=row.get("givenname") or row.get("preferredgivenname"),
        family=row.get("familyname") or row.get("preferredfamilyname"),
        email=email or (username if "@" in username else ""),
        phone=row.get("sms") or row.get("phone"),
        grade=row.get("grades", "grade"),
        school=schools.get(first_org, first_org),
        status=row.get("status"),
        agents=tuple(part for raw in row.get("agentsourcedids", "agents").split(",") if (part := raw.strip())),
        roles=roles,
    )


def _realigned(row: Row, users: Named) -> Row:
    """A list that was not quoted shifts the cells behind it: they are moved back where the role shows how far."""
    over = len(row.cells) - len(users.headers)
    role, orgs = users.names.get("role"), users.names.get("orgsourcedids")
    agents = users.names.get("agentsourcedids", users.names.get("agents"))
    if over <= 0 or role is None:
        return row
    cells = row.cells
    shift = next(
        (
            place - role
            for place in range(role, min(role + over + 1, len(cells)))
            if cells[place].strip().casefold() in _ROLES
        ),
        None,
    )
    if shift and orgs is not None and orgs < role:
        cells = [*cells[:orgs], ",".join(cells[orgs : orgs + shift + 1]), *cells[orgs + shift + 1 :]]
        over -= shift
    if over > 0 and shift is not None and agents is not None:
        cells = [*cells[:agents], ",".join(cells[agents : agents + over + 1]), *cells[agents + over + 1 :]]
    return Row(row.number, row.line, cells, row.names)
