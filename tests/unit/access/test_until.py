"""`until` is exact: the first later instant at which access, purposes or reasons would differ, else null."""

from datetime import datetime

import msgspec
import pytest

from guardian.access.domain import since
from guardian.access.parse import parse_facts
from tests.unit.access.made_facts import Document, at, authorisation, consent, example, guardian, purpose, us_school

pytestmark = pytest.mark.time


def until(document: Document, instant: str) -> str | None:
    found = at(document, instant)["until"]
    assert found is None or isinstance(found, str)
    return found


def test_the_whole_life_of_the_example() -> None:
    document = example(enrolments=[{"institution": "s1", "begins_on": "2026-09-01", "ends_on": "2027-12-31"}])
    steps = []
    instant: str | None = "2026-01-01T00:00:00Z"
    while instant:
        found = at(document, instant)
        steps.append((instant, found["reasons"]))
        instant = found["until"]
    assert steps == [
        ("2026-01-01T00:00:00Z", ["no_institution"]),
        ("2026-08-31T22:00:00Z", ["verification_pending"]),
        ("2026-09-03T08:00:00Z", ["authorised", "consented"]),
        ("2027-08-31T22:00:00Z", ["authorisation_expired"]),
        ("2027-12-31T23:00:00Z", ["left_institution"]),
        ("2032-04-30T22:00:00Z", ["own_consent"]),
    ]


@pytest.mark.parametrize(
    ("learner", "instant", "expected"),
    [
        ({}, "2032-04-30T21:59:59Z", "2032-04-30T22:00:00Z"),
        ({}, "2032-04-30T22:00:00Z", None),
        ({"timezone": None}, "2028-01-01T00:00:00Z", "2032-05-01T12:00:00Z"),
        ({"birth_date": "2016"}, "2028-01-01T00:00:00Z", "2032-12-30T23:00:00Z"),
        ({"birth_date": "2016-02-29", "jurisdictions": ["US"]}, "2028-01-01T00:00:00Z", "2029-02-28T23:00:00Z"),
        ({"birth_date": None}, "2028-01-01T00:00:00Z", None),
        # Cairo puts its clocks forward at midnight of Friday 2044-04-29: that day begins with the change.
        (
            {"birth_date": "2028-04-29", "timezone": "Africa/Cairo", "jurisdictions": ["PL"]},
            "2043-12-01T00:00:00Z",
            "2044-04-28T22:00:00Z",
        ),
        # Denmark's threshold rose at local midnight: 13 counted until then, 15 from then on.
        (
            {"birth_date": "2010-06-01", "timezone": "Europe/Copenhagen", "jurisdictions": ["DK"]},
            "2023-07-01T00:00:00Z",
            "2023-12-31T23:00:00Z",
        ),
        (
            {"birth_date": "2010-06-01", "timezone": "Europe/Copenhagen", "jurisdictions": ["DK"]},
            "2024-01-01T00:00:00Z",
            "2025-05-31T22:00:00Z",
        ),
    ],
)
def test_until_the_learner_comes_of_age(learner: Document, instant: str, expected: str | None) -> None:
    assert until(example(learner=learner, authorisations=[], enrolments=[]), instant) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"valid_from": "2026-11-01T00:00:00Z"}, "2026-11-01T00:00:00Z"),
        ({"valid_until": "2026-11-01T00:00:00Z"}, "2026-11-01T00:00:00Z"),
        ({"status": "revoked"}, "2027-08-31T22:00:00Z"),
    ],
)
def test_until_an_authorisation_begins_or_ends(changes: Document, expected: str) -> None:
    assert until(example(authorisations=[authorisation(**changes)]), "2026-10-01T00:00:00Z") == expected


@pytest.mark.parametrize("standing", ["reported", "erased"])
def test_a_standing_ends_by_itself_never_but_other_codes_do(standing: str) -> None:
    document = example(learner={"standing": standing})
    found = at(document, "2026-10-01T00:00:00Z")
    assert (found["reasons"], found["until"]) == ([standing], "2027-08-31T22:00:00Z")
    found = at(document, "2033-01-01T00:00:00Z")
    assert (found["reasons"], found["until"]) == ([standing], None)


