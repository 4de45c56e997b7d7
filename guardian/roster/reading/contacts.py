"""From the raw contacts of a row to guardians: persons with a channel, and whether they may be asked."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs

from guardian.roster.reading.draft import Contact, Draft
from guardian.roster.reading.fields import mails, people
from guardian.roster.reading.fields.cell import is_formula, value
from guardian.roster.reading.fields.languages import language
from guardian.roster.reading.fields.names import name as read_name
from guardian.roster.reading.fields.names import person, split
from guardian.roster.reading.fields.phones import phones
from guardian.roster.reading.fields.relationships import eligibility, relationship, truth
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.keys import mail_key
from guardian.roster.reading.records import Eligible, GuardianRecord
from guardian.roster.reading.survey import Survey

_ADDRESS = re.compile(r"[<(\[]?(?:mailto:)?[^\s<>,;|()\[\]]+@[^\s<>,;|()\[\]]+[>)\]]?")
_NAMED = ("name", "family", "given", "usage", "email", "phone")
_NUMBER = re.compile(r"\+?\d[\d ().\-]{5,}\d")


class Person(Struct, gc=False):
    """One guardian of a row before it has a key."""

    name: str
    given: str
    family: str
    email: str
    phone: str
    label: str = ""


class Contacts:
    """Judges contacts against the whole file."""

    def __init__(self, survey: Survey, findings: Findings, region: str | None) -> None:
        self._survey = survey
        self._findings = findings
        self._region = region

    def guardians(self, draft: Draft) -> list[GuardianRecord]:
        """The guardians of a row that have a channel; their keys are still empty."""
        found: list[GuardianRecord] = []
        nameless: list[tuple[Contact, str, str]] = []
        for contact in _without_flags(draft.contacts):
            code, eligible, reason = _standing(contact)
            if code == "self":
                self._say("GUARDIAN_IS_STUDENT", draft, contact, "relation", contact.relation)
                continue
            for one in self._people(draft, contact):
                if one.given and one.given == draft.family != one.family and not (contact.given or contact.family):
                    one = structs.replace(one, given=one.family, family=one.given)  # noqa: PLW2901 «Żak Ewa» beside Łucja Żak
                if not one.email and not one.phone:
                    nameless.append((contact, one.name, contact.name or contact.given or contact.family))
                    continue
                known = (code, eligible, reason)
                said = relationship(one.label) if one.label and not contact.relation.strip() else "unknown"
                if said not in people.NO_LABEL:
                    known = eligibility(said, contact.kind, None, None)
                if known[1] == "no":
                    self._say("GUARDIAN_NOT_ELIGIBLE", draft, contact, "relation", contact.relation)
                found.append(
                    GuardianRecord(
                        key="",
                        name=one.name or None,
                        given_name=one.given or None,
                        family_name=one.family or None,
                        email=one.email or None,
                        phone=one.phone or None,
                        relationship=known[0],
                        relationship_raw=contact.relation.strip()
                        or (one.label if said not in people.NO_LABEL else "")
                        or None,
                        eligible=known[1],
                        reason=known[2],
                        language=language(contact.language) or None,
                        priority=int(contact.priority)
                        if contact.priority.isdecimal() and len(contact.priority) < 4
                        else None,
                        source_id=value(contact.source_id) or None,
                        row=contact.row or draft.row,
                    )
                )
        for contact, named, raw in nameless:
            if named or value(raw):
                unreadable = contact.free and not found
                code = "GUARDIAN_UNREADABLE" if unreadable else "GUARDIAN_NO_CHANNEL"
                columns = (contact.origin or draft.origin).columns
                part = next((part for part in _NAMED if f"{contact.place}.{part}" in columns), "")
                self._say(code, draft, contact, part, raw if unreadable else "")
        return found

    def _say(self, code: str, draft: Draft, contact: Contact, part: str, value: str = "", **places: Any) -> None:
        """A finding about one of a contact's cells, where the contact stands."""
        at = (contact.origin, contact.row, 0) if contact.origin else None
        self._findings.cell(code, draft, f"{contact.place}.{part}" if part else "", value, at=at, **places)

    def _people(self, draft: Draft, contact: Contact) -> Iterator[Person]:
        named = self._name(draft, contact)
        if ((contact.free or not contact.email) and "@" in named) or (contact.free and _NUMBER.search(named)):
            yield from self._from_text(draft, contact, named[: mails.LONGEST_CELL])
            return
        addresses = self._addresses(draft, contact, contact.email) if contact.email else []
        numbers = self._numbers(draft, contact, contact.phone) if contact.phone else []
        if len(addresses) < 2 and len(numbers) < 2:
            if addresses and people.BETWEEN.search(named):
                self._say("SHARED_EMAIL", draft, contact, "email", contact.email)
            yield self._person(contact, named, addresses[0] if addresses else ("", ""), numbers[0] if numbers else "")
            return
        names = people.several(named, max(len(addresses), len(numbers)))
        for number in range(max(len(addresses), min(len(names), len(numbers)), 1)):
            address, beside = addresses[number] if number < len(addresses) else ("", "")
            label, called = names[number] if number < len(names) else ("", "")
            if "@" not in beside and " " in beside and not called:
                called = beside
            yield self._person(
                contact if number == 0 and len(names) == 1 else Contact(contact.kind),
                called,
                (address, label or beside),
                numbers[number] if number < len(numbers) else "",
            )

    def _person(self, contact: Contact, named: str, address: tuple[str, str], phone: str) -> Person:
        given, family = contact.given.strip(), contact.family.strip()
        if (given or family) and named:
            given, family = _cleaned(given), _cleaned(family)
        elif not named and address[1] and " " in address[1] and "@" not in address[1]:
            named = address[1]
        if named and not (given and family):
            named = person(named)
            given, family = split(named)
        return Person(named, given, family, address[0], phone, address[1])

    def _name(self, draft: Draft, contact: Contact) -> str:
        raw = contact.name
        if contact.given or contact.family:
            parts = (contact.given, contact.family or contact.name)
            raw = " ".join(part for part in parts if value(part))
        if not raw:
            return ""
        if any(is_formula(value(part)) for part in (contact.name, contact.given, contact.family) if part):
            self._say("FORMULA", draft, contact, "name", raw)
            contact.given = contact.family = contact.name = ""
            return ""
        if contact.free and "@" in raw:
            return raw
        return read_name(value(raw) if "\n" not in raw else raw.strip())[0]

    def _addresses(self, draft: Draft, contact: Contact, text: str, part: str = "email") -> list[tuple[str, str]]:
        good: list[tuple[str, str]] = []
        survey = self._survey
        for address, label, code in mails.split(text):
            if code == "EMAIL_INVALID":
                self._say("FORMULA" if is_formula(address) else code, draft, contact, part, address)
                continue
            if survey.is_pupils(address):
                self._say("EMAIL_IS_STUDENT", draft, contact, part, address)
                continue
            if survey.placeholders and mail_key(address) in survey.placeholders:
                self._say("EMAIL_PLACEHOLDER", draft, contact, part, address)
                continue
            if code:
                self._say(code, draft, contact, part, text)
            if meant := mails.mistyped(mails.domain(address)):
                self._say("EMAIL_DOMAIN_TYPO", draft, contact, part, address, domain=meant)
            if survey.domains and mails.domain(address) in survey.domains:
                self._say("GUARDIAN_ON_STUDENT_DOMAIN", draft, contact, part, address)
            if all(address.casefold() != other.casefold() for other, _ in good):
                good.append((address, label))
        return good

    def _numbers(self, draft: Draft, contact: Contact, text: str, part: str = "phone") -> list[str]:
        good = []
        for number, code in phones(text, self._region):
            if code:
                self._say(code, draft, contact, part, number or text)
            if code != "PHONE_INVALID":
                good.append(number)
        return good

    def _from_text(self, draft: Draft, contact: Contact, text: str) -> Iterator[Person]:
        """One cell holds it all: «Maria Kowal (mum) maria@… 07700 900111; Jan Kowal jan@…»."""
        found: list[Person] = []
        for piece in people.BETWEEN.split(text.replace(",\n", "\n")):
            if not piece.strip():
                continue
            rest = _ADDRESS.sub(" ", piece)
            addresses = [
                pair for raw in _ADDRESS.findall(piece) for pair in self._addresses(draft, contact, raw, "name")
            ]
            numbers = _NUMBER.findall(rest)
            rest = _NUMBER.sub(" ", rest)
            label = people.label_of(rest)
            named = read_name(
                " ".join(
                    re.sub(r"[()\[\]<>:]|\btel\.?|\bmail", " ", rest.replace(label, " ") if label else rest).split()
                ).strip(" ,-–")
            )[0]
            phone = self._numbers(draft, contact, numbers[0], "name")[:1] if numbers else []
            one = self._person(
                Contact(contact.kind), named, addresses[0] if addresses else ("", ""), phone[0] if phone else ""
            )
            one = structs.replace(one, label=label or one.label)
            if found and not one.name and not (found[-1].email and one.email) and not (found[-1].phone and one.phone):
                last = found[-1]
                found[-1] = structs.replace(last, email=last.email or one.email, phone=last.phone or one.phone)
            else:
                found.append(one)
            found.extend(Person("", "", "", address, "", named) for address, named in addresses[1:])
        yield from found


def _cleaned(text: str) -> str:
    return read_name(value(text))[0]


def _standing(contact: Contact) -> tuple[str, Eligible, str]:
    if not (contact.relation or contact.responsible or contact.court_order):
        return eligibility("unknown", contact.kind, None, None)
    responsible = truth(contact.responsible) if contact.responsible else None
    court = truth(contact.court_order) if contact.court_order else None
    return eligibility(relationship(contact.relation[:100]), contact.kind, responsible, court)


def _without_flags(contacts: Sequence[Contact]) -> list[Contact]:
    """The contacts without columns that only say yes or no: «Legal guardian: yes» is about the contact before it."""
    kept: list[Contact] = []
    for contact in contacts:
        said = truth(contact.name) if contact.free and len(contact.name) < 8 else None
        if said is None:
            kept.append(contact)
        elif kept:
            before = kept[-1]
            before.responsible = before.responsible or contact.name
            for name in ("court_order", "relation", "priority", "language", "source_id"):
                setattr(before, name, getattr(before, name) or getattr(contact, name))
    return kept
