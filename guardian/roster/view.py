"""An upload as the API, the command line and the school's page show it."""

from collections.abc import Sequence

from guardian.context import Tx
from guardian.roster import store
from guardian.roster.domain import Plan, Said, Upload
from guardian.roster.reading.codes import message_of, suggestion_of
from guardian.roster.reading.records import Finding


async def view(tx: Tx, upload: Upload, language: str = "en", *, findings: Sequence[Finding] | None = None) -> Plan:
    """The plan as it stands, with what the reader said in a language: kept with the upload, or known to the caller."""
    said = await store.findings(tx, upload.id) if findings is None else findings
    rows = await store.rows(tx, upload.id)
    counted = sum(getattr(upload.counts, name) for name in upload.counts.__struct_fields__)
    return Plan(
        id=upload.id, state=upload.state, counts=upload.counts, rows=rows, effect=upload.effect,
        rows_left_out=counted - len(rows), error=upload.error, progress=upload.progress, total=upload.total,
        findings=[_said(finding, language) for finding in said],
    )  # fmt: skip


def _said(finding: Finding, language: str) -> Said:
    return Said(
        severity=finding.severity, code=finding.code, file=finding.file, sheet=finding.sheet, row=finding.row,
        line=finding.line, column=finding.column, value=finding.value, message=message_of(finding, language),
        suggestion=suggestion_of(finding, language),
    )  # fmt: skip
