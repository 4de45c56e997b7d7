"""A clean row becomes a pupil without the long way, where nothing about it needs to be said."""

from functools import lru_cache

from guardian.roster.reading.fields import mails
from guardian.roster.reading.fields.cell import NULL_IN_NAME, value
from guardian.roster.reading.fields.dates import tell
from guardian.roster.reading.fields.languages import language
from guardian.roster.reading.fields.phones import phones
from guardian.roster.reading.fields.relationships import eligibility, relationship
from guardian.roster.reading.keys import name_key
from guardian.roster.reading.persons import Persons
from guardian.roster.reading.pupil import Rules
from guardian.roster.reading.quick import NOT_AN_ID, Quick, Slot
from guardian.roster.reading.records import Eligible, GuardianRecord, StudentRecord
from guardian.roster.reading.survey import Survey


class Shortcut:
    """Answers None where the row has to go the long way."""

    def __init__(self, survey: Survey, persons: Persons, rules: Rules, region: str | None, file: str) -> None:
        self._survey = survey
        self._persons = persons
        self._rules = rules
        self._region = region
        self._file = file
        self._births: dict[str, str | None] = {}

    def student(self, item: Quick) -> StudentRecord | None:  # noqa: PLR0911 guard clauses read best in order
        """The pupil of a clean row with the guardians."""
        cells, at = item.cells, item.plan.at
        survey = self._survey
        identity, given, family = cells[at["id"]], cells[at["given"]], cells[at["family"]]
        if identity in NOT_AN_ID or (survey.ids and hash(identity) in survey.ids) or "  " in given or "  " in family:
            return None
        if given in NULL_IN_NAME or (survey.zero_width > len(identity) and identity.isdigit()):
            return None
        born = None
        if "birth" in at:
            text = cells[at["birth"]]
            born = self._birth(text)
            if born is None or (survey.people and name_key(given, family, text) in survey.people):
                return None
        guardians: list[GuardianRecord] = []
        for slot in item.plan.slots:
            if cells[slot.email]:
                guardian = self._guardian(cells, slot, item.row)
                if guardian is None:
                    return None
                guardians.append(guardian)
            elif any(group >= 0 and cells[group] for group in slot[2:]):
                return None
        if not guardians or len(guardians) > 1:
            return None if guardians or item.plan.slots else self._plain(item, born, ())
        return self._plain(item, born, (self._persons.keyed(None, guardians[0]),))

    def _plain(self, item: Quick, born: str | None, guardians: tuple[GuardianRecord, ...]) -> StudentRecord:
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
            guardians=guardians,
        )

    def _birth(self, text: str) -> str | None:
        if text not in self._births:
            told = tell(text, self._rules.as_of, None)
            self._births[text] = told.iso if not told.code else None
        return self._births[text]

    def _guardian(self, cells: tuple[str, ...], slot: Slot, row: int) -> GuardianRecord | None:  # noqa: PLR0911, C901 guard clauses read best in order
        address = cells[slot.email]
        survey = self._survey
        if survey.is_pupils(address) or hash(address.casefold()) in survey.placeholders or len(address) > 100:
            return None
        local, _, host = address.rpartition("@")
        if not host.islower():
            address = f"{local}@{host.lower()}"
        if survey.domains and mails.domain(address) in survey.domains:
            return None
        name: str | None = None
        given: str | None = None
        family: str | None = None
        if slot.name >= 0 and cells[slot.name]:
            name = cells[slot.name]
            if name.count(" ") != 1:
                return None
            given, _, family = name.partition(" ")
            if given.isupper() or family.isupper():
                return None
        if survey.shared and self._persons.is_other(address, name):
            return None
        phone: str | None = None
        if slot.phone >= 0 and cells[slot.phone]:
            found = phones(cells[slot.phone], self._region)
            if len(found) != 1 or found[0][1]:
                return None
            phone = found[0][0]
        raw = cells[slot.relation] if slot.relation >= 0 else ""
        code, eligible, reason = _standing(raw, slot.kind)
        if code == "self" or eligible == "no":
            return None
        return GuardianRecord(
            key="",
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
        )


@lru_cache(maxsize=4096)
def _text(text: str, longest: int) -> str | None:
    return value(text)[:longest] or None


@lru_cache(maxsize=1024)
def _standing(raw: str, kind: str) -> tuple[str, Eligible, str]:
    return eligibility(relationship(raw[:100]), kind, None, None)
