"""The manifest of a OneRoster archive: hints about what is inside."""

from collections.abc import Sequence

from msgspec import Struct, field

from guardian.roster.reading.bundles.named import open_named
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import word_set
from guardian.roster.reading.members import Member
from guardian.roster.reading.records import Mode

FILES = word_set(
    "academicsessions categories classes classresources courses courseresources demographics enrollments "
    "lineitems orgs resources results users lineitemlearningobjectiveids lineitemscorescales "
    "resultlearningobjectiveids resultscorescales roles scorescales userprofiles userresources"
)


class Manifest(Struct):
    """`files`: base name in lower case -> absent, bulk or delta."""

    version: str = ""
    oneroster: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def mode(self) -> Mode | None:
        """What it says about the users file."""
        said = self.files.get("users", "")
        return "delta" if said == "delta" else "bulk" if said == "bulk" else None

    def check(self, member: Member, files: Sequence[Member], findings: Findings) -> None:
        """Compare it with the files that are there. Differences are told; the import goes on."""
        origin = Origin(member.name)
        if self.version and self.version != "1.0":
            findings.whole("BUNDLE_VERSION", origin, value=self.version, found=self.version, expected="1.0")
        there = {file.base.removesuffix(".csv") for file in files if file.base.endswith(".csv")} - {"manifest"}
        for name, said in sorted(self.files.items()):
            if said in {"bulk", "delta"} and name not in there:
                findings.whole("BUNDLE_FILE_ABSENT", origin, value=name, name=f"{name}.csv")
        for name in sorted(there):
            if self.files.get(name, "absent") == "absent":
                findings.whole("BUNDLE_FILE_UNEXPECTED", origin, value=name, name=f"{name}.csv")


def read_manifest(member: Member) -> Manifest | None:
    """The manifest in a file; None where it is none."""
    named = open_named(member)
    if named is None or not named.has("propertyname"):
        return None
    manifest = Manifest()
    for row in named.rows(None):
        name = row.get("propertyname").casefold()
        value = row.get("value", "propertyvalue")
        if name == "manifest.version":
            manifest.version = value
        elif name == "oneroster.version":
            manifest.oneroster = value
        elif name.startswith("file."):
            manifest.files[name.removeprefix("file.")] = value.casefold()
    return manifest
