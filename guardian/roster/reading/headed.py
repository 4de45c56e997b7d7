"""The header of a table together with the system that wrote it: each helps to find the other."""

from collections.abc import Sequence

from guardian.roster.reading.header import Header, find
from guardian.roster.reading.limits import HEADER_ROWS
from guardian.roster.reading.other_lists import is_other
from guardian.roster.reading.profile import GENERIC, Profile, choose
from guardian.roster.reading.profiles import PROFILES


def recognised(rows: Sequence[Sequence[str] | None]) -> tuple[Header | None, Profile]:
    """The header among the first rows, and the profile that fits it. A header whose words are those of one system
    only («STU.LN») is found by its profile. None where there is no header, or one of a list of staff or schools.
    """
    header = find(rows)
    if header is not None and is_other(header.names):
        return None, GENERIC
    if header is not None:
        profile = choose(PROFILES, header.names)
        return (find(rows, profile.pinned) or header if profile.pinned else header), profile
    for cells in rows[:HEADER_ROWS]:
        profile = choose(PROFILES, [str(cell) for cell in cells or ()])
        if profile.pinned and (header := find(rows, profile.pinned)):
            return header, profile
    return None, GENERIC
