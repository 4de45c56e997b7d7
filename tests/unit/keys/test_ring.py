"""One secret per key id, one key per use; what is derived never serves two uses."""

import pytest

from guardian.errors import Refused
from guardian.keys import KeyRing, parse

OLD, NEW = "o" * 32, "n" * 32


def test_each_use_and_each_secret_gives_another_key_of_32_bytes() -> None:
    ring = parse(f"b:{NEW}\na:{OLD}")
    keys = {ring.key(use, kid) for use in ("csrf", "ticket", "link/consent") for kid in ("a", "b")}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}


def test_new_things_are_made_with_the_first_key() -> None:
    ring = parse(f"b:{NEW}\na:{OLD}")
    assert ring.current == "b"
    assert ring.key("csrf") == ring.key("csrf", "b")


def test_keyed_hashes_stay_comparable_when_a_newer_key_is_put_in_front() -> None:
    before, after = parse(f"a:{OLD}"), parse(f"b:{NEW} a:{OLD}")
    assert before.keyed_hash("tombstone/platform", "p-1") == after.keyed_hash("tombstone/platform", "p-1")
    assert before.keyed_hash("tombstone/platform", "p-1") != before.keyed_hash("tombstone/student", "p-1")


def test_a_bare_secret_is_key_a() -> None:
    assert parse(OLD) == parse(f"a:{OLD}")


def test_an_unknown_key_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse(OLD).key("csrf", "z")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "secret_missing"),
        (" \n ", "secret_missing"),
        ("a:" + "x" * 31, "secret_too_short"),
        ("x" * 31, "secret_too_short"),
        (f"b:{NEW}\na:short", "secret_too_short"),
        (f"a:{NEW}\na:{OLD}", "secret_key_id"),
        (f":{NEW}", "secret_key_id"),
        (f"{'k' * 17}:{NEW}", "secret_key_id"),
        (f"é:{NEW}", "secret_key_id"),
    ],
)
def test_a_ring_that_would_be_weak_or_ambiguous_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == code


def test_a_secret_may_hold_a_colon_when_it_is_named() -> None:
    assert parse("a:" + "x:" * 20).secrets == {"a": b"x:" * 20}


def test_a_ring_never_shows_its_secrets() -> None:
    assert OLD not in repr(KeyRing({"a": OLD.encode()}))
