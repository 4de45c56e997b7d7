"""What may be said about a file before anybody is read from it: its columns with sample values, and what each seems
to be. A proposal is shown to a person; nothing is imported by it.
"""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from guardian.roster.reading import markup, workbook
from guardian.roster.reading.delimited import open_delimited
from guardian.roster.reading.draft import letter
from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.fields.dates import proves
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.header import find
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.limits import HEADER_ROWS
from guardian.roster.reading.mapping import Mapping, fingerprint, place_of, words_of
from guardian.roster.reading.meaning import meaning
from guardian.roster.reading.members import Member, members
from guardian.roster.reading.places import language_of
from guardian.roster.reading.profile import GENERIC, choose
from guardian.roster.reading.profiles import PROFILES
from guardian.roster.reading.refusal import InputRefused

_ROWS = 200
_SAMPLES = 3
_LONGEST = 40
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_CLASS = re.compile(r"\d{1,2} ?[A-Za-z]{0,2}|[A-Za-z]{1,2}\d{0,2}")


class Column(Struct, frozen=True, kw_only=True):
    """`field`: what the column seems to be, empty where nothing shows; `sensitive`: it is never stored."""

    letter: str
    header: str
    samples: tuple[str, ...]
    field: str
    sensitive: bool = False


class Proposal(Struct, frozen=True, kw_only=True):
    """`header`: whether there seems to be a row with names, in the row `row` of the file. `known`: the header is that
    of a known system, and nothing needs to be asked. `dates_unsure`: no date shows whether it begins with the day.
    """

    columns: tuple[Column, ...]
    header: bool
    found: bool
    fingerprint: str
    known: bool = False
    dates_unsure: bool = False


def propose(source: Path, *, locale: str | None = None, header: bool | None = None) -> Proposal | None:
    """The columns of a roster in one file; None for bundles, exports in XML, and what cannot be read. `header`: what a
    person says about whether there is a row with names.
    """
    try:
        with members(source) as (files, bundle):
            rows = None if bundle else _rows(files[0], language_of(locale))
    except InputRefused:
        return None
    return _proposal(rows, header) if rows else None


def _rows(member: Member, language: str | None) -> list[list[str] | None] | None:
    with member.open() as file:
        head = file.read(4096)
    if workbook.is_workbook(head):
        return workbook.first_rows(member, _ROWS)
    if markup.is_markup(head):
        found = markup.tables(member, Findings(), Mapping(columns=()))
        return (
            None
            if isinstance(found, Intake) or not found
            else [cells for _, _, cells in islice(found[0].rows(), _ROWS)]
        )
    text = open_delimited(member, language)
    return [cells for _, _, cells in islice(text.rows(), _ROWS)] if text else None


def _proposal(rows: Sequence[list[str] | None], said: bool | None) -> Proposal | None:
    first = rows[:HEADER_ROWS]
    found = find(first)
    named = found is not None or _looks_like_names(next((cells for cells in first if cells and any(cells)), []))
    header = named if said is None else said
    place, names = place_of(first, header=header)
    if not names:
        return None
    profile = choose(PROFILES, names) if header else GENERIC
    if found is not None and profile.pinned:
        found = find(first, profile.pinned) or found
    filled = [cells for cells in rows[place + 1 :] if cells and any(map(str.strip, cells))]
    values = [[value(cells[column]) for cells in filled if column < len(cells)] for column in range(len(names))]
    words = words_of(found.layout, len(names)) if found is not None and header else _guessed(names, values)
    columns = tuple(
        Column(
            letter=letter(place), header=" ".join(name.split()), field=words[place],
            samples=tuple(dict.fromkeys(one[:_LONGEST] for one in values[place] if one))[:_SAMPLES],
            sensitive=meaning(name).group == "sensitive",
        )
        for place, name in enumerate(names)
    )  # fmt: skip
    birth = next((values[place] for place, word in enumerate(words) if word == "birth_date"), [])
    return Proposal(
        columns=columns, header=header, found=found is not None, fingerprint=fingerprint(names, header=header),
        known=profile is not GENERIC, dates_unsure=bool(_numeric(birth)) and not any(map(proves, birth)),
    )  # fmt: skip


def _numeric(values: Sequence[str]) -> list[str]:
    return [one for one in values if _DATE.fullmatch(one) and not one[:4].isdigit()]


def _looks_like_names(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and not any(mark.isdigit() or mark == "@" for cell in filled for mark in cell)


def _guessed(names: Sequence[str], values: Sequence[Sequence[str]]) -> list[str]:
    """What values look like, each field once. Words of a header are asked first."""
    words = [""] * len(names)
    free = {"birth_date", "guardian_1_email", "guardian_1_phone", "class_name", "student_id"}
    kinds = [_kind([one for one in column if one]) for column in values]
    for place, kind in enumerate(kinds):
        if kind in free and meaning(names[place]).group != "sensitive":
            words[place] = kind
            free.discard(kind)
    texts = [place for place, kind in enumerate(kinds) if kind == "name"]
    for place, word in zip(texts, ("family_name", "given_name"), strict=False):
        words[place] = word
    return words


def _kind(values: Sequence[str]) -> str:
    if not values:
        return ""
    tests = (
        ("guardian_1_email", lambda one: "@" in one),
        ("birth_date", _DATE.fullmatch),
        ("class_name", lambda one: _CLASS.fullmatch(one) and len(set(values)) * 2 <= len(values)),
        ("student_id", lambda one: one.replace("-", "").isalnum() and any(map(str.isdigit, one)) and len(one) < 20),
        ("guardian_1_phone", lambda one: sum(map(str.isdigit, one)) >= 7),
        ("name", lambda one: not any(map(str.isdigit, one)) and len(one) < 60),
    )
    return next((kind for kind, test in tests if all(map(test, values))), "")


def still_fits(mapping: Mapping, proposal: Proposal) -> bool:
    """Whether a remembered mapping may be used for a file: what it calls an address and a date looks like one."""
    for column, word in zip(proposal.columns, mapping.columns, strict=False):
        if word.endswith("_email") or word == "email":
            if any("@" not in one for one in column.samples):
                return False
        elif word == "birth_date" and any(not any(map(str.isdigit, one)) for one in column.samples):
            return False
    return True
