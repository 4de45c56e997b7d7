"""The rules of a plan that no query holds."""

import pytest

from guardian.roster.domain import Effect, Newcomers, mass_removal, simple_effect


# LAW 47a: «more than 10 % and at least 3 learners»
@pytest.mark.parametrize(
    ("missing", "enrolled", "expected"),
    [
        (3, 4, True),
        (2, 4, False),
        (3, 29, True),
        (3, 30, False),
        (100, 1_000, False),
        (101, 1_000, True),
        (0, 0, False),
    ],
)
def test_too_many_missing(missing: int, enrolled: int, expected: bool) -> None:
    assert mass_removal(missing, enrolled) is expected


GROUPS = [
    Newcomers(count=2, birth_date="2014-01-10", may_answer=True, reachable=True),
    Newcomers(count=1, birth_date=None, may_answer=False, reachable=False),
]


def test_without_a_decision_engine_newcomers_wait_for_their_guardians() -> None:
    assert simple_effect(GROUPS, admits_alone=False, asked_again=4) == Effect(admitted=0, blocked=3, asked_again=4)


def test_where_no_guardian_is_asked_newcomers_are_admitted_at_once() -> None:
    assert simple_effect(GROUPS, admits_alone=True, asked_again=0) == Effect(admitted=3, blocked=0, asked_again=0)
