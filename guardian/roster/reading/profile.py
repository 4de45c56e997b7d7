"""What is known about the export of one system, beside its header words."""

import re

from msgspec import Struct

from guardian.roster.reading.fields.dates import Order
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.records import Mode


class Profile(Struct, frozen=True, kw_only=True):
    """A table format. `marks`: folded headers that must all be there; `one_of`: at least one of them."""

    name: str
    marks: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    pinned: dict[str, str] = {}
    """Folded header -> student field (or `ignored`, or `guardian.` and a guardian's field), against what the
    words alone would say."""
    order: Order | None = None
    """How the system writes dates, where a column proves nothing."""
    statuses: dict[str, str] = {}
    """The system's own status codes: `left` or `here`."""
    end_means_left: bool = False
    class_rows: tuple[str, str] | None = None
    """A column and the value in it that marks the row of the real class, where a pupil has one row per group."""
    mode: Mode | None = None

    def fits(self, headers: set[str]) -> bool:
        """Whether a table with these folded headers, written without blanks, is one of this system's."""
        return all(_tight(mark) in headers for mark in self.marks) and (
            not self.one_of or any(_tight(mark) in headers for mark in self.one_of)
        )


_FROM_TABLE = re.compile(r"^\s*=?\[\d{1,3}\]\w")
"""How PowerSchool names a field of another table: `[39]School_Name`."""


def _tight(words: str) -> str:
    """«DfE» is folded to two words, «dfe» to one: blanks do not count."""
    return words.replace(" ", "")


GENERIC = Profile(name="generic")


def choose(profiles: tuple[Profile, ...], names: list[str]) -> Profile:
    """The first profile that fits a header, else the generic one."""
    headers = {_tight(folded(name)) for name in names}
    if any(_FROM_TABLE.match(name) for name in names):
        headers.add("fromtable")
    return next((profile for profile in profiles if profile.fits(headers)), GENERIC)
