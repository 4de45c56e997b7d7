"""A recognised upload: how to get its drafts, as often as needed."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from guardian.roster.reading.draft import Draft
from guardian.roster.reading.fields.dates import Order
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.quick import Quick
from guardian.roster.reading.records import Mode

Drafts = Callable[[Findings | None], Iterator[Draft | Quick]]


class Intake(Struct, kw_only=True):
    """`drafts` is called once without findings, for the survey, and once with them."""

    format: str
    drafts: Drafts
    encoding: str | None = None
    delimiter: str | None = None
    mode: Mode | None = None
    order: Order | None = None
    statuses: dict[str, str] = {}
    end_means_left: bool = False
    id_column: bool = True
    birth_column: bool = True
    guardian_columns: bool = True
    may_be_empty: bool = False
    """Holding nobody is no fault: nothing changed, or the fault is told already."""
    other_rows: Callable[[], int] = lambda: 0
    """Rows of the same file that are people, but no pupils."""
    files: tuple[str, ...] = ()
