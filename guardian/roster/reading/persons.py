"""Guardians are persons: the same address with a compatible name is one person throughout the file."""

from collections.abc import Sequence

from msgspec import structs

from guardian.roster.reading.draft import Draft
from guardian.roster.reading.fields.names import compatible
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.records import GuardianRecord
from guardian.roster.reading.survey import Survey


class Persons:
    """Gives every guardian the key of the person, and counts the persons.

    Only addresses that the survey saw more than once are remembered.
    """

    def __init__(self, survey: Survey, findings: Findings) -> None:
        self._shared = survey.shared
        self._findings = findings
        self._known: dict[int, list[tuple[str | None, int]]] = {}
        """Hash of a mailbox -> its persons: the name, and a hash of name and phone as the first row says them."""
        self.count = 0

    def of_one(self, draft: Draft, guardians: Sequence[GuardianRecord]) -> Sequence[GuardianRecord]:
        """The guardians of a pupil's first row."""
        if len(guardians) == 1:
            return (self.keyed(draft, guardians[0]),)
        held: list[GuardianRecord] = []
        self.added(draft, held, guardians)
        return held

    def added(self, draft: Draft, held: list[GuardianRecord], guardians: Sequence[GuardianRecord]) -> bool:
        """Add a row's guardians to a pupil's; whether one of them was new, or told something new."""
        fresh = False
        for guardian in guardians:
            alike = [place for place, one in enumerate(held) if _alike(one, guardian)]
            alike.sort(key=lambda place: held[place].email is None)
            if not alike:
                held.append(self.keyed(draft, guardian))
                fresh = True
                continue
            place = alike[0]
            joined = _joined(held[place], guardian)
            if joined.email and not held[place].email:
                self.count -= 1  # known by phone until now: the address gives the key
                joined = self.keyed(draft, joined)
            fresh = fresh or joined != held[place]
            held[place] = joined
            for other in sorted(alike[1:], reverse=True):  # the row shows that the two were one person
                if not held[other].email and _alike(joined, held[other]):
                    del held[other]
                    self.count -= 1
        return fresh

    def is_shared(self, address: str) -> bool:
        """Whether more than one row names the address."""
        return hash(address.casefold()) in self._shared

    def is_other(self, address: str, name: str | None) -> bool:
        """Whether the address is known as another person's: then something is to be said."""
        people = self._known.get(hash(address.casefold()))
        return people is not None and not any(compatible(one[0], name) for one in people)

    def is_first_or_alike(self, address: str, name: str | None, phone: str | None) -> bool:
        """Whether no earlier row names this person, or the first that does says the same of them."""
        people = self._known.get(hash(address.casefold()), ())
        first = next((one for one in people if compatible(one[0], name)), None)
        return first is None or first[1] == hash((name, phone))

    def keyed(self, draft: Draft, guardian: GuardianRecord) -> GuardianRecord:
        """The guardian with the key of the person."""
        if guardian.email is None:
            self.count += 1
            return structs.replace(guardian, key=f"row {guardian.row}.{self.count}")
        if self.is_other(guardian.email, guardian.name):
            self._findings.cell("SHARED_EMAIL", draft, "", guardian.email)
        key = self.key(guardian.email, guardian.name, guardian.phone)
        return structs.replace(guardian, key=key, shared=self.is_shared(guardian.email))

    def passes(self, address: str, name: str | None) -> bool:
        """Count the person of a row that is not opened; False, and nothing counted, where the row must be. All rows of
        the address are passed then, so that nobody asks what the first said of them.
        """
        place = hash(address.casefold())
        if place not in self._shared:
            self.count += 1
            return True
        people = self._known.get(place)
        if people is None:
            self._known[place] = [(name, 0)]
            self.count += 1
            return True
        known = people[0][0]
        if known == name:
            return True
        if not any(compatible(one[0], name) for one in people):
            return False
        self.key(address, name)
        return True

    def key(self, address: str, name: str | None, phone: str | None = None) -> str:
        """The key of the person with this address and name; a new person is counted."""
        mailbox = address.casefold()
        place = hash(mailbox)
        if place not in self._shared:
            self.count += 1
            return mailbox
        people = self._known.setdefault(place, [])
        for number, (known, said) in enumerate(people):
            if compatible(known, name):
                if known is None and name is not None:
                    people[number] = (name, said)
                return _key(mailbox, number)
        people.append((name, hash((name, phone))))
        self.count += 1
        return _key(mailbox, len(people) - 1)


def _key(mailbox: str, number: int) -> str:
    return f"{mailbox} #{number + 1}" if number else mailbox


def _alike(one: GuardianRecord, other: GuardianRecord) -> bool:
    """The same person beside the same pupil. A name alone is never enough."""
    if one.source_id and one.source_id == other.source_id:
        return compatible(one.name, other.name)
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold() and compatible(one.name, other.name)
    if one.email or other.email:
        return bool(
            one.name and other.name and one.phone and one.phone == other.phone and compatible(one.name, other.name)
        )
    return one.phone == other.phone and compatible(one.name, other.name)


def _joined(one: GuardianRecord, other: GuardianRecord) -> GuardianRecord:
    filled = {
        name: getattr(other, name)
        for name in (
            "name",
            "given_name",
            "family_name",
            "email",
            "phone",
            "relationship_raw",
            "language",
            "priority",
            "source_id",
        )
        if getattr(one, name) is None and getattr(other, name) is not None
    }
    if one.relationship == "unknown" and other.relationship != "unknown":
        filled |= {"relationship": other.relationship, "eligible": other.eligible, "reason": other.reason}
    elif other.reason in {"court_order", "no_responsibility"} and one.eligible != "no":
        filled |= {"eligible": other.eligible, "reason": other.reason}
    return structs.replace(one, **filled) if filled else one
