"""The first pass: what only the whole file can tell. Hashes only, so that a million rows stay small."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable

from guardian.roster.reading.draft import Contact, Draft
from guardian.roster.reading.fields import mails, people
from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.fields.dates import Order, proves
from guardian.roster.reading.fields.ids import student_id
from guardian.roster.reading.fields.names import split
from guardian.roster.reading.folding import plain
from guardian.roster.reading.keys import ADDRESS, mail_key, name_key, person_key
from guardian.roster.reading.quick import NOT_AN_ID, Quick
from guardian.roster.reading.recall import Recall
from guardian.roster.reading.repeats import Repeats

Item = Draft | Quick
_NAME = re.compile(r"[^\W\d_][\w'’-]*")


class Survey:
    """Counts of repeated keys, pupils' mailboxes, the order of dates and the width of IDs."""

    def __init__(self, recall: Recall | None = None) -> None:
        self.rows = 0
        self._recall = recall
        self.orders: set[Order] = set()
        self.zero_width = 0
        """Length of the longest all-digit ID that begins with 0."""
        self.any_id = False
        self.without_id = False
        """Whether a row has no usable ID: only then can two rows be joined by name and birth date."""
        self.domains: set[str] = set()
        """Domains of the pupils' mailboxes, public providers left out."""
        self._ids, self._people, self._mails, self._own = Repeats(), Repeats(), Repeats(), Repeats()
        self._mailboxes = array("q")
        self._families: dict[int, tuple[int, int]] = {}
        """Address seen again -> families of guardian and pupil at the second time."""
        self._other_adults: set[int] = set()
        self._other_pupils: set[int] = set()
        """Addresses that stand beside another family later."""
        self.placeholders: set[int] = set()

    @property
    def ids(self) -> dict[int, int]:
        """Keys of IDs that occur more than once, with how often."""
        return self._ids.counts

    @property
    def people(self) -> dict[int, int]:
        """Keys of names with birth dates that occur more than once, with how often."""
        return self._people.counts

    @property
    def own(self) -> bool:
        """Whether the file names pupils' own mailboxes."""
        return bool(self._mailboxes)

    @property
    def shared(self) -> dict[int, int]:
        """Keys of guardians' addresses that occur more than once."""
        return self._mails.counts

    def take(self, items: Callable[[], Iterable[Item]], tick: Callable[[int], None] | None = None) -> None:
        """Look at every row once; at some of them again where an address may be a placeholder."""
        look = self._look_quickly
        rows = 0
        for item in items():
            rows += 1
            if tick is not None and rows % 5000 == 0:
                tick(rows)
            if type(item) is Quick:
                look(item, rows)
            else:
                self._look(item if isinstance(item, Draft) else item.plan.widen(item))
        self.rows = rows
        self._settle(items)

    def _look_quickly(self, item: Quick, row: int) -> None:
        cells, at = item.cells, item.plan.at
        identity = cells[at["id"]]
        number = hash(identity)
        family = cells[at["family"]]
        person = name_key(cells[at["given"]], family, cells[at["birth"]]) if "birth" in at else 0
        if self._recall is not None:
            self._recall.note(item, row, number, person)
        if identity in NOT_AN_ID:
            self._look(item.plan.widen(item))
            return
        self.any_id = True
        self._ids.add(number)
        if identity[0] == "0":
            self._note_width(identity)
        if person:
            self._people.add(person)
        if "email" in at and (own := cells[at["email"]]):
            self._note_own(own)
        for slot in item.plan.slots:
            address = cells[slot.email]
            if address and self._mails.add(key := hash(address.casefold())):
                name = cells[slot.name] if slot.name >= 0 else ""
                pupil = hash(plain(family).strip())
                adult = hash(plain(split(name)[1]).strip()) if name else pupil
                self._note_families(key, adult, pupil)

    def _look(self, draft: Draft) -> None:
        identity = student_id(draft.id)[0] if draft.id else ""
        if identity:
            self.any_id = True
            self._ids.add(hash(identity))
            self._note_width(identity)
        else:
            self.without_id = True
        birth = draft.birth
        if birth:
            if not birth[:4].isdigit():
                order = proves(value(birth))
                if order:
                    self.orders.add(order)
            self._people.add(person_key(draft))
        if draft.email and "@" in draft.email:
            for address, _, code in mails.split(draft.email):
                if code != "EMAIL_INVALID":
                    self._note_own(address)
        for key, adult, pupil in self._opened(draft):
            if self._mails.add(key):
                self._note_families(key, adult, pupil)

    def _note_families(self, key: int, adult: int, pupil: int) -> None:
        known = self._families.get(key)
        if known is None:
            self._families[key] = (pupil if adult == pupil else adult, pupil)
            return
        if known[0] != adult:
            self._other_adults.add(key)
        if known[1] != pupil:
            self._other_pupils.add(key)

    def _opened(self, draft: Draft) -> Iterable[tuple[int, int, int]]:
        for found in _addresses(draft):
            if self._recall is not None:
                self._recall.open(found[0])
            yield found

    def _note_width(self, identity: str) -> None:
        if identity[0] == "0" and identity.isdigit() and len(identity) > self.zero_width:
            self.zero_width = len(identity)

    def _note_own(self, address: str) -> None:
        key = hash(mails.folded(address))
        self._own.add(key)
        self._mailboxes.append(key)
        self.domains.add(mails.domain(address))

    def _settle(self, items: Callable[[], Iterable[Item]]) -> None:
        for repeats in (self._ids, self._people, self._mails):
            repeats.close()
        self._mailboxes = array("q", sorted(self._mailboxes))
        self.domains -= mails.FREE
        suspects: dict[int, set[tuple[int, int]]] = {
            key: set() for key in self._other_adults & self._other_pupils if self.shared[key] > 2
        }
        self._families = {}
        if not suspects:
            return
        for item in items():
            if type(item) is Quick and not any(
                mail_key(item.cells[slot.email]) in suspects for slot in item.plan.slots
            ):
                continue
            for key, adult, pupil in _addresses(item if isinstance(item, Draft) else item.plan.widen(item)):
                if key in suspects:
                    suspects[key].add((adult, pupil))
        self.placeholders = {
            key
            for key, pairs in suspects.items()
            if min(len({adult for adult, _ in pairs}), len({pupil for _, pupil in pairs})) > 2
        }

    @property
    def order(self) -> Order | None:
        """The order that the column proves; two contradictory proofs prove nothing."""
        return next(iter(self.orders)) if len(self.orders) == 1 else None

    def is_pupils(self, address: str) -> bool:
        """Whether an address, plus-aliases folded, is a pupil's mailbox."""
        if not self._mailboxes:
            return False
        key = hash(mails.folded(address))
        if not self._own.may_hold(key):
            return False
        place = bisect_left(self._mailboxes, key)
        return place < len(self._mailboxes) and self._mailboxes[place] == key


def _addresses(draft: Draft) -> Iterable[tuple[int, int, int]]:
    """Key of every guardian's address of a row, with hashes of the guardian's and the pupil's family names. A
    guardian without a name counts under the pupil's.
    """
    pupil = 0
    for contact in draft.contacts:
        text = contact.email or contact.name
        if len(text) > mails.LONGEST_CELL or not (contact.email or "@" in text):
            continue
        pupil = pupil or hash(plain(draft.family or split(draft.full, family_first=draft.family_first)[1]).strip())
        for family, text in _named(contact):
            adult = hash(plain(family).strip()) if family else pupil
            for address in ADDRESS.findall(text):
                yield mail_key(address), adult, pupil


def _named(contact: Contact) -> list[tuple[str, str]]:
    """Family names with the text that holds their addresses."""
    if contact.email:
        given_apart = contact.name if contact.given else ""  # «Mother_First, Mother»: the second is the family name
        return [(contact.family or given_apart or split(contact.name)[1], contact.email)]
    pieces = [piece for piece in people.BETWEEN.split(contact.name) if "@" in piece]
    return [(split(" ".join(_NAME.findall(ADDRESS.sub(" ", piece))))[1], piece) for piece in pieces]
