"""Uploads of several files that belong together."""

from collections.abc import Sequence

from guardian.roster.reading.bundles import attached, onde, oneroster, xml_exports
from guardian.roster.reading.bundles.named import named_of
from guardian.roster.reading.delimited import Delimited
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.members import Member


def recognise(files: Sequence[Member], language: str | None, findings: Findings) -> Intake | None:
    """The intake of a known bundle; None where the files are none."""
    return (
        oneroster.recognise(files, language, findings)
        or attached.recognise(files, language, findings)
        or onde.recognise(files, language, findings)
        or xml_exports.recognise(files, language, findings)
    )


def alone(text: Delimited, findings: Findings) -> Intake | None:
    """The intake of one file that belongs to a bundle and came without the others; None where it is none."""
    named = named_of(text)
    if named is None:
        return None
    if onde.is_responsables(named):
        return onde.guardians_only(named, findings)
    return oneroster.users_only(named, findings) if oneroster.is_users(named) else None
