"""Every finding code with its severity, what it says and how to mend it."""

from typing import NamedTuple

from guardian.i18n import gettext_noop as N_
from guardian.i18n import text
from guardian.roster.reading.records import Finding, Severity


class Said(NamedTuple):
    """`rejects`: the row gives no student."""

    severity: Severity
    message: str
    suggestion: str = ""
    rejects: bool = False


CODES: dict[str, Said] = {}


def tell(code: str, severity: Severity, message: str, suggestion: str = "", *, rejects: bool = False) -> None:
    """Enter a code into the table."""
    CODES[code] = Said(severity, message, suggestion, rejects)


def message_of(finding: Finding, language: str = "en") -> str:
    """What a finding says, in a language."""
    places = {
        name: text(language, value) if name in {"why", "unit"} else value for name, value in finding.places.items()
    }
    return text(language, CODES[finding.code].message, **places)


def suggestion_of(finding: Finding, language: str = "en") -> str:
    """How to mend what a finding names, in a language; may be empty."""
    return text(language, CODES[finding.code].suggestion)


tell("BOM_REMOVED", "I", N_("An invisible mark at the beginning of the file was removed."))
tell("EMPTY_COLUMNS", "I", N_("%(count)s empty columns without a header were left out."))
tell("BLANK_ROWS", "I", N_("%(count)s blank rows were skipped."))
tell("INSTRUCTION_ROW", "I", N_("This row holds instructions; it was skipped."))
tell("TITLE_ROWS", "I", N_("%(count)s rows with titles or totals were skipped."))
tell("COUNTER_COLUMN", "I", N_("This column only counts the rows; it is not used as a student ID."))
tell("MORE_FINDINGS", "I", N_("%(count)s more findings %(code)s are not listed."))
tell(
    "MALFORMED_XML",
    "F",
    N_("The XML ends too early or breaks its own rules; what could be read was read."),
    N_("Export the file again."),
)
tell(
    "ENCODING_ASSUMED",
    "W",
    N_("The file is not UTF-8. It was read as %(encoding)s; names now look like this: %(names)s."),
    N_("Check these names. If they are wrong, save the file as “CSV UTF-8” and upload it again."),
)
tell(
    "ENCODING_MIXED",
    "W",
    N_("This line is written in another encoding than the rest; it was read as %(encoding)s."),
    N_("Check the names in this line."),
)
tell(
    "MOJIBAKE",
    "W",
    N_("This text was already damaged before it came here."),
    N_("Correct it in the source system, or export again as UTF-8."),
)
tell(
    "HEADER_MISSING",
    "F",
    N_("No row with column names was found, so nothing is imported."),
    N_("Put the names of the columns into the first row, for example: Student ID, First name, Last name."),
)
tell(
    "NOBODY_READ",
    "F",
    N_("No learner could be read: %(rejected)s of %(rows)s rows were refused, so nothing is imported."),
    N_("Say which column is what, or mend the rows that are listed below and upload the file again."),
)
tell("MAPPING_CONFIRMED", "I", N_("The columns were read as you said."))
tell(
    "MAPPING_REMEMBERED",
    "I",
    N_("The columns were read as a person of your school said for an earlier file with the same columns."),
    N_("If a column now holds something else, say again which column is what."),
)
tell("HEADER_UNKNOWN", "I", N_("This column is not known; it is not stored."))
tell(
    "COLUMN_SENSITIVE_DROPPED",
    "I",
    N_("This column holds sensitive data that is not needed; it is never stored."),
    N_("Leave the column out of your next export."),
)
tell(
    "UNCLOSED_QUOTE",
    "E",
    N_("A quotation mark is not closed in this row; reading went on at the next line."),
    N_("Close the quotation mark, or remove it."),
    rejects=True,
)
tell(
    "ROW_SHAPE",
    "W",
    N_("This row has %(found)s cells, the header has %(expected)s."),
    N_("Check that the values stand in the right columns."),
)
tell("VALUE_TOO_LONG", "E", N_("The value is too long; it was not used."))
tell("NAME_MISSING", "E", N_("The row names nobody."), N_("Add the pupil's name."), rejects=True)
tell("GIVEN_NAME_MISSING", "W", N_("The pupil has no given name."), N_("Add it if there is one."))
tell("NAME_CLEANED", "W", N_("A mark beside the name was removed."))
tell(
    "FORMULA_IN_NAME",
    "E",
    N_("The name is a spreadsheet formula; the row is refused."),
    N_("Type the name as plain text."),
    rejects=True,
)
tell("FORMULA", "E", N_("The cell holds a spreadsheet formula; it was not used."), N_("Type the value as plain text."))
tell(
    "FORMULA_WITHOUT_VALUE",
    "W",
    N_("The cell holds a formula whose result was never saved."),
    N_("Open the file in your spreadsheet program, save it, and upload it again."),
)
tell(
    "ID_MISSING",
    "W",
    N_("There is no usable student ID; the pupil is known by name and birth date."),
    N_("Add a column with the student ID: it keeps two pupils of the same name apart."),
)
tell(
    "ID_SCIENTIFIC",
    "E",
    N_("A spreadsheet turned the student ID into a rounded number; it is lost."),
    N_("Format the column as text, enter the IDs again, and save."),
)
tell("ID_FLOAT", "W", N_("The student ID ended in “.0”, which was removed."))
tell(
    "ID_WIDTH",
    "W",
    N_("This student ID is shorter than others that begin with 0; leading zeros may be lost."),
    N_("Format the column as text before you export."),
)
tell(
    "ID_CONFLICT",
    "E",
    N_("This student ID already belongs to another pupil, in row %(other)s."),
    N_("Give each pupil an ID of their own."),
    rejects=True,
)
tell(
    "IDENTITY_MISSING",
    "E",
    N_("Neither a usable student ID nor a name with a birth date: the pupil cannot be told apart."),
    N_("Add the student ID, or the birth date."),
    rejects=True,
)
tell("NOT_A_PUPIL", "I", N_("The row is about an adult; it was not read as a pupil."))
tell(
    "POSSIBLE_DUPLICATE",
    "W",
    N_("The same name and birth date stand in row %(other)s under another ID."),
    N_("If it is one pupil, remove one of the rows."),
)
tell("DUPLICATE_ROW", "W", N_("This row says nothing that row %(other)s does not say already."))
tell("LEAVER", "I", N_("The pupil left; the row is not imported."), rejects=True)
tell("STATUS_UNKNOWN", "I", N_("This status is not known; the pupil is taken as present."))
