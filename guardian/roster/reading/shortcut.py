"""A clean row becomes a pupil without the long way, where nothing about it needs to be said."""

from functools import lru_cache

from guardian.roster.reading.fields import mails
from guardian.roster.reading.fields.cell import NULL_IN_NAME, value
from guardian.roster.reading.fields.dates import tell
from guardian.roster.reading.fields.languages import language
from guardian.roster.reading.fields.phones import simple_phone
from guardian.roster.reading.fields.relationships import eligibility, relationship
from guardian.roster.reading.keys import name_key
from guardian.roster.reading.persons import Persons
from guardian.roster.reading.pupil import Rules
from guardian.roster.reading.quick import NOT_AN_ID, Quick, Slot
from guardian.roster.reading.recall import Recall
from guardian.roster.reading.records import Eligible, GuardianRecord, StudentRecord
from guardian.roster.reading.survey import Survey

Twins = dict[int, int]
"""Hash of name key and birth date -> the first row they stand in; only for keys that occur more than once."""


class Shortcut:
    """Answers None where the row has to go the long way."""

    def __init__(
        self, survey: Survey, persons: Persons, rules: Rules, *, region: str | None, file: str,
        recall: Recall | None = None,
    ) -> None:  # fmt: skip
        self._survey = survey
        self._recall = recall
        self._persons = persons
        self._rules = rules
        self._region = region
        self._file = file
        self._births: dict[str, str | None] = {}

    def student(self, item: Quick, twins: Twins) -> StudentRecord | None:
        """The pupil of a clean row with the guardians."""
        cells, at = item.cells, item.plan.at
        survey = self._survey
        identity, given, family = cells[at["id"]], cells[at["given"]], cells[at["family"]]
        if "  " in given or "  " in family or given in NULL_IN_NAME or self._is_odd(identity):
            return None
        born: str | None = None
        twin: int | None = None
        if "birth" in at:
            text = cells[at["birth"]]
            born = self._birth(text)
            if born is None:
                return None
            if survey.people and (key := name_key(given, family, text)) in survey.people:
                twin = hash((key, born))
                if survey.without_id or twin in twins:
                    return None
        slot = self._only_slot(cells, item.plan.slots)
        guardian = self._guardian(cells, slot, item.row, family) if slot is not None else None
        if guardian is None:
            return None
        if twin is not None:
            twins[twin] = item.row
        return self._plain(item, born, guardian)

    def stands(self, item: Quick) -> bool:
        """Whether nothing else in the file bears on a row that is known word for word, whose ID, person and address
        `Recall` has looked up already. Keeps account of the guardian as `student` does.
        """
        cells, at = item.cells, item.plan.at
        slot = item.plan.slots[0]
        survey, address = self._survey, cells[slot.email]
        if "birth" in at and self._birth(cells[at["birth"]]) is None:
            return False
        if (survey.domains or survey.own) and self._own_address(address) is None:
            return False
        if survey.zero_width and self._is_odd(cells[at["id"]]):
            return False
        return self._persons.passes(address, (cells[slot.name] or None) if slot.name >= 0 else None)

    @staticmethod
    def _only_slot(cells: tuple[str, ...], slots: tuple[Slot, ...]) -> Slot | None:
        """The one guardian of the row; None where there is none, or several, or one without an address."""
        if len(slots) == 1:
            return slots[0] if cells[slots[0].email] else None
        filled = [slot for slot in slots if any(group >= 0 and cells[group] for group in slot[2:])]
        return filled[0] if len(filled) == 1 and cells[filled[0].email] else None

    def _is_odd(self, identity: str) -> bool:
        """Whether something is to be said about the ID, or another row has it too."""
        survey = self._survey
        if identity in NOT_AN_ID or hash(identity) in survey.ids:
            return True
        return survey.zero_width > len(identity) and identity.isdigit()

    def _own_address(self, address: str) -> str | None:
        """The address with its domain in lower case; None where the file says that it is no guardian's own."""
        survey = self._survey
        if len(address) > 100 or survey.is_pupils(address):
            return None
        if survey.placeholders and hash(address.casefold()) in survey.placeholders:
            return None
        local, _, host = address.rpartition("@")
        if not host.islower():
            address = f"{local}@{host.lower()}"
        domain = mails.domain(address)
        return None if domain in survey.domains or mails.mistyped(domain) else address

    def _plain(self, item: Quick, born: str | None, guardian: GuardianRecord) -> StudentRecord:
        cells, at = item.cells, item.plan.at

        def text(name: str, longest: int) -> str | None:
            return _text(cells[at[name]], longest) if name in at else None

        said = cells[at["language"]] if "language" in at else ""
        return StudentRecord(
            row=item.row,
            line=item.line,
            file=self._file,
            student_id=cells[at["id"]],
            given_name=cells[at["given"]],
            family_name=cells[at["family"]],
            birth_date=born,
            class_name=text("class", 100),
            grade=text("grade", 50),
            school=text("school", 200),
            language=language(said) or None if said else None,
            email=(cells[at["email"]] or None) if "email" in at else None,
            guardians=(guardian,),
            mark=self._mark(item, guardian),
        )

    def _mark(self, item: Quick, guardian: GuardianRecord) -> bytes | None:
        if self._recall is None or not guardian.email:
            return None
        alike = self._persons.is_first_or_alike(guardian.email, guardian.name, guardian.phone)
        return self._recall.mark(item) if alike else None

    def _birth(self, text: str) -> str | None:
        if text not in self._births:
            told = tell(text, self._rules.as_of, None)
            self._births[text] = told.iso if not told.code else None
        return self._births[text]

    def _guardian(self, cells: tuple[str, ...], slot: Slot, row: int, pupil: str) -> GuardianRecord | None:  # noqa: PLR0911 guard clauses read best in order
        survey = self._survey
        address = self._own_address(cells[slot.email])
        if address is None:
            return None
        name: str | None = None
        given: str | None = None
        family: str | None = None
        if slot.name >= 0 and cells[slot.name]:
            name = cells[slot.name]
            if name.count(" ") != 1:
                return None
            given, _, family = name.partition(" ")
            if given == pupil:
                return None
            if given.isupper() or family.isupper():
                return None
        if survey.shared and self._persons.is_other(address, name):
            return None
        phone: str | None = None
        if slot.phone >= 0 and cells[slot.phone]:
            phone = simple_phone(cells[slot.phone], self._region)
            if not phone:
                return None
        raw = cells[slot.relation] if slot.relation >= 0 else ""
        code, eligible, reason = _standing(raw, slot.kind)
        if code == "self" or eligible == "no":
            return None
        return GuardianRecord(
            key=self._persons.key(address, name, phone),
            language=(language(cells[slot.language]) or None) if slot.language >= 0 else None,
            name=name,
            given_name=given,
            family_name=family,
            email=address,
            phone=phone,
            relationship=code,
            relationship_raw=raw.strip() or None,
            eligible=eligible,
            reason=reason,
            row=row,
            shared=self._persons.is_shared(address),
        )


@lru_cache(maxsize=4096)
def _text(text: str, longest: int) -> str | None:
    return value(text)[:longest] or None


@lru_cache(maxsize=1024)
def _standing(raw: str, kind: str) -> tuple[str, Eligible, str]:
    return eligibility(relationship(raw[:100]), kind, None, None)
