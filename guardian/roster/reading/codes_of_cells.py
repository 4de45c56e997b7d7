"""Finding codes about dates, addresses, guardians and containers. Importing this fills the table."""

from guardian.i18n import gettext_noop as N_
from guardian.roster.reading.codes import tell

tell(
    "DATE_ORDER_UNKNOWN",
    "F",
    N_("Nothing in the file shows whether its dates begin with the day or with the month."),
    N_("Write dates as 2014-05-31, or set the country of the school."),
)
tell(
    "DATE_AMBIGUOUS",
    "W",
    N_("The date can be %(first)s or %(second)s; the pupil is treated as under age."),
    N_("Write the date as 2014-05-31."),
)
tell(
    "DATE_INVALID", "W", N_("This is no date; the pupil is treated as under age."), N_("Write the date as 2014-05-31.")
)
tell(
    "DATE_IMPLAUSIBLE",
    "W",
    N_("No pupil can be born on this date; the pupil is treated as under age."),
    N_("Correct the birth date."),
)
tell(
    "DATE_FUTURE",
    "W",
    N_("The birth date lies in the future; the pupil is treated as under age."),
    N_("Correct the birth date."),
)
tell("YEAR_2_DIGITS", "W", N_("The year has two digits; it was read as %(date)s."), N_("Write years with four digits."))
tell(
    "EXCEL_SERIAL",
    "W",
    N_("The number is how a spreadsheet counts days; it was read as %(date)s."),
    N_("Format the column as a date, or as text."),
)
tell(
    "BIRTH_DATE_MISSING",
    "W",
    N_("There is no birth date; the pupil is treated as under age."),
    N_("Add the birth date."),
)
tell("EMAIL_CLEANED", "W", N_("Something beside the address was removed."), N_("Check the address."))
tell("EMAIL_INVALID", "E", N_("This is no e-mail address; it was not used."), N_("Correct the address."))
tell(
    "EMAIL_DOMAIN_TYPO",
    "W",
    N_("The address may be mistyped: did the guardian mean %(domain)s?"),
    N_("Check the address with the guardian. It is used as it is written."),
)
tell(
    "EMAIL_PLACEHOLDER",
    "E",
    N_("The same address stands beside unrelated families, so it can belong to none of them."),
    N_("Enter each guardian's own address, or leave the cell empty."),
)
tell(
    "EMAIL_IS_STUDENT",
    "E",
    N_("This is a pupil's own mailbox; a pupil cannot answer for a guardian."),
    N_("Enter an address that only the guardian reads."),
)
tell(
    "GUARDIAN_ON_STUDENT_DOMAIN",
    "W",
    N_("The guardian's address is at the domain of the pupils' mailboxes."),
    N_("Check that the address is the guardian's own."),
)
tell(
    "SHARED_EMAIL",
    "W",
    N_("Two people share this address; one answer cannot stand for both."),
    N_("Ask each guardian for an address of their own."),
)
tell("PHONE_INVALID", "W", N_("This is no telephone number; it was not used."), N_("Correct the number."))
tell(
    "PHONE_NUMERIC",
    "W",
    N_("The telephone number was stored as a number; a leading zero may be lost."),
    N_("Format the column as text."),
)
tell(
    "NO_GUARDIAN",
    "W",
    N_("The pupil has no guardian who can be reached."),
    N_("Add a guardian with an e-mail address."),
)
tell(
    "NO_GUARDIAN_COLUMNS",
    "F",
    N_("The file has no columns for guardians."),
    N_("Add the guardians' names and e-mail addresses, or upload them in a second file."),
)
tell(
    "GUARDIANS_ONLY",
    "F",
    N_("The file lists guardians, but not the pupils with an ID or a birth date, so nobody can be imported from it."),
    N_("Upload it together with the list of pupils, in one zip archive or folder."),
)
tell(
    "NO_PUPILS_LISTED",
    "F",
    N_("The file lists staff or schools, not pupils, so nobody is imported from it."),
    N_("Upload the list of pupils."),
)
tell(
    "ROLE_UNKNOWN",
    "W",
    N_("Nothing in the file says who is a pupil and who is staff: everybody was read as a pupil."),
    N_("Export the enrolments too, or leave the staff out."),
)
tell(
    "GUARDIAN_NO_CHANNEL",
    "W",
    N_("This guardian has neither an address nor a telephone number that works."),
    N_("Add the guardian's e-mail address."),
)
tell(
    "GUARDIAN_UNREADABLE",
    "W",
    N_("No e-mail address and no telephone number was found in this cell."),
    N_("Use one column each for name, e-mail and telephone."),
)
tell(
    "GUARDIAN_NOT_ELIGIBLE",
    "W",
    N_("This contact has no parental responsibility according to the file and is not asked."),
    N_("If this is wrong, correct the relationship."),
)
tell("GUARDIAN_IS_STUDENT", "W", N_("The contact is the pupil; nobody is their own guardian."))
tell("AGENT_IS_STAFF", "W", N_("The person named as guardian is a member of staff; the link was left out."))
tell("AGENT_UNKNOWN", "W", N_("The person named as guardian is not in the files."), N_("Export the guardians too."))
tell("STATUS_IN_BULK", "W", N_("A full export must not carry a status; the row's own value was followed."))
tell("BUNDLE_FOLDER", "F", N_("The files lie in a folder inside the archive; they belong at its root."))
tell(
    "BUNDLE_VERSION",
    "F",
    N_("The manifest states version %(found)s where %(expected)s is due."),
    N_("A spreadsheet program may have changed “1.0” to “1”: do not edit the manifest with one."),
)
tell("BUNDLE_FILE_ABSENT", "F", N_("The manifest announces %(name)s, which is not there."))
tell("BUNDLE_FILE_UNEXPECTED", "F", N_("%(name)s is there although the manifest calls it absent, or does not know it."))
tell(
    "HIDDEN_SHEET",
    "W",
    N_("The hidden sheet “%(name)s” was not imported."),
    N_("Show the sheet if it belongs to the roster."),
)
tell("SHEET_IGNORED", "I", N_("The sheet “%(name)s” holds no roster."))
tell("FILE_IGNORED", "I", N_("The file %(name)s holds no roster."))
tell("HTML_TABLE", "F", N_("The file is a web page with a table, not a workbook; the table was read."))
tell("PASSWORD_PROTECTED", "F", N_("The file is protected by a password."), N_("Save it without a password."))
tell("TOO_LARGE", "F", N_("The file is over the limit of %(limit)s %(unit)s."), N_("Split it, or leave out columns."))
tell("ZIP_UNSAFE", "F", N_("The archive is not safe to open: %(why)s."), N_("Pack the files again, plainly."))
tell(
    "FORMAT_UNKNOWN",
    "F",
    N_("This kind of file cannot be read."),
    N_("Upload CSV, Excel, OpenDocument or a OneRoster archive."),
)
tell("EMPTY", "F", N_("The file holds no pupils."))
