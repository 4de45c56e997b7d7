"""`guardian roster import FILE`: what a roster would change, and with `--commit`, writing it."""

import asyncio
import os
import sys
from pathlib import Path
from uuid import UUID

import msgspec

from guardian.commands.running import REFUSED, print_json
from guardian.context import Context
from guardian.errors import NotFound
from guardian.events import SYSTEM
from guardian.i18n import choose, text
from guardian.i18n import gettext_noop as N_
from guardian.roster import mappings, service
from guardian.roster.domain import Plan

USAGE = 2


async def run_import(  # noqa: PLR0917 (as the command line says it)
    ctx: Context, path: Path, institution: str, mode: str, commit: bool, as_json: bool, mapping: Path | None = None
) -> int:
    """Print the plan; the exit code: 0 done, 1 the file is refused (with its reasons), 2 there is no such file.

    Raises NotFound for an unknown institution.
    """
    language = choose(None, os.environ.get("LANG", "")[:2])
    if not await asyncio.to_thread(path.is_file):
        sys.stderr.write(text(language, N_("There is no file %(name)s. Check the name."), name=path) + "\n")
        return USAGE
    try:
        school = UUID(institution)
    except ValueError as error:
        raise NotFound(
            "unknown_institution", N_("There is no such institution. Check its id."), where="institution"
        ) from error
    said = await asyncio.to_thread(mapping.read_text, "utf-8") if mapping else ""
    plan = await service.import_file(
        ctx, SYSTEM, school, path, mode=mode, commit=commit, language=language,
        mapping=mappings.parsed(said) if said else None,
    )  # fmt: skip
    if as_json:
        print_json(plan)
    else:
        _tell(plan, language)
    return REFUSED if plan.state == "failed" else 0


def _tell(plan: Plan, language: str) -> None:
    for finding in plan.findings:
        if plan.state == "failed" or finding.severity in {"F", "E"}:
            where = text(language, N_("row %(row)d: "), row=finding.row) if finding.row else ""
            sys.stderr.write(f"{where}{finding.message} {finding.suggestion} [{finding.code}]\n")
    counts = ", ".join(f"{name} {getattr(plan.counts, name)}" for name in plan.counts.__struct_fields__)
    print(f"{plan.state}: {counts}")
    for row in plan.rows:
        if row.codes or row.state in {"held", "missing", "rejected"}:
            print(f"  {row.row or '-'}\t{row.state}\t{' '.join(row.codes)}")
    effect = msgspec.structs.asdict(plan.effect)
    said = N_("Admitted at once: %(admitted)d, waiting: %(blocked)d, asked again: %(asked_again)d.")
    print(text(language, said, **effect))
    if plan.state == "planned":
        print(text(language, N_("Nothing has been changed yet. Run it again with --commit to write it.")))
