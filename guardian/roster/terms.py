"""What the statements of a plan have in common: whose roster, which day, which mode."""

from datetime import date
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.people.row_ids import RowIds
from guardian.roster.domain import Mode

NO_NESTED_LOOPS = "set local enable_nestloop = off"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Of one plan. `today` is a local day of the institution; the bases make the ids of what is new."""

    institution: UUID
    jurisdiction: str
    timezone: str
    language: str
    mode: Mode
    today: date
    learners: RowIds
    guardians: RowIds
    rows: RowIds


async def run(tx: Tx, terms: Terms, *statements: str) -> None:
    """Run statements in order. CREATE TABLE AS takes no parameters, so ids and days are written in as literals:
    `$institution`, `$today`, and `$learner(i)` for the id of the new learner in line `i` of the file.
    """
    institution, today = f"'{terms.institution}'::uuid", f"'{terms.today.isoformat()}'::date"
    for statement in statements:
        filled = statement.replace("$institution", institution).replace("$today", today)
        for alias in ("i", "g"):
            filled = filled.replace(f"$learner({alias})", terms.learners.sql(f"{alias}.n"))
        await tx.execute(filled)
