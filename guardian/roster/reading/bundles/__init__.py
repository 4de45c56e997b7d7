"""Uploads of several files that belong together."""

from collections.abc import Sequence

from guardian.roster.reading.bundles import attached, onde, oneroster, xml_exports
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
