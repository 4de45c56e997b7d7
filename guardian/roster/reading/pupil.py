"""From a draft to a pupil: names, ID, birth date; or the reason why there is none."""

from datetime import date

from msgspec import Struct

from guardian.roster.reading.draft import Draft
from guardian.roster.reading.fields import mails
from guardian.roster.reading.fields.cell import NULL_IN_NAME, clean, is_formula, value
from guardian.roster.reading.fields.dates import Order, tell
from guardian.roster.reading.fields.ids import student_id
from guardian.roster.reading.fields.languages import language
from guardian.roster.reading.fields.names import is_broken, split
from guardian.roster.reading.fields.names import name as read_name
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import plain
from guardian.roster.reading.records import StudentRecord
from guardian.roster.reading.standing import ends, has_left
from guardian.roster.reading.survey import Survey


class Rules(Struct, frozen=True):
    """What the format and the caller know beside the file itself."""

    as_of: date
    order: Order | None
    statuses: dict[str, str] = {}
    """A format's own status codes: folded word -> `left` or `here`."""
    end_means_left: bool = False
    """Any date of leaving means that the pupil left, even a future one."""
    birth_column: bool = True
    id_column: bool = True
    name_required: bool = True


class Pupils:
    """Judges the pupil's own cells."""

    def __init__(self, rules: Rules, survey: Survey, findings: Findings) -> None:
        self._rules = rules
        self._survey = survey
        self._findings = findings
        self.ambiguous = False

    def read(self, draft: Draft) -> StudentRecord | None:
        """The pupil of a row, without guardians; None where the row is rejected."""
        findings = self._findings
        names = self._names(draft)
        if names is None:
            return None
        given, family, usage = names
        identity = self._identity(draft)
        end, left = self._left(draft)
        if left or draft.left:
            column = "status" if draft.status or draft.left else "ends"
            findings.cell("LEAVER", draft, column, draft.status or draft.ends)
        elif not (given or family):
            if identity or draft.birth.strip() or draft.contacts:
                findings.cell("NAME_MISSING", draft)
                return None
            findings.cell("IDENTITY_MISSING", draft)
            return None
        quiet = left or draft.left
        birth = self._birth(draft, quiet=quiet)
        if not quiet and not identity and not birth:
            findings.cell("IDENTITY_MISSING", draft)
            return None
        if not quiet and not given:
            findings.cell("GIVEN_NAME_MISSING", draft, "given")
        if not quiet and not identity and self._rules.id_column and not value(draft.id):
            findings.cell("ID_MISSING", draft, "id")
        own = (
            next((address for address, _, code in mails.split(draft.email) if code != "EMAIL_INVALID"), None)
            if draft.email
            else None
        )
        return StudentRecord(
            row=draft.row,
            line=draft.line,
            file=draft.origin.file,
            sheet=draft.origin.sheet,
            student_id=identity or None,
            platform_id=value(draft.platform_id) or None if draft.platform_id else None,
            given_name=given or None,
            family_name=family or None,
            usage_name=usage or None,
            birth_date=birth,
            class_name=value(draft.class_name)[:100] or None,
            grade=value(draft.grade)[:50] or None,
            school=value(draft.school)[:200] or None,
            language=language(draft.language) or None if draft.language else None,
            email=own,
            leaver=quiet,
            ends=end,
        )

    def _names(self, draft: Draft) -> tuple[str, str, str] | None:
        findings = self._findings
        given, mark = read_name(draft.given) if draft.given else ("", "")
        family, mark_family = read_name(draft.family) if draft.family else ("", "")
        usage = read_name(draft.usage)[0] if draft.usage else ""
        if given in NULL_IN_NAME and (not family or family in NULL_IN_NAME):
            given = family = ""
        column, raw = ("given", draft.given) if mark else ("family", draft.family)
        if not given and not family and draft.full:
            full, mark = read_name(draft.full)
            column, raw = "full", draft.full
            given, family = split(full, family_first=draft.family_first) if full not in NULL_IN_NAME else ("", "")
        for part in (given, family):
            if part and not part[0].isalpha() and is_formula(part):
                findings.cell("FORMULA_IN_NAME", draft, "given" if part is given and draft.given else column, part)
                return None
        if mark or mark_family:
            findings.cell(mark or mark_family, draft, column, raw, severity="W")
        if is_broken(given) or is_broken(family):
            findings.cell("MOJIBAKE", draft, column, f"{given} {family}")
        return given, family or usage, usage if family else ""

    def _identity(self, draft: Draft) -> str:
        if not draft.id:
            return ""
        identity, code = student_id(draft.id)
        if code:
            self._findings.cell(code, draft, "id", clean(draft.id))
        width = self._survey.zero_width
        if width and len(identity) < width and identity.isdigit():
            self._findings.cell("ID_WIDTH", draft, "id", identity)
        return identity

    def _birth(self, draft: Draft, *, quiet: bool) -> str | None:
        raw = draft.birth
        rules = self._rules
        told = tell(value(raw) if raw else "", rules.as_of, rules.order)
        if told.code and not quiet:
            if told.code == "BIRTH_DATE_MISSING":
                if rules.birth_column:
                    self._findings.cell(told.code, draft, "birth")
            elif told.readings:
                self.ambiguous = True
                first, second = told.readings
                self._findings.cell(told.code, draft, "birth", raw, at=draft.birth_row, first=first, second=second)
            elif told.iso:
                self._findings.cell(told.code, draft, "birth", raw, at=draft.birth_row, date=told.iso)
            else:
                self._findings.cell(told.code, draft, "birth", raw, at=draft.birth_row)
        return told.iso

    def _left(self, draft: Draft) -> tuple[str | None, bool]:
        if not draft.ends and not draft.status:
            return None, False
        end, past = ends(draft.ends, self._rules.as_of, self._rules.order) if draft.ends else (None, False)
        left = past or (end is not None and self._rules.end_means_left)
        stated = self._rules.statuses.get(plain(value(draft.status)).strip()) if draft.status else None
        if stated:  # the system's own code knows better than a date that it fills for everybody
            return end, stated == "left"
        if draft.status and not left:
            column = draft.origin.columns.get("status", -1)
            headers = draft.origin.headers
            said = has_left(draft.status, headers[column] if 0 <= column < len(headers) else "", self._rules.statuses)
            if said is None:
                self._findings.cell("STATUS_UNKNOWN", draft, "status", draft.status)
            left = bool(said)
        return end, left
