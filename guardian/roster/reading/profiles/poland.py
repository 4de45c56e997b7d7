"""Exports of Polish systems. Dates are day first, or ISO."""

from guardian.roster.reading.profile import Profile

PROFILES = (
    Profile(
        name="sekretariat", marks=("nazwisko", "imie", "data ur"), one_of=("poziom", "nr ku", "nr dz"), order="dmy"
    ),
    Profile(
        name="vulcan", marks=("nazwisko", "imie"), one_of=("oddzial", "numer w dzienniku", "identyfikator"), order="dmy"
    ),
    Profile(name="librus", one_of=("nazwisko i imie", "nazwisko i imie ucznia"), order="dmy"),
)
