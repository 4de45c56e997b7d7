"""Bringing made-up rosters to a school, and looking at what came of them."""

from pathlib import Path
from uuid import UUID

from asyncpg import Record

from guardian.context import Context
from guardian.events import SYSTEM, Actor
from guardian.roster import service
from guardian.roster.domain import Plan


async def brought(
    ctx: Context, folder: Path, school: UUID, text: str, *, mode: str = "additions", commit: bool = True,
    confirm_missing: bool = False, actor: Actor = SYSTEM,
) -> Plan:  # fmt: skip
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return await service.import_file(
        ctx, actor, school, path, mode=mode, commit=commit, confirm_missing=confirm_missing
    )


def states(plan: Plan) -> dict[int | None, tuple[str, list[str]]]:
    """What the plan says of each row that stands in the file."""
    return {row.row: (row.state, row.codes) for row in plan.rows if row.row is not None}


def counted(plan: Plan) -> dict[str, int]:
    """The counts that are not nought."""
    found = {name: getattr(plan.counts, name) for name in plan.counts.__struct_fields__}
    return {name: count for name, count in found.items() if count}


async def asked(ctx: Context, sql: str, *values: object) -> list[Record]:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.fetch(sql, *values)


async def enrolled(ctx: Context, school: UUID) -> dict[str, tuple[UUID, str | None, bool]]:
    """By given name: the learner, the number there, whether the last roster missed them."""
    rows = await asked(
        ctx,
        "select e.learner, e.student_id, l.given_name, e.missing_since from enrolments e "
        "join learners l on l.id = e.learner where e.institution = $1",
        school,
    )
    return {row["given_name"]: (row["learner"], row["student_id"], row["missing_since"] is not None) for row in rows}


async def guardians(ctx: Context, school: UUID) -> list[tuple[str | None, str | None, str | None, str]]:
    """Name, address, telephone and the given names of the learners, in that order."""
    rows = await asked(
        ctx,
        "select g.name, g.email, g.phone, coalesce(string_agg(l.given_name, ' ' order by l.given_name), '') as of "
        "from guardians g left join guardianships k on k.guardian = g.id left join learners l on l.id = k.learner "
        "where g.institution = $1 group by g.id order by g.email, g.name, g.phone",
        school,
    )
    return [tuple(row) for row in rows]
