"""Collects findings and rejected rows while a roster is read."""

from collections import Counter
from typing import Any

import guardian.roster.reading.codes_of_cells  # noqa: F401  fills the table of codes
from guardian.roster.reading.codes import CODES
from guardian.roster.reading.draft import Draft, Origin
from guardian.roster.reading.fields.cell import shown
from guardian.roster.reading.limits import FINDINGS_PER_CODE
from guardian.roster.reading.records import Finding, RejectedRow, Severity


def _limit(code: str) -> int:
    """How many findings of a code are listed: unknown columns come by the dozen."""
    return 20 if code == "HEADER_UNKNOWN" else FINDINGS_PER_CODE


class Findings:
    """What was found so far. More than 1,000 findings of one code are only counted."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.rejected: list[RejectedRow] = []
        self.counts: Counter[str] = Counter()

    def whole(
        self,
        code: str,
        origin: Origin | None = None,
        *,
        severity: Severity | None = None,
        row: int | None = None,
        column: int | None = None,
        value: str | None = None,
        line: int | None = None,
        **places: Any,
    ) -> None:
        """A finding about a file, a sheet, a column or a row that is no pupil's."""
        self.counts[code] += 1
        if self.counts[code] > _limit(code):
            return
        named = None
        if column is not None and origin is not None:
            named = Origin(origin.file, origin.sheet, origin.headers, {"": column}).column("")
        self.listed.append(
            Finding(
                severity=severity or CODES[code].severity,
                code=code,
                file=origin.file if origin else "",
                sheet=origin.sheet if origin else None,
                row=row,
                line=line,
                column=named,
                value=shown(value) if value else None,
                places=places,
            )
        )

    def cell(
        self,
        code: str,
        draft: Draft,
        name: str = "",
        value: str = "",
        *,
        severity: Severity | None = None,
        at: tuple[Origin, int, int] | None = None,
        **places: Any,
    ) -> None:
        """A finding about a row or one of its cells; a code that rejects puts the row among the rejected too."""
        said = CODES[code]
        origin, row, line = at or (draft.origin, draft.row, draft.line)
        if said.rejects:
            self.rejected.append(
                RejectedRow(file=origin.file, sheet=origin.sheet, row=row, line=line or None, code=code)
            )
        self.counts[code] += 1
        if self.counts[code] > _limit(code):
            return
        self.listed.append(
            Finding(
                severity=severity or said.severity,
                code=code,
                file=origin.file,
                sheet=origin.sheet,
                row=row,
                line=line or None,
                column=origin.column(name) if name else None,
                value=shown(value) if value else None,
                places=places,
            )
        )

    def closed(self) -> tuple[Finding, ...]:
        """All findings, whole-file ones first, then by file and row."""
        for code, count in sorted(self.counts.items()):
            if (over := count - _limit(code)) > 0:
                self.listed.append(Finding(severity="I", code="MORE_FINDINGS", places={"count": over, "code": code}))
        self.counts.clear()
        self.listed.sort(key=lambda one: (one.row is not None, one.file, one.sheet or "", one.row or 0))
        return tuple(self.listed)
