"""`guardian roster import FILE`: what a roster would change, and with `--commit`, writing it."""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

from guardian.commands.running import REFUSED, print_json
from guardian.context import Context
from guardian.errors import NotFound
from guardian.events import SYSTEM
from guardian.i18n import gettext_noop as N_
from guardian.roster import service
from guardian.roster.domain import Plan

USAGE = 2


async def run_import(  # noqa: PLR0917 (as the command line says it)
    ctx: Context, path: Path, institution: str, mode: str, commit: bool, as_json: bool
) -> int:
    """Print the plan; the exit code: 0 done, 1 the file is refused (with its reasons), 2 there is no such file.

    Raises NotFound for an unknown institution.
    """
    if not await asyncio.to_thread(path.is_file):
        sys.stderr.write(f"There is no file {path}. Check the name.\n")
        return USAGE
    try:
        school = UUID(institution)
    except ValueError as error:
        raise NotFound("unknown_institution", N_("There is no such institution."), where="institution") from error
    plan = await service.import_file(ctx, SYSTEM, school, path, mode=mode, commit=commit)
    if as_json:
        print_json(plan)
    else:
        _tell(plan)
    return REFUSED if plan.state == "failed" else 0


def _tell(plan: Plan) -> None:
    for finding in plan.findings:
        if plan.state == "failed" or finding.severity in {"F", "E"}:
            where = f"row {finding.row}: " if finding.row else ""
            sys.stderr.write(f"{where}{finding.message} {finding.suggestion} [{finding.code}]\n")
    counts = ", ".join(f"{name} {getattr(plan.counts, name)}" for name in plan.counts.__struct_fields__)
    print(f"{plan.state}: {counts}")
    for row in plan.rows:
        if row.codes or row.state in {"held", "missing", "rejected"}:
            print(f"  {row.row or '-'}\t{row.state}\t{' '.join(row.codes)}")
    effect = plan.effect
    print(f"admitted {effect.admitted}, blocked {effect.blocked}, asked again {effect.asked_again}")
    if plan.state == "planned":
        print(f"upload {plan.id}; nothing has been changed yet. Run again with --commit to write it.")
