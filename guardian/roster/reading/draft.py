"""Raw values of one pupil's row, before anything is judged. Every format ends here."""

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from guardian.roster.reading.layout import Layout, Slot


class Origin(Struct, gc=False):
    """Where values came from, to name them in a finding."""

    file: str
    sheet: str | None = None
    headers: Sequence[str] = ()
    columns: dict[str, int] = field(default_factory=dict)
    """Field -> column; a guardian's fields as `0.email`, `1.email`."""

    def column(self, name: str) -> str | None:
        """Column letter and header as written."""
        place = self.columns.get(name)
        if place is None:
            return None
        header = " ".join(self.headers[place].split()) if place < len(self.headers) else ""
        return f"{letter(place)}: {header}" if header else letter(place)


def letter(place: int) -> str:
    """Column letter of a column number that counts from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Contact(Struct, gc=False):
    """Raw values of one guardian."""

    kind: str
    place: int = 0
    """Which of the row's slots, for naming its columns."""
    name: str = ""
    given: str = ""
    family: str = ""
    email: str = ""
    phone: str = ""
    relation: str = ""
    responsible: str = ""
    court_order: str = ""
    priority: str = ""
    language: str = ""
    source_id: str = ""
    free: bool = False
    """The one cell holds everything: name, address and phone."""
    row: int = 0
    origin: Origin | None = None
    """Where the guardian stands, if on a row of their own."""


class Draft(Struct):
    """Raw values of one row."""

    origin: Origin
    row: int
    line: int = 0
    id: str = ""
    platform_id: str = ""
    given: str = ""
    family: str = ""
    usage: str = ""
    full: str = ""
    family_first: bool | None = None
    birth: str = ""
    birth_row: tuple[Origin, int, int] | None = None
    """Where the birth date stands, if in another file."""
    grade: str = ""
    class_name: str = ""
    school: str = ""
    language: str = ""
    email: str = ""
    ends: str = ""
    status: str = ""
    contacts: Sequence[Contact] = ()
    left: bool = False
    """The format itself says that the pupil left."""
    role: str = ""
    """What the row calls the person, where a file lists adults too."""


Extract = Callable[[int, int, list[str]], Draft]


def extractor(layout: Layout, origin: Origin, family_first: bool | None, sheet_class: str = "") -> Extract:
    """Turns the cells of a row into a draft. The cells must be at least as many as the headers."""
    student = layout.student
    full_field = next((name for name in ("full_family_first", "full_given_first", "full") if name in student), "full")
    order = {"full_family_first": True, "full_given_first": False}.get(full_field, family_first)
    first = {name: columns[0] for name, columns in student.items()}
    spare = {name: columns[1:] for name, columns in student.items() if len(columns) > 1 and name not in _SINGLE}
    family2 = first.get("family2", -1)
    width = len(layout.headers)
    at = {name: first.get(name, width) for name in (*_FIELDS, full_field)}
    slots = [_slot_extractor(slot, place, width) for place, slot in enumerate(layout.guardians)]
    paths, joins = layout.path, layout.symbol
    given, family, full, nick = at["given"], at["family"], at[full_field], at["nickname"]
    role = at["role"]

    def extract(row: int, line: int, cells: list[str]) -> Draft:
        cells.append("")  # what a missing column points at
        draft = Draft(
            origin,
            row,
            line,
            cells[at["id"]],
            cells[at["platform_id"]],
            cells[given],
            cells[family],
            cells[at["usage"]],
            cells[full],
            order,
            cells[at["birth"]],
            None,
            cells[at["grade"]],
            (cells[at["class"]].rpartition("/")[2] if paths else cells[at["class"]]) or sheet_class,
            cells[at["school"]],
            cells[at["language"]],
            cells[at["email"]],
            cells[at["ends"]],
            cells[at["status"]],
            [contact for slot in slots if (contact := slot(row, cells)) is not None],
        )
        if family2 >= 0 and cells[family2].strip():
            draft.family = f"{draft.family} {cells[family2]}"
        if role < width or paths:
            draft.role = cells[role] or cells[at["class"]]
        if joins:
            draft.class_name = f"{cells[at['grade']].strip()}{draft.class_name.strip()}"
        if not draft.given and nick < width:
            draft.given = cells[nick]
        for name, columns in spare.items():
            attribute = _ATTRIBUTE.get(name, name)
            if not getattr(draft, attribute).strip():
                setattr(draft, attribute, next((cells[column] for column in columns if cells[column].strip()), ""))
        return draft

    return extract


_FIELDS = (
    "id",
    "platform_id",
    "given",
    "family",
    "usage",
    "birth",
    "grade",
    "class",
    "school",
    "language",
    "email",
    "ends",
    "status",
    "nickname",
    "role",
)
_ATTRIBUTE = {"class": "class_name"}
_SINGLE = frozenset(
    {"id", "full", "full_family_first", "full_given_first", "counter", "middle", "nickname", "family2", "status"}
)
"""A second column never stands in for these: a state number is not a missing student number."""


def _slot_extractor(slot: Slot, place: int, width: int) -> Callable[[int, list[str]], Contact | None]:
    columns = slot.columns
    at = {name: columns[name][0] if name in columns else width for name in _CONTACT}
    phones = columns.get("phone", []) + columns.get("phone2", [])
    emails = columns.get("email", [])
    more_emails, more_phones = emails[1:], phones[1:]
    email, phone, family2 = at["email"], phones[0] if phones else width, at["family2"]
    relations = columns.get("relation", [])
    free = not emails and not phones and "given" not in columns and "family" not in columns
    name, given, family, relation, usage = at["name"], at["given"], at["family"], at["relation"], at["usage"]
    rest = [
        (key, at[key]) for key in ("responsible", "court_order", "priority", "language", "source_id") if key in columns
    ]
    kind = slot.kind

    def extract(row: int, cells: list[str]) -> Contact | None:
        contact = Contact(
            kind,
            place,
            cells[name],
            cells[given],
            cells[family] or cells[usage],
            cells[email],
            cells[phone],
            cells[relation],
            free=free,
            row=row,
        )
        if not contact.email and more_emails:
            contact.email = next((cells[column] for column in more_emails if cells[column].strip()), "")
        if not contact.phone and more_phones:
            contact.phone = next((cells[column] for column in more_phones if cells[column].strip()), "")
        if family2 < width and cells[family2].strip():
            contact.family = f"{contact.family} {cells[family2]}"
        if not (contact.name or contact.given or contact.family or contact.email or contact.phone):
            return None
        if len(relations) > 1 and not contact.relation.strip():
            contact.relation = cells[relations[1]]
        for key, column in rest:
            setattr(contact, key, cells[column])
        return contact

    return extract


_CONTACT = (
    "name",
    "given",
    "family",
    "family2",
    "usage",
    "email",
    "relation",
    "responsible",
    "court_order",
    "priority",
    "language",
    "source_id",
)


def columns_of(layout: Layout) -> dict[str, int]:
    """Field -> first column, as findings name them."""
    columns = {_ATTRIBUTE.get(name, name): places[0] for name, places in layout.student.items()}
    for name in ("full_family_first", "full_given_first"):
        if name in columns:
            columns["full"] = columns[name]
    for place, slot in enumerate(layout.guardians):
        for name, places in slot.columns.items():
            columns[f"{place}.{name}"] = places[0]
    return columns
