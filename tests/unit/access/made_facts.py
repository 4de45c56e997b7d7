"""Facts documents for tests: the example of the contract, with named changes."""

import copy
import json
from datetime import datetime
from typing import Any

from guardian.access.domain import answer
from guardian.access.parse import parse_facts

Document = dict[str, Any]

EXAMPLE: Document = {
    "learner": {
        "birth_date": "2016-05-01",
        "jurisdictions": ["PL"],
        "timezone": "Europe/Warsaw",
        "standing": "active",
        "assent": None,
    },
    "enrolments": [{"institution": "s1", "begins_on": "2026-09-01", "ends_on": None}],
    "authorisations": [
        {
            "id": "a1",
            "institution": "s1",
            "status": "active",
            "legal_model": "guardian_consent",
            "scopes": ["use_services", "collect_information"],
            "purposes": ["lessons"],
            "valid_from": "2026-08-31T22:00:00Z",
            "valid_until": "2027-08-31T22:00:00Z",
        }
    ],
    "guardians": [{"id": "g1", "authority": "full", "has_channel": True}],
    "consents": [
        {
            "id": "c1",
            "guardian": "g1",
            "purpose": "lessons",
            "state": "given",
            "method": "email_plus",
            "completed_at": "2026-09-03T08:00:00Z",
            "notice_version": 2,
            "valid_until": None,
        }
    ],
    "purposes": {"lessons": {"core": True, "disclosure": False, "commercial": False, "guardian_always": False}},
    "notice": {"version": 2, "material_since": 2},
    "rule": "any_one",
}
NOW = "2026-10-01T12:00:00Z"


def example(**changes: Any) -> Document:
    """The example with top-level parts replaced; `learner` is merged into."""
    document = copy.deepcopy(EXAMPLE)
    document["learner"].update(changes.pop("learner", {}))
    document.update(changes)
    return document


def authorisation(**changes: Any) -> Document:
    return {**copy.deepcopy(EXAMPLE["authorisations"][0]), **changes}


def us_school(model: str = "school_agent", **changes: Any) -> Document:
    """A learner in the United States whose school acts under a model that is allowed there."""
    document = example(**{"consents": [], "authorisations": [authorisation(legal_model=model)], **changes})
    document["learner"].update(jurisdictions=["US-CA"], birth_date="2018-05-01")
    return document


def guardian(name: str, authority: str = "full", *, has_channel: bool = True) -> Document:
    return {"id": name, "authority": authority, "has_channel": has_channel}


def consent(state: str = "given", by: str = "g1", at: str | None = "2026-09-03T08:00:00Z", **changes: Any) -> Document:
    base = {**EXAMPLE["consents"][0], "state": state, "guardian": by, "completed_at": at}
    return {**base, "id": f"c-{by}-{state}-{at}", **changes}


def purpose(**changes: bool) -> Document:
    return {**EXAMPLE["purposes"]["lessons"], **changes}


def at(document: Document, instant: str = NOW) -> Document:
    """The answer's document at an instant; trouble in the engine is raised."""
    facts = parse_facts(json.dumps(document).encode())
    return answer(facts, datetime.fromisoformat(instant)).document()


def reasons(document: Document, instant: str = NOW) -> list[str]:
    found = at(document, instant)["reasons"]
    assert isinstance(found, list)
    return found
