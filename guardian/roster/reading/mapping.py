"""Which column is what, as a person said it: it stands in place of what the words of the header say."""

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from guardian.roster.reading.fields.dates import Order
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.header import Header, find
from guardian.roster.reading.layout import Layout, Slot
from guardian.roster.reading.limits import COLUMNS
from guardian.roster.reading.meaning import OWN_COLUMNS, meaning

STUDENT = {
    "student_id": "id",
    "given_name": "given",
    "family_name": "family",
    "full_name": "full",
    "birth_date": "birth",
    "class_name": "class",
    "grade": "grade",
    "language": "language",
    "email": "email",
    "platform_id": "platform_id",
}
GUARDIAN = {
    "name": "name",
    "given_name": "given",
    "family_name": "family",
    "email": "email",
    "phone": "phone",
    "relationship": "relation",
    "language": "language",
}
GUARDIANS = 3
FIELDS: tuple[str, ...] = (
    *STUDENT,
    *(f"guardian_{number}_{name}" for number in range(1, GUARDIANS + 1) for name in GUARDIAN),
)
"""What a column may be. A guardian's name alone, without any other column of that guardian, may hold everything: name,
address and telephone."""


class Mapping(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`columns`: one of `FIELDS` for each column, empty where it is not used. `header`: whether the file has a row with
    column names. `order`: how its dates are written, where no date proves it.
    """

    columns: tuple[str, ...]
    header: bool = True
    order: Order | None = None


def fingerprint(names: Sequence[str], *, header: bool) -> str:
    """What two files with the same header have in common: the folded names in their order; of a file without a header
    only how many columns there are. Columns that this service added to a file before do not count.
    """
    kept = [name for name in names if name.strip() not in OWN_COLUMNS]
    said = "\x1f".join(folded(name) for name in kept).rstrip("\x1f") if header else str(len(kept))
    return sha256(f"{'names' if header else 'columns'}\x1e{said}".encode()).hexdigest()


def header_of(rows: Sequence[Sequence[str] | None], mapping: Mapping) -> Header | None:
    """The header of a table as the mapping says; None where the first rows are blank."""
    place, names = place_of(rows, header=mapping.header)
    return Header(place, names, _laid_out(mapping, names)) if names else None


def place_of(rows: Sequence[Sequence[str] | None], *, header: bool) -> tuple[int, list[str]]:
    """Where the row with the names stands (from 0; -1 for none), and the names."""
    filled = [place for place, cells in enumerate(rows) if cells and any(map(str.strip, cells))]
    if not filled:
        return -1, []
    if not header:
        return -1, [""] * min(max(len(rows[place] or ()) for place in filled), COLUMNS)
    found = find(rows)
    place = found.place if found else filled[0]
    return place, [str(cell) for cell in (rows[place] or [])[:COLUMNS]]


def _laid_out(mapping: Mapping, names: list[str]) -> Layout:
    layout = Layout(tuple(names))
    slots: dict[str, Slot] = {}
    for column, name in enumerate(names):
        word = mapping.columns[column] if column < len(mapping.columns) else ""
        if meaning(name).group == "sensitive":
            layout.sensitive.append(column)
        elif word in STUDENT:
            layout.student.setdefault(STUDENT[word], []).append(column)
        elif word:
            _, number, field = word.split("_", 2)
            slot = slots.get(number)
            if slot is None:
                slot = slots[number] = Slot("guardian", int(number))
            slot.add(GUARDIAN[field], column, word)
        else:
            (layout.ignored if name.strip() or not mapping.header else layout.blank).append(column)
    layout.guardians = [slots[number] for number in sorted(slots)]
    return layout


def words_of(layout: Layout, width: int) -> list[str]:
    """The reverse: what a layout takes each column for."""
    words = [""] * width
    known = {inner: word for word, inner in STUDENT.items()}
    known |= {"full_family_first": "full_name", "full_given_first": "full_name"}
    for inner, columns in layout.student.items():
        if inner in known:
            words[columns[0]] = known[inner]
    within = {inner: word for word, inner in GUARDIAN.items()}
    for number, slot in enumerate(layout.guardians[:GUARDIANS], 1):
        for inner, columns in slot.columns.items():
            if inner in within:
                words[columns[0]] = f"guardian_{number}_{within[inner]}"
    return words
