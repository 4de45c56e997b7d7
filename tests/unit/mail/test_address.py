"""Addresses are checked strictly, kept as given, compared without case, and never folded for sending."""

import pytest

from guardian.errors import Refused
from guardian.mail.address import compare_key, normal_form, parse, same_person_key


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Jo.Smith+kid@GMAIL.com", "Jo.Smith+kid@gmail.com"),
        ("  a@Example.ORG ", "a@example.org"),
        ("jan@żółć.example.com", "jan@xn--kda4b0koi.example.com"),
        ("żółć@example.net", "żółć@example.net"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_the_local_part_is_kept_and_the_domain_is_an_a_label(given: str, kept: str) -> None:
    assert normal_form(given) == kept
    assert normal_form(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        "", "a", "@example.org", "a@", "a@b", "a@localhost", "a b@example.org", "a@b.c,x@y.z",
        "a@example.org;b@example.org",
        "Name <a@example.org>", "a@example.org>\r\nRCPT TO:<x@example.org>", '"a b"@example.org', "a@[127.0.0.1]",
        "a@example..org", ".a@example.org", "a.@example.org", "x" * 65 + "@example.org", "a@" + "x." * 127 + "org",
        "a@example.org\x00", "a\u202e@example.org", "a@demo.test", "mailto:a@example.org",
    ],
)  # fmt: skip
def test_anything_but_one_whole_address_is_refused_without_quoting_it(given: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(given, where="contact_email")
    assert caught.value.code == "address_invalid"
    assert caught.value.where == "contact_email"
    assert len(given) < 3 or given not in str(caught.value)


def test_a_rehearsal_may_use_reserved_names() -> None:
    assert parse("a@demo.test", special_use=True).text == "a@demo.test"


def test_two_spellings_of_one_address_compare_equal() -> None:
    assert compare_key("Ann@Example.org") == compare_key("ann@EXAMPLE.ORG")
    assert compare_key("a@żółć.example.com") == compare_key("A@xn--kda4b0koi.example.com")


def test_tags_and_dots_tell_addresses_apart() -> None:
    assert len({compare_key(one) for one in ("a.b@example.org", "ab@example.org", "ab+x@example.org")}) == 3


def test_only_the_own_address_check_takes_a_tag_off() -> None:
    assert same_person_key("Ann+mum@example.org") == same_person_key("ann@example.org")
    assert same_person_key("a.nn@example.org") != same_person_key("ann@example.org")


def test_other_letters_need_a_server_that_takes_them() -> None:
    assert parse("a@żółć.example.com").plain
    assert not parse("żółć@example.net").plain
