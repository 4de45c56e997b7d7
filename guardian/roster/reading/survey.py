"""The first pass: what only the whole file can tell. Hashes only, so that a million rows stay small."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import groupby

from guardian.roster.reading.draft import Draft
from guardian.roster.reading.fields import mails
from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.fields.dates import Order, proves
from guardian.roster.reading.fields.ids import student_id
from guardian.roster.reading.fields.names import split
from guardian.roster.reading.folding import plain

_DIGITS = re.compile(r"[1-9]")
_CENTURY = re.compile(r"(?:19|20)(?=\d\d\b)")
_ADDRESS = re.compile(r"[^\s<>,;|/()\"':]+@[^\s<>,;|/()\"':]+")


def id_key(text: str) -> int:
    """The key of a usable ID."""
    return hash(text)


def name_key(given: str, family: str, birth: str) -> int:
    """The key of a name with a birth date, however the two are written."""
    named = f"{given} {family}"
    named = named.casefold() if named.isascii() else plain(named)
    digits = sorted(_DIGITS.findall(_CENTURY.sub("", birth)))
    return hash((frozenset(named.replace("-", " ").split()), "".join(digits)))


def mail_key(address: str) -> int:
    """The key of an address, case-folded."""
    return hash(address.casefold())


class Survey:
    """Counts of repeated keys, pupils' mailboxes, the order of dates and the width of IDs."""

    def __init__(self) -> None:
        self.rows = 0
        self.orders: set[Order] = set()
        self.zero_width = 0
        """Length of the longest all-digit ID that begins with 0."""
        self.any_id = False
        self.domains: set[str] = set()
        self.ids: dict[int, int] = {}
        self.people: dict[int, int] = {}
        self.shared: set[int] = set()
        self.placeholders: set[int] = set()
        self._ids, self._people, self._own = array("q"), array("q"), array("q")
        self._mails, self._adults, self._pupils = array("q"), array("q"), array("q")

    def take(self, drafts: Iterable[Draft], tick: Callable[[int], None] | None = None) -> None:
        """Look at every draft once, then `settle`."""
        for draft in drafts:
            self.rows += 1
            if tick is not None and self.rows % 5000 == 0:
                tick(draft.row)
            self._look(draft)
        self._settle()

    def _look(self, draft: Draft) -> None:
        if draft.id:
            identity, _ = student_id(draft.id)
            if identity:
                self.any_id = True
                self._ids.append(hash(identity))
                if identity[0] == "0" and identity.isdigit() and len(identity) > self.zero_width:
                    self.zero_width = len(identity)
        birth = draft.birth
        if birth:
            if not birth[:4].isdigit():
                order = proves(value(birth))
                if order:
                    self.orders.add(order)
            self._people.append(person_key(draft))
        if draft.email and "@" in draft.email:
            for address, _, code in mails.split(draft.email):
                if code != "EMAIL_INVALID":
                    self._own.append(hash(mails.folded(address)))
                    self.domains.add(mails.domain(address))
        for contact in draft.contacts:
            text = contact.email or (contact.name if "@" in contact.name else "")
            if not text:
                continue
            family = contact.family or (split(contact.name)[1] if "@" not in contact.name else "")
            pupil = hash(plain(draft.family or split(draft.full, family_first=draft.family_first)[1]).strip())
            adult = hash(plain(family).strip()) if family else pupil
            for address in _ADDRESS.findall(text) if not text.isascii() or " " in text or "," in text else (text,):
                self._mails.append(hash(address.casefold()))
                self._adults.append(adult)
                self._pupils.append(pupil)

    def _settle(self) -> None:
        self.ids, self.people = _repeated(self._ids), _repeated(self._people)
        self._own = array("q", sorted(self._own))
        order = sorted(range(len(self._mails)), key=self._mails.__getitem__)
        for key, places in groupby(order, key=self._mails.__getitem__):
            alike = list(places)
            if len(alike) > 1:
                self.shared.add(key)
            if len(alike) > 2 and min(
                len({self._adults[place] for place in alike}), len({self._pupils[place] for place in alike})
            ) > 2:  # fmt: skip
                self.placeholders.add(key)
        self._ids = self._people = self._mails = self._adults = self._pupils = array("q")
        self.domains -= mails.FREE

    @property
    def order(self) -> Order | None:
        """The order that the column proves; two contradictory proofs prove nothing."""
        return next(iter(self.orders)) if len(self.orders) == 1 else None

    def is_pupils(self, address: str) -> bool:
        """Whether an address, plus-aliases folded, is a pupil's mailbox."""
        key = hash(mails.folded(address))
        place = bisect_left(self._own, key)
        return place < len(self._own) and self._own[place] == key


def person_key(draft: Draft) -> int:
    """The key of the person a draft names."""
    if draft.full and not (draft.given or draft.family):
        return name_key(draft.full.replace(",", " "), "", draft.birth)
    return name_key(draft.given, draft.family, draft.birth)


def _repeated(keys: "array[int]") -> dict[int, int]:
    counts: dict[int, int] = {}
    for key, alike in groupby(sorted(keys)):
        count = sum(1 for _ in alike)
        if count > 1:
            counts[key] = count
    return counts
