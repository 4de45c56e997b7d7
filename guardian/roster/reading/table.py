"""One table: rows of cells under a header, as drafts."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Draft, Extract, Origin, columns_of, extractor
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.header import Header
from guardian.roster.reading.profile import GENERIC, Profile
from guardian.roster.reading.quick import Plan, Quick, plan
from guardian.roster.reading.refusal import ROWS, InputRefused
from guardian.roster.reading.roles import is_adult
from guardian.roster.reading.separated import Cells
from guardian.roster.reading.walk import Walk


class Table(Struct):
    """`rows` can be called again and again; the row of the header is among them."""

    file: str
    header: Header
    rows: Callable[[], Iterator[Cells]]
    sheet: str | None = None
    profile: Profile = GENERIC
    sheet_class: str = ""
    """The name of the sheet, where sheets are classes and no column says so."""
    limit: int = limits.TEXT_ROWS
    quick: Callable[[Plan, int], Iterator[Quick | Cells]] | None = None
    """The rows of delimited text, the clean ones as matches."""
    delimiter: str = ""
    others: int = 0
    """Rows of the last reading that are about adults."""

    @property
    def origin(self) -> Origin:
        """How findings name this table."""
        return Origin(self.file, self.sheet, self.header.names, columns_of(self.header.layout))

    def describe(self, findings: Findings) -> None:
        """The findings about the header: what is not known, and what is never stored."""
        layout = self.header.layout
        origin = self.origin
        at = self.header.place + 1
        for column in layout.unknown:
            findings.whole("HEADER_UNKNOWN", origin, row=at, column=column, value=layout.headers[column])
        for column in layout.sensitive:
            findings.whole("COLUMN_SENSITIVE_DROPPED", origin, row=at, column=column, value=layout.headers[column])
        for column in layout.student.get("counter", ()):
            findings.whole("COUNTER_COLUMN", origin, row=at, column=column, value=layout.headers[column])

    def drafts(self, findings: Findings | None) -> Iterator[Draft | Quick]:
        """Every row that is meant to be a pupil, the clean ones unopened."""
        extract = extractor(self.header.layout, self.origin, None, self.sheet_class)
        short = (
            plan(self.header.layout, self.delimiter, extract) if self.quick and not self.profile.class_rows else None
        )
        if short is None or self.quick is None:
            return self.opened(findings)
        return self._walked(findings, extract, self.quick(short, self.header.place + 2))

    def opened(self, findings: Findings | None) -> Iterator[Draft]:
        """Every row that is meant to be a pupil."""
        extract = extractor(self.header.layout, self.origin, None, self.sheet_class)
        for item in self._walked(findings, extract, self.rows()):
            if isinstance(item, Draft):
                yield item

    def _walked(
        self, findings: Findings | None, extract: Extract, rows: Iterator[Quick | Cells]
    ) -> Iterator[Draft | Quick]:
        walk = Walk(self.header.layout, self.header.place, self.origin, findings)
        class_row = self._class_row()
        class_columns = self.header.layout.student.get("class", [])
        counted = self.others = 0
        for item in rows:
            kept = None
            if not isinstance(item, Quick) and (kept := walk.pupil(*item)) is None:
                continue
            counted += 1
            if counted > self.limit:
                raise InputRefused("TOO_LARGE", self.file, limit=self.limit, unit=ROWS)
            if isinstance(item, Quick):
                yield item
                continue
            assert kept is not None
            if class_row is not None and kept[class_row[0]].strip() != class_row[1]:
                for column in class_columns:
                    kept[column] = ""
            draft = extract(item[0], item[1], kept)
            if draft.role and is_adult(draft.role):
                self.others += 1
                if findings is not None:
                    findings.cell("NOT_A_PUPIL", draft, "role", draft.role)
                continue
            yield draft
        walk.conclude()

    def _class_row(self) -> tuple[int, str] | None:
        if self.profile.class_rows is None:
            return None
        name, wanted = self.profile.class_rows
        return next(((place, wanted) for place, text in enumerate(self.header.names) if folded(text) == name), None)
