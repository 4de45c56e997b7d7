"""What the statements of a plan have in common: whose roster, which day, which mode."""

from datetime import date
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.roster.domain import Mode


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Of one plan. `today` is a local day of the institution; `unix_ms` stamps the ids of what is new."""

    institution: UUID
    jurisdiction: str
    timezone: str
    language: str
    mode: Mode
    today: date
    unix_ms: int
    platform_ids: bool = False


async def run(tx: Tx, terms: Terms, *statements: str) -> None:
    """Run statements in order. CREATE TABLE AS takes no parameters, so an id and a day are written in as literals."""
    for statement in statements:
        await tx.execute(
            statement.replace("$institution", f"'{terms.institution}'::uuid").replace(
                "$today", f"'{terms.today.isoformat()}'::date"
            )
        )
