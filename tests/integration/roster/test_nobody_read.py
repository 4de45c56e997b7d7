"""A file in which nobody could be read is refused whole: it never proposes that a school has left."""

from pathlib import Path

import pytest

from guardian.context import Context
from guardian.errors import Conflict
from guardian.events import SYSTEM
from guardian.roster import service
from tests import seed

FILES = {
    "no header": "1,Ann,Bee,2015-01-01,x@example.org\n",
    "no valid row": "Student ID,First name,Last name\n,,\n1,=cmd(),=cmd()\n",
}


@pytest.mark.parametrize("title", FILES)
@pytest.mark.parametrize("mode", ["additions", "snapshot"])
async def test_it_fails_and_cannot_be_committed(ctx: Context, tmp_path: Path, title: str, mode: str) -> None:
    school = await seed.institution(ctx)
    for name in ("Anna", "Jan", "Ola", "Ewa"):
        await seed.learner(ctx, school, name)
    path = tmp_path / "list.csv"
    path.write_text(FILES[title])
    upload = await service.receive(ctx, SYSTEM, school, path, mode=mode)
    plan = await service.make_plan(ctx, SYSTEM, upload)
    assert plan.state == "failed"
    with pytest.raises(Conflict):
        await service.commit(ctx, SYSTEM, upload, confirm_missing=True)
    done = await service.import_file(ctx, SYSTEM, school, path, mode=mode, commit=True, confirm_missing=True)
    assert done.state == "failed"
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select count(*) from enrolments where missing_since is not null") == 0
        assert await tx.fetchval("select count(*) from enrolments") == 4
