"""Users, their roles and their relationships, as OneRoster and School Data Sync keep them, become drafts."""

from collections.abc import Iterator

from msgspec import Struct, field

from guardian.roster.reading.draft import Contact, Draft, Origin
from guardian.roster.reading.findings import Findings

_ADULTS = ("guardian", "parent", "mother", "father", "relative", "observer")
GUARDIANS = frozenset(_ADULTS)
PUPILS = frozenset({"student", "learner", "pupil"})
GONE = frozenset({"tobedeleted", "inactive", "deleted"})


class User(Struct):
    """One row of a users file."""

    id: str
    row: int
    line: int
    given: str = ""
    family: str = ""
    email: str = ""
    phone: str = ""
    grade: str = ""
    school: str = ""
    status: str = ""
    agents: tuple[str, ...] = ()
    platform_id: str = ""
    roles: set[str] = field(default_factory=set)


class Graph(Struct):
    """All users with what is said about them. `births`: user -> (text, row, line)."""

    origin: Origin
    users: list[User]
    births: dict[str, tuple[str, int, int]]
    birth_origin: Origin | None
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """Student, guardian, role: as a relationships file states them."""
    bulk: bool = True
    stated: bool = False
    """The format says who is a guardian in relationships only; a user without a role is no mistake."""

    def drafts(self, findings: Findings | None) -> Iterator[Draft]:
        """Every pupil with the guardians that either side names."""
        known = {user.id: user for user in self.users}
        linked = self._linked(known)
        active = 0
        for user in self.users:
            gone = user.status.casefold() in GONE
            active += bool(user.status) and not gone
            if not user.roles & PUPILS:
                continue
            draft = Draft(
                self.origin,
                user.row,
                user.line,
                id=user.id,
                given=user.given,
                family=user.family,
                email=user.email,
                grade=user.grade,
                school=user.school,
                left=gone,
                platform_id=user.platform_id,
            )
            if birth := self.births.get(user.id):
                draft.birth = birth[0]
                if self.birth_origin is not None:
                    draft.birth_row = (self.birth_origin, birth[1], birth[2])
            if gone and self.bulk and findings is not None:
                findings.cell("STATUS_IN_BULK", draft, "status", user.status)
            draft.contacts = list(self._contacts(draft, linked.get(user.id, {}), known, findings))
            yield draft
        if findings is not None and self.bulk and active:
            findings.whole("STATUS_IN_BULK", self.origin, column=self.origin.columns.get("status"))

    def _linked(self, known: dict[str, User]) -> dict[str, dict[str, str]]:
        """Student -> the other person -> role as stated; both directions, each pair once."""
        linked: dict[str, dict[str, str]] = {}
        for student, other, role in self.links:
            pair = linked.setdefault(student, {})
            pair[other] = pair.get(other) or role
        for user in self.users:
            for other in user.agents:
                if user.roles & PUPILS:
                    linked.setdefault(user.id, {}).setdefault(other, "")
                elif other in known and known[other].roles & PUPILS:
                    linked.setdefault(other, {}).setdefault(user.id, "")
        return linked

    def _contacts(
        self, draft: Draft, others: dict[str, str], known: dict[str, User], findings: Findings | None
    ) -> Iterator[Contact]:
        for other, role in others.items():
            person = known.get(other)
            if person is None:
                if findings is not None and not draft.left:
                    findings.cell("AGENT_UNKNOWN", draft, "agents", other)
                continue
            adult = person.roles & GUARDIANS
            if (not adult and not role and person.roles) or (person.roles & PUPILS and not adult):
                if findings is not None and not draft.left:
                    findings.cell("AGENT_IS_STAFF", draft, "agents", other)
                continue
            if person.status.casefold() in GONE:
                continue
            stated = role or next((name for name in _ADULTS if name in adult), "")
            yield Contact(
                "contact",
                0,
                given=person.given,
                family=person.family,
                email=person.email,
                phone=person.phone,
                relation="" if stated == "observer" else stated,
                source_id=person.id,
                row=person.row,
                origin=self.origin,
            )
