"""The same folding in Python, for what a file says, and in SQL, for what is stored."""

import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.people.domain import folded, person_key
from guardian.roster.folding import fold_sql, person_key_sql

NAMES = [
    "", "Ada", "  Ada   Maria ", "ŁUCJA Żak", "Müller‑Łoś", "O’Shea", "O'SHEA", "Nguyễn Thảo", "Ælfric Øst", "Straße",
    "İpek Işık", "Ðoan", "Zoë\u200b K", "Jean-Luc d’Arc", "ﬁona", "Ｆｕｌｌ", "Анна Йорк", "Œuvre", "Þór",
    "van der Berg, Kim", "St. John", '"Sunny" Uma',
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_sql_and_python_fold_alike(ctx: Context, name: str) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow(f"select {fold_sql('$1::text')} as fold, {person_key_sql('$1::text')} as person", name)
    assert row is not None
    assert (row["fold"], row["person"]) == (folded(name), person_key(name))


async def test_nothing_folds_to_the_empty_text(ctx: Context) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow(f"select {fold_sql('null::text')} as fold, {person_key_sql('null::text')} as person")
    assert row is not None
    assert (row["fold"], row["person"]) == (folded(None), person_key(None)) == ("", "")
