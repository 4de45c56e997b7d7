"""Rows become pupils: several rows of one pupil are joined, one person stands once, conflicts are refused."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, structs

from guardian.roster.reading.contacts import Contacts
from guardian.roster.reading.draft import Draft
from guardian.roster.reading.fields.names import compatible
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.keys import person_key
from guardian.roster.reading.persons import Persons
from guardian.roster.reading.pupil import Pupils
from guardian.roster.reading.quick import Quick
from guardian.roster.reading.recall import Recall
from guardian.roster.reading.records import GuardianRecord, StudentRecord
from guardian.roster.reading.shortcut import Shortcut, Twins
from guardian.roster.reading.survey import Survey


class _Group(Struct):
    """One pupil whose rows may not all have come yet."""

    student: StudentRecord
    draft: Draft
    guardians: list[GuardianRecord]
    keys: set[tuple[bool, int]]
    """The repeated keys (is it a name?, key) that this pupil was seen under."""


class Assembly:
    """Yields a pupil as soon as no later row can belong to them."""

    def __init__(self, survey: Survey, findings: Findings, pupils: Pupils, contacts: Contacts) -> None:
        self._survey = survey
        self._findings = findings
        self._pupils = pupils
        self._contacts = contacts
        self._left: dict[tuple[bool, int], int] = {}
        for key, count in survey.ids.items():
            self._left[False, key] = count
        for key, count in survey.people.items():
            self._left[True, key] = count
        self._by_id: dict[str, _Group] = {}
        self._by_person: dict[int, list[_Group]] = {}
        self._twins: Twins = {}
        self._waiting: dict[tuple[bool, int], list[_Group]] = {}
        self.persons = Persons(survey, findings)
        self.students = 0
        self.links = 0
        self.rows = 0
        self.passed = 0
        """Pupils that were counted without being opened."""
        self.leavers: list[StudentRecord] = []

    def take(  # noqa: C901 one loop, a branch for each way of reading a row
        self, items: Iterable[Draft | Quick], shortcut: Shortcut, *, recall: Recall | None,
        tick: Callable[[int], None] | None,
    ) -> Iterator[StudentRecord]:  # fmt: skip
        """All pupils of the drafts but those whom nothing about is to be said or compared."""
        for item in items:
            self.rows += 1
            if tick is not None and self.rows % 5000 == 0:
                tick(self.rows)
            if isinstance(item, Quick):
                if recall and self._passes(item, shortcut, recall):
                    continue
                short = shortcut.student(item, self._twins)
                if short is not None and short.guardians:
                    self.students += 1
                    self.links += len(short.guardians)
                    yield short
                    continue
                draft = item.plan.widen(item)
            else:
                draft = item
            student = self._pupils.read(draft)
            keys = self._keys(draft, student)
            if student is not None:
                if student.leaver:
                    self.leavers.append(student)
                elif keys:
                    self._join(draft, student, keys)
                else:
                    self._note_twin(draft, student)
                    guardians = self.persons.of_one(draft, self._contacts.guardians(draft)) if draft.contacts else ()
                    yield self._done(student, draft, guardians)
            if keys:
                yield from self._release(keys)
        for group in self._open():
            yield self._done(group.student, group.draft, group.guardians)

    def _passes(self, item: Quick, shortcut: Shortcut, recall: Recall) -> bool:
        if not recall.skips(self.rows):
            return False
        if not shortcut.stands(item):
            recall.reopen()
            return False
        self.students += 1
        self.links += 1
        self.passed += 1
        return True

    def _keys(self, draft: Draft, student: StudentRecord | None) -> set[tuple[bool, int]]:
        keys: set[tuple[bool, int]] = set()
        if student is None or not self._left:
            return keys
        if student.student_id and (False, key := hash(student.student_id)) in self._left:
            keys.add((False, key))
        if self._survey.without_id and draft.birth and (True, key := person_key(draft)) in self._left:
            keys.add((True, key))
        return keys

    def _note_twin(self, draft: Draft, student: StudentRecord) -> None:
        """Where every row has an ID, the same name and birth date under another ID is only told."""
        people = self._survey.people
        if self._survey.without_id or not people or not student.birth_date:
            return
        key = person_key(draft)
        if key in people:
            first = self._twins.setdefault(hash((key, student.birth_date)), student.row)
            if first != student.row:
                self._findings.cell("POSSIBLE_DUPLICATE", draft, other=first)

    def _join(self, draft: Draft, student: StudentRecord, keys: set[tuple[bool, int]]) -> None:
        identity = student.student_id
        person = next((key for named, key in keys if named), 0)
        group = self._by_id.get(identity) if identity else None
        if group is not None:
            if not _same(group.student, student):
                self._findings.cell("ID_CONFLICT", draft, "id", identity or "", other=group.student.row)
                return
        elif person and student.birth_date:
            alike = [one for one in self._by_person.get(person, []) if one.student.birth_date == student.birth_date]
            group = next((one for one in alike if not (identity and one.student.student_id)), None)
            if group is None and alike:
                self._findings.cell("POSSIBLE_DUPLICATE", draft, other=alike[0].student.row)
        guardians = self._contacts.guardians(draft) if draft.contacts else []
        if group is None:
            self._note_twin(draft, student)
            group = _Group(student, draft, list(self.persons.of_one(draft, guardians)), set())
            if person:
                self._by_person.setdefault(person, []).append(group)
        else:
            fresh = self.persons.added(draft, group.guardians, guardians)
            joined = _joined(group.student, student)
            if not fresh and not _differs(group, draft) and joined == group.student:
                self._findings.cell("DUPLICATE_ROW", draft, other=group.student.row)
            group.student = joined
        if identity:
            self._by_id[identity] = group
        for key in keys - group.keys:
            self._waiting.setdefault(key, []).append(group)
        group.keys |= keys

    def _release(self, keys: set[tuple[bool, int]]) -> Iterator[StudentRecord]:
        for key in keys:
            self._left[key] -= 1
            if self._left[key]:
                continue
            if key[0]:
                self._by_person.pop(key[1], None)
            for group in self._waiting.pop(key, ()):
                if all(not self._left.get(other) for other in group.keys):
                    yield self._close(group)

    def _close(self, group: _Group) -> StudentRecord:
        group.keys = set()
        if group.student.student_id:
            self._by_id.pop(group.student.student_id, None)
        return self._done(group.student, group.draft, group.guardians)

    def _open(self) -> list[_Group]:
        """What still waits at the end: rows that were rejected leave their pupil's count short."""
        unique = {id(group): group for groups in self._waiting.values() for group in groups if group.keys}
        self._waiting.clear()
        return sorted(unique.values(), key=lambda group: group.student.row)

    def _done(self, student: StudentRecord, draft: Draft, guardians: Iterable[GuardianRecord]) -> StudentRecord:
        held = tuple(guardians)
        self.students += 1
        if not held:
            self._findings.cell("NO_GUARDIAN", draft)
            return student
        self.links += len(held)
        return structs.replace(student, guardians=held)


