"""Exports of German systems."""

from guardian.roster.reading.profile import Profile

_SCHILD = {"2": "here", "0": "here", "1": "here", "3": "here", "6": "here", "8": "left", "9": "left"}

PROFILES = (
    Profile(
        name="schild",
        marks=("nachname", "vorname"),
        one_of=("interne id nummer", "entlassdatum", "jahrgang"),
        order="dmy",
        statuses=_SCHILD,
        pinned={"interne id nummer": "id", "e mail": "email"},
    ),
)
