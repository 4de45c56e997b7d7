"""A list of pupils with a second list of guardians that names its pupils by ID only, one or several in a cell."""

import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from guardian.roster.reading.draft import Contact, Draft
from guardian.roster.reading.fields.ids import student_id
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.quick import Quick
from guardian.roster.reading.table import Table

_BETWEEN = re.compile(r"[,;|/\s]+")


def divided(tables: Sequence[Table]) -> tuple[list[Table], list[Table]]:
    """The tables of pupils, and those of guardians; the second are empty where nothing can be joined."""
    guardians = [table for table in tables if not table.header.layout.named]
    pupils = [table for table in tables if table.header.layout.named]
    if not guardians or not any("id" in table.header.layout.student for table in pupils):
        return list(tables), []
    return pupils, guardians


def joined(pupils: Sequence[Table], guardians: Sequence[Table], findings: Findings | None) -> Iterator[Draft | Quick]:
    """Every pupil with the guardians of both lists."""
    contacts: dict[str, list[Contact]] = {}
    for table in guardians:
        origin = table.origin
        for draft in table.opened(findings):
            found = [structs.replace(contact, origin=origin, row=draft.row) for contact in draft.contacts]
            for text in {draft.id, *_BETWEEN.split(draft.id)}:
                if identity := student_id(text)[0]:
                    contacts.setdefault(identity, []).extend(found)
    for table in pupils:
        for draft in table.opened(findings):
            if more := contacts.pop(student_id(draft.id)[0] if draft.id else "", None):
                draft.contacts = [*draft.contacts, *more]
            yield draft
