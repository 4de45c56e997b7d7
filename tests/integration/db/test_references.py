"""References that are checked a statement at a time hold as foreign keys do."""

import json
from uuid import UUID

import asyncpg
import pytest

from guardian.context import Context
from guardian.events import SYSTEM, Actor
from tests import seed

NOBODY = UUID(int=7)
REFERENCES = [
    ("enrolments", "learner"), ("enrolments", "institution"), ("guardianships", "learner"),
    ("guardianships", "guardian"), ("guardians", "institution"),
]  # fmt: skip


async def _run(ctx: Context, sql: str, *values: object, actor: Actor = SYSTEM) -> None:
    async with ctx.transaction(actor) as tx:
        await tx.execute(sql, *values)


async def _world(ctx: Context) -> tuple[UUID, UUID]:
    school = await seed.institution(ctx)
    learner = await seed.learner(ctx, school)
    await seed.guardian(ctx, school, learner)
    return school, learner


@pytest.mark.parametrize(("table", "column"), REFERENCES)
async def test_a_row_cannot_refer_to_nothing(ctx: Context, table: str, column: str) -> None:
    await _world(ctx)
    changes = {"id": str(ctx.new_id()), column: str(NOBODY)} | ({"student_id": None} if table == "enrolments" else {})
    copied = f"insert into {table} select (jsonb_populate_record(t, $1::jsonb)).* from {table} t"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await _run(ctx, copied, json.dumps(changes))


@pytest.mark.parametrize(("table", "column"), REFERENCES)
async def test_a_reference_cannot_be_turned(ctx: Context, table: str, column: str) -> None:
    await _world(ctx)
    with pytest.raises(asyncpg.RestrictViolationError):
        await _run(ctx, f"update {table} set {column} = $1", NOBODY)


@pytest.mark.parametrize("table", ["institutions", "learners", "guardians"])
async def test_what_may_be_referred_to_stays(ctx: Context, table: str) -> None:
    await _world(ctx)
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.ForeignKeyViolationError)):
        await _run(ctx, f"delete from {table}")
    with pytest.raises(asyncpg.RestrictViolationError):
        await _run(ctx, f"update {table} set id = $1", NOBODY)
    with pytest.raises((asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError)):
        await _run(ctx, f"truncate {table}")


async def test_a_school_may_refer_to_a_learner_it_does_not_see(ctx: Context) -> None:
    _, learner = await _world(ctx)
    other = await seed.institution(ctx)
    clerk = await seed.staff(ctx, other)
    actor = Actor(kind="staff", id=clerk, role="institution_admin", institution=other)
    await _run(
        ctx, "insert into enrolments (id, learner, institution, begins_on, created_at) values ($1, $2, $3, $4, $5)",
        ctx.new_id(), learner, other, ctx.clock.now().date(), ctx.clock.now(), actor=actor,
    )  # fmt: skip
    async with ctx.transaction(actor) as tx:
        assert await tx.fetchval("select current_setting('app.scope')") == actor.scope
        await tx.execute("update guardians set name = name")
        assert await tx.fetchval("select count(*) from learners where id <> $1", learner) == 0
