"""Which column feeds which field. Positions, never names: headers repeat."""

from collections.abc import Sequence

from msgspec import Struct, field

from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.meaning import Meaning, meaning

_PERSON = frozenset({"id", "given", "family", "full", "full_family_first", "full_given_first"})
_AS_GUARDIAN = {
    "id": "source_id",
    "given": "given",
    "family": "family",
    "full": "name",
    "usage": "usage",
    "family2": "family2",
    "full_family_first": "name",
    "full_given_first": "name",
    "language": "language",
    "status": "other",
    "role": "relation",
}
_CHANNELS = frozenset({"email", "phone", "phone2"})
_NAMED = frozenset({"name", "given", "family"})
_NAMES = ("given", "family", "full", "full_family_first", "full_given_first")


class Slot(Struct):
    """The columns of one guardian."""

    kind: str
    number: int
    columns: dict[str, list[int]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def add(self, name: str, column: int, words: str) -> None:
        self.columns.setdefault(name, []).append(column)
        self.words.add(words)


class Layout(Struct):
    """The columns of a table. Column numbers count from 0; the first of a list is preferred, the rest stand in."""

    headers: tuple[str, ...]
    student: dict[str, list[int]] = field(default_factory=dict)
    guardians: list[Slot] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    sensitive: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    languages: dict[str, int] = field(default_factory=dict)
    """How many headers are words of a language and of no other."""

    @property
    def symbol(self) -> bool:
        """Whether the class is told in two columns, level and letter: «4» and «a» are class 4a."""
        return "grade" in self.student and any(
            folded(self.headers[column]) in {"symbol", "symbol oddzialu", "litera"}
            for column in self.student.get("class", [])[:1]
        )

    @property
    def path(self) -> bool:
        """Whether the class is the last part of a path, and the rest of it says who is staff."""
        return any(folded(self.headers[column]) == "org unit path" for column in self.student.get("class", [])[:1])

    @property
    def language(self) -> str | None:
        """The one language that the header is written in; None for English only, or where nothing shows."""
        return max(self.languages, key=lambda name: self.languages[name]) if self.languages else None

    @property
    def named(self) -> bool:
        """Whether a column holds the pupil's name."""
        return any(name in self.student for name in _NAMES)

    @property
    def people(self) -> bool:
        """Whether a row can give a student at all."""
        return self.named or ("id" in self.student and bool(self.guardians))


def lay_out(headers: Sequence[str], pinned: dict[str, str] | None = None) -> Layout:
    """The layout of a header row. `pinned`: folded header -> student field, a profile's own knowledge."""
    pinned = pinned or {}
    said = [_pin(meaning(text), pinned) for text in headers]
    layout = Layout(tuple(headers))
    _assign(layout, said, guardian_names=True)
    if not any(name in layout.student for name in _NAMES):
        layout = Layout(tuple(headers))
        _assign(layout, said, guardian_names=False)
    _settle(layout, said)
    return layout


def _pin(said: Meaning, pinned: dict[str, str]) -> Meaning:
    target = pinned.get(said.words)
    if target is None:
        return said
    if target.startswith("guardian."):
        return Meaning("guardian", target.removeprefix("guardian."), kind="parent", words=said.words)
    group = "ignored" if target == "ignored" else "student"
    return Meaning(group, target, -1, words=said.words, explicit=True)


def _assign(layout: Layout, said: list[Meaning], *, guardian_names: bool) -> None:
    spanish = any("es" in one.languages and len(one.languages) == 1 for one in said)
    current: Slot | None = None
    seen: set[str] = set()
    for column, one in enumerate(said):
        group = one.group
        if group == "guardian" and one.words.startswith("tutor") and one.field == "name" and not spanish:
            group = "ignored"  # a tutor is a teacher everywhere else
        _note_language(layout, one)
        if group == "guardian":
            current = _slot(layout, current, one)
            current.add(one.field, column, one.words)
        elif group == "bare":
            current = _bare(layout, current, one, column)
        elif group == "student":
            if guardian_names and _is_guardians(one, current, seen):
                if current is None or one.words in current.words:
                    current = _new(layout, "contact", 0)
                current.add(_AS_GUARDIAN[one.field], column, one.words)
            else:
                layout.student.setdefault(one.field, []).append(column)
                current = current if one.field == "id" else None
            seen.add(one.words)
        else:
            getattr(layout, group).append(column)


def _note_language(layout: Layout, one: Meaning) -> None:
    if len(one.languages) == 1:
        (language,) = one.languages
        if language != "en":
            layout.languages[language] = layout.languages.get(language, 0) + 1


def _bare(layout: Layout, current: Slot | None, one: Meaning, column: int) -> Slot | None:
    """A header such as `E-mail` belongs to the guardian it stands beside, else to the pupil, or to nobody."""
    if one.slot:  # «Mail 2» is the second guardian's, wherever it stands
        current = next((slot for slot in layout.guardians if slot.number == one.slot), current)
    if current is None:
        (layout.student.setdefault("email", []) if one.field == "email" else layout.unknown).append(column)
        return None
    if one.words in current.words:
        current = _new(layout, current.kind, current.number + 1)
    current.add(one.field, column, one.words)
    return current


def _is_guardians(one: Meaning, current: Slot | None, seen: set[str]) -> bool:
    """Whether a pupil's word means the guardian: it repeats, or a guardian stands just before it."""
    if one.explicit:
        return False
    if one.field in _PERSON and one.words in seen:
        return True
    return (
        current is not None
        and one.field in _AS_GUARDIAN
        and one.words != "last first"
        and one.field not in {"id", "status"}
    )


def _slot(layout: Layout, current: Slot | None, one: Meaning) -> Slot:
    """The slot a guardian header belongs to: a header that repeats word for word begins the next guardian."""
    if not one.explicit and current is not None and one.words not in current.words:
        return current
    alike = [slot for slot in layout.guardians if (slot.kind, slot.number) == (one.kind, one.slot)]
    if not alike and one.slot:  # «Guardian 1» over «Mother 1 e-mail»: the number says who
        alike = [slot for slot in layout.guardians if slot.number == one.slot and one.kind in {"contact", "home"}]
    if alike and one.words not in alike[-1].words:
        return alike[-1]
    return _new(layout, one.kind, one.slot)


def _new(layout: Layout, kind: str, number: int) -> Slot:
    slot = Slot(kind, number)
    layout.guardians.append(slot)
    return slot


def _settle(layout: Layout, said: list[Meaning]) -> None:
    """Order the columns of a field by how sure their words are, and settle what one word can mean."""
    for columns in layout.student.values():
        columns.sort(key=lambda column: (said[column].rank, column))
    student = layout.student
    bare = student.get("full", [])
    if bare and said[bare[0]].words == "name" and not student.get("full_given_first"):
        if "family" in student and "given" not in student:
            student["given"] = student.pop("full")
        elif "given" in student and "family" not in student:
            student["family"] = student.pop("full")
    if (
        "family" in student
        and "given" not in student
        and said[student["family"][0]].words in {"nom", "nazwisko", "apellidos"}
    ):
        student["full_family_first"] = student.pop("family")
    if "given" in student and "family" not in student and said[student["given"][0]].words == "nombre":
        student["full"] = student.pop("given")
    _join_numbered(layout)
    layout.guardians[:] = [
        slot
        for slot in layout.guardians
        if slot.columns.keys() & {"name", "given", "family", "email", "phone", "phone2"}
    ]


def _join_numbered(layout: Layout) -> None:
    """«Parent name, Parent email 1, Parent email 2» is one person with two addresses, not three people."""
    for named in [slot for slot in layout.guardians if not slot.number and not slot.columns.keys() & _CHANNELS]:
        numbered = [slot for slot in layout.guardians if slot.number and slot.kind == named.kind]
        if not numbered or any(slot.columns.keys() & _NAMED for slot in numbered):
            continue
        for slot in numbered:
            for name, columns in slot.columns.items():
                named.columns.setdefault(name, []).extend(columns)
            layout.guardians.remove(slot)
