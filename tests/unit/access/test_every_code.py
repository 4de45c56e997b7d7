"""The rest of the truth table: the age layer beside every code of the others, and every code of the list reached."""

import pytest

from guardian.access.codes import CODES, PERMITS
from guardian.access.decision import refusal
from guardian.access.domain import decide
from guardian.access.parse import parse_instant
from tests.unit.access.made_facts import NOW, at, example, purpose, reasons, us_school
from tests.unit.access.test_layers_together import ALL, STANDING, both

OF_AGE = {"learner": {"birth_date": "2010-10-01"}}


@pytest.mark.parametrize("code", ALL)
def test_age_beside_each_other_layer(code: str) -> None:
    # "At or over: layers 2 and 3 are not asked, every purpose permits, reason `own_consent`. Layer 4 is always asked."
    document = both(ALL[code], OF_AGE)
    expected = code if code in STANDING else "own_consent"
    assert reasons(document) == [expected]
    found = at(document)
    assert found["basis"] == []
    assert found["access"] == ("block" if code in STANDING else "permit")
    assert {one["reason"] for one in found["purposes"].values()} == {expected}
    # "The birthday counts from its local midnight": one microsecond before, everything counts as for a child.
    assert "own_consent" not in reasons(document, "2026-09-30T21:59:59.999999Z")


def test_every_code_of_the_list_is_reached() -> None:
    reached = {code for changes in ALL.values() for code in reasons(example(**changes))}
    reached |= set(reasons(both(OF_AGE, {}))) | set(reasons(example())) | set(reasons(us_school()))
    reached |= set(refusal("unknown_learner").reasons)
    reached |= set(decide(None, parse_instant(NOW, "now")).reasons)  # type: ignore[arg-type]
    assert reached == set(CODES)
    assert reached >= PERMITS


def test_a_commercial_purpose_beside_a_core_one_blocks_only_itself() -> None:
    # "A purpose that is commercial …: `purpose_not_authorised`"; "optional purposes only block themselves"
    document = example(purposes={"lessons": purpose(), "adverts": purpose(core=False, commercial=True)})
    found = at(document)
    assert found["access"] == "permit"
    assert found["purposes"]["adverts"] == {"access": "block", "reason": "purpose_not_authorised"}
