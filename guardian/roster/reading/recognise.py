"""What an upload is: by its content, never by its name."""

from collections.abc import Iterator, Sequence

from guardian.roster.reading import bundles, markup, workbook
from guardian.roster.reading.bundles import parents
from guardian.roster.reading.delimited import Delimited, open_delimited
from guardian.roster.reading.draft import Draft, Origin
from guardian.roster.reading.fields.dates import Order
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.header import find
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.mapping import Mapping
from guardian.roster.reading.meaning import meaning
from guardian.roster.reading.members import Member
from guardian.roster.reading.other_lists import is_other
from guardian.roster.reading.quick import Quick
from guardian.roster.reading.refusal import InputRefused
from guardian.roster.reading.table import Table

_DAY_FIRST = frozenset({"fr", "pl", "es", "de"})
_OTHERS = (
    "teacher",
    "staff",
    "school",
    "org",
    "section",
    "class",
    "course",
    "enrol",
    "session",
    "readme",
    "facult",
    "employee",
)
"""Words in the names of files that list no pupils."""


def recognise(
    files: Sequence[Member], *, bundle: bool, language: str | None, findings: Findings, mapping: Mapping | None = None
) -> Intake:
    """The intake of an upload.

    :raises InputRefused: nothing in it can be read.
    """
    if bundle and (known := bundles.recognise(files, language, findings)):
        return known
    tables: list[Table] = []
    texts: list[Delimited] = []
    for member in files:
        found, text = _tables(member, language, findings, mapping)
        if text is not None:
            if not bundle and (part := bundles.alone(text, findings)):
                return part
            texts.append(text)
        if isinstance(found, Intake):
            return found
        tables.extend(found)
    if bundle and len({table.file for table in tables}) > 1:
        people = [
            table
            for table in tables
            if table.header.layout.guardians
            or "birth" in table.header.layout.student
            or not any(word in table.file.casefold() for word in _OTHERS)
        ]
        tables = people or tables
    _describe(tables, texts, files if bundle else (), findings)
    return _intake(tables, texts, findings) if tables else _headerless(files, texts, findings)


def _describe(tables: list[Table], texts: list[Delimited], listed: Sequence[Member], findings: Findings) -> None:
    used = {table.file for table in tables}
    for member in listed:
        if member.name not in used:
            findings.whole("FILE_IGNORED", Origin(member.name), name=member.name)
    for text in texts:
        if text.member.name in used or not listed:
            text.describe(findings)


def _tables(
    member: Member, language: str | None, findings: Findings, mapping: Mapping | None
) -> tuple[list[Table] | Intake, Delimited | None]:
    with member.open() as file:
        head = file.read(4096)
    if workbook.is_workbook(head):
        return workbook.tables(member, findings, mapping), None
    if markup.is_markup(head):
        return markup.tables(member, findings, mapping), None
    if head.lstrip()[:1] == b"{" or (head.lstrip()[:1] == b"[" and head.lstrip()[1:].lstrip()[:1] in {b"{", b"["}):
        raise InputRefused("FORMAT_UNKNOWN", member.name)
    text = open_delimited(member, language)
    if text is None:
        raise InputRefused("FORMAT_UNKNOWN", member.name)
    table = text.table(mapping)
    return [table] if table else [], text


def _headerless(files: Sequence[Member], texts: list[Delimited], findings: Findings) -> Intake:
    code = "HEADER_MISSING"
    if any((header := find(text.first)) and is_other(header.names) for text in texts):
        code = "NO_PUPILS_LISTED"
    elif any(_lists_guardians(text) for text in texts):
        code = "GUARDIANS_ONLY"
    findings.whole(code, Origin(files[0].name if len(files) == 1 else ""))

    def none(_: Findings | None) -> Iterator[Draft]:
        return iter(())

    first = texts[0] if texts else None
    return Intake(
        format="unknown",
        drafts=none,
        may_be_empty=True,
        encoding=first.encoding.name if first else None,
        delimiter=first.delimiter if first else None,
        files=tuple(file.name for file in files),
    )


def _lists_guardians(text: Delimited) -> bool:
    """Whether the first row names columns of guardians and of pupils, though not the pupils' names."""
    said = [meaning(cell) for cell in text.first[0] or []] if text.first else []
    return any(one.group == "guardian" and one.explicit for one in said) and any(
        one.group == "student" and (one.explicit or one.field == "id") for one in said
    )


def _intake(tables: list[Table], texts: list[Delimited], findings: Findings) -> Intake:
    people, adults = parents.divided(tables)
    profile = people[0].profile
    layouts = [table.header.layout for table in tables]
    text = next((one for one in texts if one.member.name == people[0].file), None)
    for table in tables:
        table.describe(findings)
    if not any(layout.named for layout in layouts):
        findings.whole("GUARDIANS_ONLY", tables[0].origin)

    def drafts(found: Findings | None) -> Iterator[Draft | Quick]:
        if adults:
            yield from parents.joined(people, adults, found)
            return
        for table in tables:
            yield from table.drafts(found)

    return Intake(
        format=profile.name,
        drafts=drafts,
        encoding=text.encoding.name if text else None,
        delimiter=text.delimiter if text else None,
        mode=profile.mode,
        order=profile.order or _order(tables),
        statuses=profile.statuses,
        end_means_left=profile.end_means_left,
        id_column=any("id" in layout.student for layout in layouts),
        birth_column=any("birth" in layout.student for layout in layouts),
        guardian_columns=any(layout.guardians for layout in layouts),
        files=tuple({table.file: 0 for table in tables}),
        other_rows=lambda: sum(table.others for table in tables),
    )


def _order(tables: list[Table]) -> Order | None:
    """Headers in French, Polish, Spanish or German say that dates begin with the day."""
    said = [table.header.layout for table in tables]
    return "dmy" if any(sum(layout.languages.get(name, 0) for name in _DAY_FIRST) >= 2 for layout in said) else None