def _same(one: StudentRecord, other: StudentRecord) -> bool:
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return False
    if one.given_name and other.given_name and one.family_name and other.family_name:
        return compatible(f"{one.given_name} {one.family_name}", f"{other.given_name} {other.family_name}")
    return compatible(one.given_name, other.given_name) and compatible(one.family_name, other.family_name)


def _differs(group: _Group, draft: Draft) -> bool:
    """Whether the row says something else about class or contacts: one row per class is no duplicate."""
    first = group.draft
    if draft.class_name != first.class_name or draft.grade != first.grade or draft.school != first.school:
        return True
    return _said(draft) != _said(first)


def _said(draft: Draft) -> list[tuple[str, ...]]:
    """What a row says about its contacts, however it is spelt."""
    fields = ("name", "given", "family", "email", "phone", "relation", "responsible", "court_order")
    return [tuple(getattr(one, field).strip().casefold() for field in fields) for one in draft.contacts]


def _joined(one: StudentRecord, other: StudentRecord) -> StudentRecord:
    """The first row stands; a later one fills what it left open."""
    filled = {
        name: getattr(other, name)
        for name in (
            "student_id",
            "platform_id",
            "given_name",
            "family_name",
            "birth_date",
            "class_name",
            "grade",
            "school",
            "language",
            "email",
        )
        if getattr(one, name) is None and getattr(other, name) is not None
    }
    return structs.replace(one, **filled) if filled else one
