"""The chain of history as pure functions: every field counts, in a form that does not depend on how it was read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest

from guardian.audit.domain import GENESIS, Broken, Entry, digest, verify

ENTRY = Entry(
    seq=1, at=datetime(2026, 9, 7, 8, 0, 0, 123456, tzinfo=UTC), actor_kind="staff", actor=UUID(int=1),
    action="thing.done", subject_kind="thing", subject=UUID(int=2), institution=UUID(int=3), payload={"b": 1, "a": [2]},
)  # fmt: skip


def chain(count: int) -> list[tuple[Entry, bytes, bytes]]:
    links, previous = [], GENESIS
    for seq in range(1, count + 1):
        entry = msgspec.structs.replace(ENTRY, seq=seq)
        links.append((entry, previous, digest(entry, previous)))
        previous = links[-1][2]
    return links


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2}, {"at": ENTRY.at + timedelta(microseconds=1)}, {"actor_kind": "guardian"}, {"actor": None},
        {"action": "thing.undone"}, {"subject_kind": "other"}, {"subject": None}, {"institution": None},
        {"payload": {"b": 1, "a": [3]}}, {"payload": {}},
    ],
)  # fmt: skip
def test_every_field_counts(change: dict[str, Any]) -> None:
    assert digest(msgspec.structs.replace(ENTRY, **change), GENESIS) != digest(ENTRY, GENESIS)


def test_what_came_before_counts() -> None:
    assert digest(ENTRY, bytes([1]) * 32) != digest(ENTRY, GENESIS)


def test_the_order_of_a_payload_and_the_zone_of_an_instant_do_not() -> None:
    elsewhere = ENTRY.at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    same = msgspec.structs.replace(ENTRY, at=elsewhere, payload={"a": [2], "b": 1})
    assert digest(same, GENESIS) == digest(ENTRY, GENESIS)


def test_a_whole_chain_holds_and_so_does_its_continuation() -> None:
    links = chain(6)
    assert verify(links) == (6, None)
    assert verify(links[3:], after=3, previous=links[2][2]) == (3, None)
    assert verify([]) == (0, None)


def test_a_break_is_found_at_its_place() -> None:
    links = chain(5)
    assert verify(links[:2] + links[3:]) == (2, Broken(3, "missing"))
    assert verify(links[1:]) == (0, Broken(1, "missing"))
    changed = (msgspec.structs.replace(links[2][0], action="x"), *links[2][1:])
    assert verify([*links[:2], changed, *links[3:]]) == (2, Broken(3, "changed"))
    assert verify([*links[:2], (links[2][0], GENESIS, links[2][2]), *links[3:]]) == (2, Broken(3, "previous_differs"))


def test_a_chain_made_anew_from_a_place_on_no_longer_fits_what_was_noted_of_it() -> None:
    links = chain(4)
    forged = msgspec.structs.replace(links[1][0], action="x")
    again = [links[0], (forged, links[0][2], digest(forged, links[0][2]))]
    assert verify(again) == (2, None), "a chain alone cannot tell: the last digest must be noted elsewhere, too"
    assert again[-1][2] != links[1][2]