def test_what_changes_nothing_is_passed_over() -> None:
    """A second authorisation carries on where the first ends, and a second yes where the first does."""
    document = us_school(
        "guardian_consent",
        learner={},
        authorisations=[authorisation(), authorisation(id="a2", valid_until="2028-08-31T22:00:00Z")],
        guardians=[guardian("g1"), guardian("g2")],
        consents=[consent(valid_until="2027-01-01T00:00:00Z"), consent(by="g2")],
    )
    assert until(document, "2026-10-01T00:00:00Z") == "2028-08-31T22:00:00Z"


def test_an_optional_purpose_changes_the_answer_too() -> None:
    document = example(
        authorisations=[authorisation(purposes=["lessons", "video"])],
        purposes={"lessons": purpose(), "video": purpose(core=False)},
        consents=[consent(), consent(purpose="video", valid_until="2026-12-01T00:00:00Z")],
    )
    assert until(document, "2026-10-01T00:00:00Z") == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        ([consent(), consent("withdrawn", at="2026-11-01T00:00:00Z")], "2026-11-01T00:00:00Z"),
        ([consent(), consent(at="2026-11-01T00:00:00Z", id="again")], "2027-08-31T22:00:00Z"),
        ([consent("declined"), consent(at="2026-11-01T00:00:00Z")], "2026-11-01T00:00:00Z"),
        ([consent(valid_until="2026-11-01T00:00:00Z")], "2026-11-01T00:00:00Z"),
        ([consent(), consent("declined", "g9", at="2026-11-01T00:00:00Z")], "2027-08-31T22:00:00Z"),
        ([consent(valid_until="2026-11-01T02:00:00+02:00")], "2026-11-01T00:00:00Z"),
        ([consent(valid_until="2026-11-01T00:00:00.250Z")], "2026-11-01T00:00:01Z"),
        # Twice at once: a yes that ends when the next begins.
        (
            [consent(valid_until="2026-11-01T00:00:00Z"), consent(at="2026-11-01T00:00:00Z", id="next")],
            "2027-08-31T22:00:00Z",
        ),
    ],
)
def test_until_an_answer_begins_or_ends(consents: list[Document], expected: str) -> None:
    assert until(example(consents=consents), "2026-10-01T00:00:00Z") == expected


def test_a_fraction_before_the_change_is_before_it() -> None:
    assert at(example(), "2027-08-31T21:59:59.999999Z")["access"] == "permit"
    assert at(example(), "2027-08-31T22:00:00Z")["access"] == "block"


def test_dates_at_the_end_of_the_calendar_mean_never() -> None:
    document = example(
        enrolments=[{"institution": "s1", "begins_on": "0001-01-01", "ends_on": "9999-12-31"}],
        authorisations=[authorisation(valid_from="0001-01-01T00:00:00Z", valid_until="9999-12-31T23:59:59Z")],
        learner={"birth_date": None},
    )
    found = at(document, "2026-10-01T00:00:00Z")
    assert (found["access"], found["until"]) == ("permit", "9999-12-31T23:59:59Z")


@pytest.mark.parametrize(
    ("now", "floor", "expected"),
    [
        # Permitted since the second message; blocked since the authorisation's end, whatever the reasons.
        ("2026-10-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-09-03T08:00:00Z"),
        ("2028-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2027-08-31T22:00:00Z"),
        ("2033-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2032-04-30T22:00:00Z"),
        # Not before the floor.
        ("2026-09-02T00:00:00Z", "2026-08-01T00:00:00Z", "2026-08-01T00:00:00Z"),
        ("2026-10-01T00:00:00Z", "2026-09-20T00:00:00Z", "2026-09-20T00:00:00Z"),
        # At the very instant of a change.
        ("2026-09-03T08:00:00Z", "2026-01-01T00:00:00Z", "2026-09-03T08:00:00Z"),
        ("2026-09-03T07:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        # A floor that is not before now says nothing.
        ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-10-01T00:00:00Z"),
    ],
)
def test_since(now: str, floor: str, expected: str) -> None:
    document = example(enrolments=[{"institution": "s1", "begins_on": "2026-09-01", "ends_on": "2027-12-31"}])
    facts = parse_facts(msgspec.json.encode(document))
    found = since(facts, datetime.fromisoformat(now), datetime.fromisoformat(floor))
    assert found == datetime.fromisoformat(expected)
