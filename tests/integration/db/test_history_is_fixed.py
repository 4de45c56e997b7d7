"""What the database itself refuses: answers are append-only, and a published notice never changes."""

import asyncpg
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed

REFUSED = (asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)


async def _answer(ctx: Context, **more: object) -> object:
    school = await seed.institution(ctx)
    child = await seed.learner(ctx, school)
    alice = await seed.guardian(ctx, school, child)
    values = {
        "learner": child, "guardian": alice, "purpose": "lessons", "state": "given", "method": "email_plus",
        "notice_version": 1, "notice_sha256": "0" * 64, "recorded_at": ctx.clock.now(), "act": ctx.new_id(),
    }  # fmt: skip
    return await seed._insert(ctx, "consents", **{**values, **more})


async def _execute(ctx: Context, statement: str, *args: object) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return await tx.execute(statement, *args)


@pytest.mark.parametrize("statement", ["delete from consents", "truncate consents", "truncate consents cascade"])
async def test_an_answer_is_never_removed(ctx: Context, statement: str) -> None:
    await _answer(ctx)
    with pytest.raises(REFUSED):
        await _execute(ctx, statement)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'withdrawn'",
        "purpose = 'recordings'",
        "method = 'signed_form'",
        "notice_version = 2",
        "recorded_at = recorded_at - interval '1 day'",
        "completed_at = now(), state = 'declined'",
        "completed_at = now(), valid_until = now()",
    ],
)
async def test_no_part_of_an_answer_but_its_completion_changes(ctx: Context, change: str) -> None:
    await _answer(ctx)
    with pytest.raises(REFUSED):
        await _execute(ctx, f"update consents set {change}")


async def test_a_yes_completes_once(ctx: Context) -> None:
    row = await _answer(ctx)
    assert await _execute(ctx, "update consents set completed_at = $2 where id = $1", row, ctx.clock.now()) == 1
    with pytest.raises(REFUSED):
        await _execute(ctx, "update consents set completed_at = completed_at - interval '1 hour'")


async def test_a_no_is_never_completed_later(ctx: Context) -> None:
    await _answer(ctx, state="declined")
    with pytest.raises(REFUSED):
        await _execute(ctx, "update consents set completed_at = $1", ctx.clock.now())


async def test_a_bounce_takes_the_completion_of_email_plus_back_and_of_nothing_else(ctx: Context) -> None:
    row = await _answer(ctx, completed_at=ctx.clock.now())
    assert await _execute(ctx, "update consents set completed_at = null where id = $1", row) == 1


async def test_a_signed_form_stays_completed(ctx: Context) -> None:
    await _answer(ctx, method="signed_form", completed_at=ctx.clock.now())
    with pytest.raises(REFUSED):
        await _execute(ctx, "update consents set completed_at = null")


@pytest.mark.parametrize("statement", ["update notice_texts set sha256 = repeat('1', 64)", "delete from notice_texts"])
async def test_the_text_of_a_published_notice_is_fixed(ctx: Context, statement: str) -> None:
    await seed.notice(ctx)
    with pytest.raises(REFUSED):
        await _execute(ctx, statement)


async def test_a_draft_may_be_rewritten(ctx: Context) -> None:
    draft = await seed._insert(
        ctx, "notices", version=1, state="draft", material=True, purposes=["lessons"], created_at=ctx.clock.now()
    )
    await seed._insert(ctx, "notice_texts", notice=draft, language="en", body="{}", sha256="0" * 64)
    assert await _execute(ctx, "update notice_texts set sha256 = repeat('1', 64)") == 1
    assert await _execute(ctx, "delete from notice_texts") == 1


# The trigger that holds these is asked for; strict, so that the mark goes when it comes.


@pytest.mark.parametrize(
    "change", ["version = 9", "purposes = '{lessons}'", "material = false", "published_at = now()", "state = 'draft'"]
)
async def test_a_published_notice_keeps_its_version_purposes_and_date(ctx: Context, change: str) -> None:
    await seed.notice(ctx)
    with pytest.raises(REFUSED):
        await _execute(ctx, f"update notices set {change}")


async def test_a_text_cannot_be_added_to_a_published_notice(ctx: Context) -> None:
    notice = await seed.notice(ctx)
    with pytest.raises(REFUSED):
        await seed._insert(ctx, "notice_texts", notice=notice, language="de", body="{}", sha256="0" * 64)


@pytest.mark.parametrize("table", ["learners", "guardians", "institutions", "notices"])
async def test_what_an_answer_rests_on_cannot_be_deleted(ctx: Context, table: str) -> None:
    await seed.notice(ctx)
    await _answer(ctx)
    with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)):
        await _execute(ctx, f"delete from {table}")
