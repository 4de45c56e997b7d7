"""Rows that were imported before, word for word: they are counted and checked against the file, and not opened again.

A mark is a keyed digest of a clean row's line; the headers, and whatever else decides what the line means, are in the
key. Whoever keeps marks says which are still true; what only the whole file can tell is looked at every time.
"""

from array import array
from collections.abc import Callable, Container, Mapping
from hashlib import blake2b
from typing import Protocol

from guardian.roster.reading.keys import mail_key
from guardian.roster.reading.quick import Plan, Quick

SIZE = 16
"""Bytes of a mark."""
_NONE = bytes(SIZE)
_BLOCK = 20_000
_MANY = 200_000
"""Addresses of rows to be opened, above which every row is opened: little would be gained."""
Counts = Mapping[int, int]
"""Keys that a file holds more than once, with how often."""


class Kept(Protocol):
    """Marks of earlier imports. Called in the thread that reads."""

    kept: bool
    """Whether there is any mark to compare with."""
    key: bytes
    """A secret of the institution, with all that decides what a line means beside its table."""
    whole: int
    """Rows at the beginning of a file that are always opened."""
    crowd: int
    """A guardian with so many learners is always looked at."""

    def note(self, marks: list[bytes]) -> None:
        """The marks of clean rows in their order."""

    def same(self) -> bytearray:
        """For each mark noted, 1 where the learner who has it stands as the row says. Empty where none does."""


class Recall:
    """One reading's use of what was kept: `note` in the first pass, `skips` in the second, each row in its turn."""

    def __init__(self, kept: Kept) -> None:
        self.crowd = kept.crowd
        self._kept = kept
        self._whole = kept.whole
        self._digests: dict[int, Callable[[str], bytes]] = {}
        self._marks: list[bytes] = []
        self._ids, self._people, self._addresses = array("q"), array("q"), array("q")
        self._opened: set[int] = set()
        self._same = bytearray()
        self._turn = 0
        self.reopened: list[int] = []
        """Turns of marks that are kept, of rows that are opened all the same."""

    def mark(self, item: Quick) -> bytes:
        """The mark of a clean row."""
        plan = item.plan
        digest = self._digests.get(id(plan))
        if digest is None:
            digest = self._digests[id(plan)] = self._digest(plan)
        return digest(item.text)

    def _digest(self, plan: Plan) -> Callable[[str], bytes]:
        begun = blake2b(plan.context.encode(), key=self._kept.key, digest_size=SIZE).copy

        def digest(text: str) -> bytes:
            made = begun()
            made.update(text.encode("utf-8", "surrogatepass"))
            return made.digest()

        self._digests = {id(plan): digest}
        self._plan = plan  # kept, so that its id stays its own
        return digest

    def note(self, item: Quick, row: int, identity: int, person: int) -> None:
        """A clean row of the first pass: its place among the rows of all files, the keys of its ID and its person."""
        if not self._kept.kept:
            return
        slots = item.plan.slots
        address = item.cells[slots[0].email] if len(slots) == 1 and row > self._whole else ""
        if not address:
            for slot in slots:
                if item.cells[slot.email]:
                    self.open(mail_key(item.cells[slot.email]))
            if row <= self._whole:
                return
        self._marks.append(self.mark(item) if address else _NONE)
        self._addresses.append(mail_key(address) if address else 0)
        self._ids.append(identity)
        self._people.append(person)
        if len(self._marks) >= _BLOCK:
            self._hand_over()

    def open(self, address: int) -> None:
        """A row with this address will be opened: then all rows with it must be."""
        if len(self._opened) <= _MANY:
            self._opened.add(address)

    def _hand_over(self) -> None:
        self._kept.note(self._marks)
        self._marks = []

    def settle(self, *, ids: Counts, people: Counts, shared: Counts, placeholders: Container[int]) -> None:
        """The first pass is over: which rows need not be opened. A row whose ID, person or address the file bears on is
        opened, and with it all rows that have its address.
        """
        if not self._addresses:
            return
        self._hand_over()
        same = self._kept.same()
        if not same:
            return
        for turn, (identity, person, address) in enumerate(zip(self._ids, self._people, self._addresses, strict=True)):
            if not same[turn]:
                if address:
                    self.open(address)
            elif identity in ids or person in people or address in placeholders or shared.get(address, 0) >= self.crowd:
                self.open(address)
                same[turn] = 0
                self.reopened.append(turn)
        many = len(self._opened) > _MANY
        for turn, address in enumerate(self._addresses):
            if same[turn] and (many or address in self._opened):
                same[turn] = 0
                self.reopened.append(turn)
        self._same = bytearray() if many else same
        self._ids, self._people, self._addresses, self._opened = array("q"), array("q"), array("q"), set()

    def reopen(self) -> None:
        """The row that was asked for last has to be opened after all."""
        self.reopened.append(self._turn - 1)

    def skips(self, row: int) -> bool:
        """Whether a clean row need not be opened; asked once for each of them."""
        if row <= self._whole or not self._same:
            return False
        turn = self._turn
        self._turn = turn + 1
        return bool(self._same[turn])
