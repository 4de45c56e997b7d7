"""Domains, roles, how long a browser stays signed in, and where one may go after signing in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from guardian.errors import Refused
from guardian.events import Actor
from guardian.staff import address
from guardian.staff.domain import StaffSession, check_role, home_of, safe_next

NOW = datetime(2026, 9, 7, 8, tzinfo=UTC)
SCHOOL = UUID(int=1)


@pytest.mark.parametrize(
    ("given", "inside"),
    [
        ("kid@pupils.example.org", True),
        ("kid@4a.pupils.example.org", True),
        ("kid@PUPILS.example.org", True),
        ("bob@example.org", False),
        ("bob@notpupils.example.org", False),
        ("bob@pupils.example.org.example.com", False),
    ],
)
def test_an_address_lies_in_a_domain_or_a_subdomain(given: str, inside: bool) -> None:
    assert address.lies_in(address.parse(given), ["pupils.example.org"]) is inside


def test_a_domain_is_tidied_or_refused() -> None:
    assert address.domain("@Maple.example.org") == "maple.example.org"
    with pytest.raises(Refused) as refused:
        address.domain("maple", where="verified_domains")
    assert (refused.value.code, refused.value.where) == ("domain_invalid", "verified_domains")


@pytest.mark.parametrize(
    ("role", "institution", "fits"),
    [
        ("operator_admin", None, True),
        ("privacy_officer", None, True),
        ("read_only", None, True),
        ("institution_admin", None, False),
        ("institution_admin", SCHOOL, True),
        ("roster_manager", SCHOOL, True),
        ("operator_admin", SCHOOL, False),
        ("privacy_officer", SCHOOL, False),
        ("king", SCHOOL, False),
    ],
)
def test_a_role_belongs_to_one_side(role: str, institution: UUID | None, fits: bool) -> None:
    if fits:
        assert check_role(role, institution) == role
    else:
        with pytest.raises(Refused):
            check_role(role, institution)


# idle 8 hours, 24 hours at most; both ends are exclusive
@pytest.mark.parametrize(
    ("idle", "age", "good"),
    [
        (timedelta(), timedelta(), True),
        (timedelta(hours=8, seconds=-1), timedelta(hours=8), True),
        (timedelta(hours=8), timedelta(hours=8), False),
        (timedelta(minutes=1), timedelta(hours=24, seconds=-1), True),
        (timedelta(minutes=1), timedelta(hours=24), False),
    ],
)
def test_a_browser_stays_signed_in_for_so_long(idle: timedelta, age: timedelta, good: bool) -> None:
    session = StaffSession(
        id=SCHOOL, staff=SCHOOL, last_seen_at=NOW - idle, expires_at=NOW - age + timedelta(hours=24), revoked_at=None
    )
    assert session.good(NOW) is good


def test_a_signed_out_browser_is_never_good() -> None:
    session = StaffSession(
        id=SCHOOL, staff=SCHOOL, last_seen_at=NOW, expires_at=NOW + timedelta(hours=1), revoked_at=NOW
    )
    assert not session.good(NOW)


@pytest.mark.parametrize("path", ["/school", "/school/rosters/1?row=5", "/admin/queue", "/admin?kind=no_basis"])
def test_a_path_inside_the_desks_may_be_gone_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "school", "//evil.example.com", "/\\evil.example.com", "https://evil.example.com/school", "/g/abc",
        "/schoolyard", "/school/../g/abc", "/school\r\nSet-Cookie: a=b", "javascript:alert(1)", "/school\t", "/" * 600,
        "/school/\u202e",
    ],
)  # fmt: skip
def test_any_other_wish_is_dropped(path: str | None) -> None:
    assert safe_next(path) is None


def test_each_side_has_its_home() -> None:
    assert home_of(Actor(kind="staff", institution=SCHOOL)) == "/school"
    assert home_of(Actor(kind="staff")) == "/admin"
