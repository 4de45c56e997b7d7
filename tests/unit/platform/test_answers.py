"""What an API client may keep, and when its copy is still the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from guardian.access.decision import Decision, PurposeDecision
from guardian.errors import Refused
from guardian.platform.domain import PREFIX, etag, key_hash, matches, max_age, new_key
from guardian.platform.routes import instant, narrowed

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
PERMIT = Decision(
    learner="p-1", access="permit", reasons=("authorised", "consented"), revision=3, until=NOW + timedelta(hours=1),
    purposes={
        "lessons": PurposeDecision("permit", "authorised"), "recordings": PurposeDecision("block", "consent_missing"),
    },
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"access": "block"}, {"reasons": ("authorised",)}, {"revision": 4}, {"until": None}, {"learner": "p-2"},
        {"purposes": {"lessons": PurposeDecision("permit", "authorised")}},
    ],
)  # fmt: skip
def test_the_validator_follows_what_the_answer_says(change: dict[str, Any]) -> None:
    assert etag(msgspec.structs.replace(PERMIT, **change)) != etag(PERMIT)


def test_the_validator_is_the_same_for_the_same_answer() -> None:
    turned = msgspec.structs.replace(PERMIT, purposes=dict(reversed(PERMIT.purposes.items())))
    assert etag(turned) == etag(PERMIT)
    assert etag(PERMIT).startswith('"')


@pytest.mark.parametrize(
    ("header", "same"),
    [(None, False), ("", False), ("*", True), ('"x"', False), ("{}", True), ("W/{}", True), ('"x", {}', True)],
)
def test_if_none_match_names_it(header: str | None, same: bool) -> None:
    tag = etag(PERMIT)
    assert matches(header and header.replace("{}", tag), tag) is same


@pytest.mark.parametrize(
    ("until", "longest", "expected"),
    [(None, 60, 60), (60, 300, 60), (3600, 60, 60), (0.9, 60, 0), (-5, 60, 0), (3600, 0, 0)],
)
def test_no_copy_is_kept_past_until(until: float | None, longest: int, expected: int) -> None:
    end = None if until is None else NOW + timedelta(seconds=until)
    assert max_age(msgspec.structs.replace(PERMIT, until=end), NOW, longest) == expected


def test_a_block_is_not_kept_at_all() -> None:
    assert max_age(msgspec.structs.replace(PERMIT, access="block"), NOW, 60) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-07T08:00:00Z", NOW),
        ("2026-09-07T10:00:00+02:00", NOW),
        ("2026-09-07T10:00:00 02:00", NOW),
        ("2026-09-07T04:00:00-04:00", NOW),
    ],
)
def test_an_instant_is_read_in_its_zone(text: str, expected: datetime) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-09-07", "2026-09-07T08:00:00", "2026-09-07 08:00:00", "08:00Z", "2026-13-01T00:00:00Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1" * 100_000, "\ud800"],
)  # fmt: skip
def test_what_is_no_instant_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        instant(text)
    assert refused.value.code == "instant_invalid"
    assert not text or text not in str(refused.value)


def test_one_purpose_alone_or_none_that_is_not_there() -> None:
    assert list(narrowed(PERMIT, "recordings").purposes) == ["recordings"]
    assert narrowed(PERMIT, None) is PERMIT
    with pytest.raises(Refused) as refused:
        narrowed(PERMIT, "anna@example.org")
    assert "anna" not in str(refused.value)


def test_keys_are_long_never_alike_and_kept_as_a_hash() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith(PREFIX) and len(key) > 40 for key in keys)
    one = keys.pop()
    assert key_hash(one) == key_hash(one)
    assert len(key_hash(one)) == 32
