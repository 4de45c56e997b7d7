"""`guardian roster import`."""

from pathlib import Path

from guardian.commands.roster_import import run_import
from guardian.commands.running import with_context
from guardian.context import Context


def run_roster_import(
    path: Path, *, institution: str, mode: str, commit: bool, as_json: bool, mapping: Path | None = None
) -> int:
    """Plan, or with `commit` write, a roster for an institution."""

    async def work(context: Context) -> int:
        return await run_import(context, path, institution, mode, commit, as_json, mapping)

    return with_context(work, as_json=as_json)
