"""Exports of British systems."""

from guardian.roster.reading.profile import Profile

PROFILES = (
    Profile(name="mavis", marks=("child first name", "child last name"), order="dmy"),
    Profile(
        name="sims",
        marks=("id", "forename", "surname"),
        one_of=("parental responsibility", "priority", "lives with pupil"),
        order="dmy",
    ),
    Profile(
        name="arbor",
        one_of=("arbor student id", "legal guardian", "arbor id"),
        order="dmy",
        pinned={"arbor student id": "id", "arbor id": "id"},
    ),
    Profile(name="bromcom", marks=("legal surname", "chosen forename"), order="dmy"),
    Profile(name="uk", one_of=("upn", "tutor group", "year group", "nc year", "dfe number", "postcode"), order="dmy"),
)
