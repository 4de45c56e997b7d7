"""Which column is what: checked, remembered for a school, and found again by the header of a file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.roster.domain import Chosen
from guardian.roster.reading.limits import COLUMNS
from guardian.roster.reading.mapping import FIELDS, Mapping
from guardian.roster.reading.proposal import propose, still_fits

ORDERS = {"day_first": "dmy", "month_first": "mdy"}


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    columns: list[str] | dict[str, str]
    header: bool = True
    dates: str | None = None


def checked(columns: Sequence[str], *, header: bool, dates: str | None = None) -> Mapping:
    """A mapping that can give learners. Raises Refused, naming the column as `column-N` (from 0)."""
    words = [word.strip() for word in columns]
    while words and not words[-1]:
        words.pop()
    if len(words) > COLUMNS:
        raise Refused("mapping_too_wide", N_("A file may have %(most)s columns at most."), params={"most": COLUMNS})
    for place, word in enumerate(words):
        if word and word not in FIELDS:
            raise Refused(
                "field_unknown", N_("“%(word)s” is no field. Choose one of the fields that the documentation lists."),
                params={"word": word[:40]}, where=f"column-{place}",
            )  # fmt: skip
        if word and word in words[:place]:
            raise Refused(
                "field_twice", N_("Two columns are said to be the same. Choose one of them."), where=f"column-{place}"
            )
    if not {"given_name", "family_name", "full_name"} & set(words):
        raise Refused(
            "name_unmapped", N_("Say which column holds the learners' names: without a name nobody can be added."),
            where="column-0",
        )  # fmt: skip
    if dates not in {None, "", *ORDERS}:
        raise Refused("dates_unknown", N_("Say “day_first” or “month_first” of the dates."), where="dates")
    order: Any = ORDERS.get(dates or "")
    return Mapping(columns=tuple(words), header=header, order=order)


def parsed(text: str) -> Mapping:
    """A mapping as the API and the command line take it, in JSON: `columns` (a list, or letters to fields), `header`,
    `dates`. Raises Refused.
    """
    try:
        sent = msgspec.json.decode(text, type=_Sent)
        columns = sent.columns if isinstance(sent.columns, list) else _by_letter(sent.columns)
    except (msgspec.DecodeError, ValueError) as error:
        raise Refused(
            "mapping_invalid",
            N_('Send the mapping as JSON, for example {"columns": {"A": "student_id", "B": "full_name"}}.'),
            where="mapping",
        ) from error
    return checked(columns, header=sent.header, dates=sent.dates)


def _by_letter(columns: dict[str, str]) -> list[str]:
    places = {_place(letter): word for letter, word in columns.items()}
    return [places.get(place, "") for place in range(max(places, default=-1) + 1)]


def _place(letter: str) -> int:
    place = 0
    for mark in letter.strip().upper():
        if not "A" <= mark <= "Z" or place > COLUMNS:
            raise ValueError("no column letter")
        place = place * 26 + ord(mark) - ord("A") + 1
    if not 0 < place <= COLUMNS:
        raise ValueError("no column letter")
    return place - 1


async def remember(
    tx: Tx, new: UUID, institution: UUID, fingerprint: str, mapping: Mapping, *, by: UUID | None
) -> None:
    """Keep what a person confirmed for files with this header; a later word replaces an earlier one."""
    await tx.execute(
        "insert into roster_mappings (id, institution, fingerprint, mapping, confirmed_by, created_at) "
        "values ($1, $2, $3, $4, $5, $6) on conflict (institution, fingerprint) do update "
        "set mapping = excluded.mapping, confirmed_by = excluded.confirmed_by, created_at = excluded.created_at",
        new, institution, fingerprint, msgspec.json.encode(mapping).decode(), by, tx.now,
    )  # fmt: skip


async def recalled(tx: Tx, institution: UUID, path: Path, locale: str) -> Chosen | None:
    """What a person of this school confirmed before for a file with the same header, if it still fits."""
    if not await tx.fetchval("select exists (select 1 from roster_mappings where institution = $1)", institution):
        return None
    proposal = await asyncio.to_thread(propose, path, locale=locale)
    if proposal is None:
        return None
    kept = await tx.fetchval(
        "select mapping from roster_mappings where institution = $1 and fingerprint = $2",
        institution, proposal.fingerprint,
    )  # fmt: skip
    mapping = msgspec.json.decode(kept, type=Mapping) if kept else None
    return Chosen(mapping=mapping, remembered=True) if mapping and still_fits(mapping, proposal) else None
