"""Whenever a fact changes, the learners it is about get a new revision and are due for the sweep; nobody else is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed

AT_REST = datetime(2030, 1, 1, tzinfo=UTC)


class Cast(NamedTuple):
    """Anna at Maple with Alice, and a stranger at Oak with a guardian of their own."""

    maple: UUID
    bob: UUID
    anna: UUID
    alice: UUID
    notice: UUID
    stranger: UUID


@pytest.fixture
async def cast(ctx: Context) -> Cast:
    maple = await seed.institution(ctx)
    oak = await seed.institution(ctx, "Oak School")
    bob = await seed.staff(ctx, maple)
    notice = await seed.notice(ctx)
    anna = await seed.learner(ctx, maple)
    alice = await seed.guardian(ctx, maple, anna)
    stranger = await seed.learner(ctx, oak, "Olek")
    await seed.guardian(ctx, oak, stranger, name="Olga", email="olga@example.org")
    return Cast(maple, bob, anna, alice, notice, stranger)


async def _rest(ctx: Context) -> dict[UUID, int]:
    """Every learner looked at; answers their revisions."""
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set check_at = $1", AT_REST)
        return {row["id"]: row["revision"] for row in await tx.fetch("select id, revision from learners")}


async def _touched(ctx: Context, before: dict[UUID, int]) -> set[UUID]:
    """Who has a new revision; they, and only they, must be due for the sweep."""
    async with ctx.transaction(SYSTEM) as tx:
        rows = await tx.fetch("select id, revision, check_at <= now() as due from learners")
    newer = {row["id"] for row in rows if row["revision"] > before[row["id"]]}
    assert {row["id"] for row in rows if row["due"]} == newer
    return newer


async def _run(ctx: Context, statement: str, *args: object) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.execute(statement, *args) >= 1


async def _request(ctx: Context, cast: Cast) -> UUID:
    made = await seed._insert(
        ctx, "consent_requests", institution=cast.maple, guardian=cast.alice, notice=cast.notice, state="queued",
        version=1, created_at=ctx.clock.now(),
    )  # fmt: skip
    await seed._insert(ctx, "consent_request_learners", request=made, learner=cast.anna)
    return made


async def _consent(ctx: Context, cast: Cast) -> UUID:
    return await seed._insert(
        ctx, "consents", learner=cast.anna, guardian=cast.alice, purpose="lessons", state="given",
        method="email_plus", notice_version=1, notice_sha256="0" * 64, recorded_at=ctx.clock.now(), act=ctx.new_id(),
    )  # fmt: skip


async def _hold(ctx: Context, cast: Cast) -> UUID:
    return await seed._insert(
        ctx, "holds", learner=cast.anna, reason="a case", authority="a court", approved_by=cast.bob,
        review_on=date(2027, 1, 1), created_at=ctx.clock.now(),
    )  # fmt: skip


Change = Callable[[Context, Cast], Awaitable[object]]

INSERTS: dict[str, Change] = {
    "guardian linked": lambda ctx, cast: seed.guardian(ctx, cast.maple, cast.anna, email="adam@example.org"),
    "answer": _consent,
    "hold": _hold,
    "authorisation": lambda ctx, cast: seed.authorisation(ctx, cast.maple, cast.notice, cast.bob),
}
UPDATES: dict[str, str] = {
    "enrolment ends": "update enrolments set ends_on = '2026-10-01' where institution = $1",
    "relation ends": "update guardianships set authority = 'none' where learner in "
    "(select learner from enrolments where institution = $1)",
    "guardian unreachable": "update guardians set unreachable_since = now() where institution = $1",
    "guardian's address": "update guardians set email = 'new@example.org' where institution = $1",
    "authorisation": "update authorisations set state = 'revoked' where institution = $1",
    "request sent": "update consent_requests set state = 'sent', sent_at = now() where institution = $1",
    "answer completed": "update consents set completed_at = now() where learner in "
    "(select learner from enrolments where institution = $1)",
    "hold released": "update holds set released_at = now() where learner in "
    "(select learner from enrolments where institution = $1)",
    **{
        f"learner's {change.split()[0]}": f"update learners set {change} where id in "
        "(select learner from enrolments where institution = $1)"
        for change in (
            "birth_date = '2015-01-01'", "jurisdictions = '{FR}'", "timezone = 'Europe/Paris'",
            "standing = 'reported'", "assent = 'given'",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("change", INSERTS.values(), ids=INSERTS)
async def test_a_new_fact_touches_its_learner_alone(ctx: Context, cast: Cast, change: Change) -> None:
    before = await _rest(ctx)
    await change(ctx, cast)
    assert await _touched(ctx, before) == {cast.anna}


@pytest.mark.parametrize("statement", UPDATES.values(), ids=UPDATES)
async def test_a_changed_fact_touches_its_learner_alone(ctx: Context, cast: Cast, statement: str) -> None:
    await seed.authorisation(ctx, cast.maple, cast.notice, cast.bob)
    await _request(ctx, cast)
    await _consent(ctx, cast)
    await _hold(ctx, cast)
    before = await _rest(ctx)
    await _run(ctx, statement, cast.maple)
    assert await _touched(ctx, before) == {cast.anna}


async def test_a_new_enrolment_touches_the_learner(ctx: Context, cast: Cast) -> None:
    elm = await seed.institution(ctx, "Elm School")
    before = await _rest(ctx)
    await seed._insert(
        ctx, "enrolments", learner=cast.anna, institution=elm, student_id="77", begins_on=date(2026, 9, 1),
        created_at=ctx.clock.now(),
    )  # fmt: skip
    assert await _touched(ctx, before) == {cast.anna}


async def test_a_second_notice_touches_everybody_and_the_first_nobody(ctx: Context, cast: Cast) -> None:
    before = await _rest(ctx)
    await seed.notice(ctx, 2)
    assert await _touched(ctx, before) == {cast.anna, cast.stranger}


async def test_what_is_no_fact_touches_nobody(ctx: Context, cast: Cast) -> None:
    before = await _rest(ctx)
    await _run(ctx, "update learners set given_name = 'Ania' where id = $1", cast.anna)
    await _run(ctx, "update learners set check_at = $1", AT_REST + timedelta(days=1))
    await _run(ctx, "update institutions set name = 'Maple Grove' where id = $1", cast.maple)
    assert await _touched(ctx, before) == set()


async def test_an_erased_learner_is_never_due_again(ctx: Context, cast: Cast) -> None:
    husk = "update learners set standing = 'erased', erased_at = now(), check_at = null where id = $1"
    await _run(ctx, husk, cast.anna)
    await _run(ctx, "update guardians set email = 'new@example.org' where id = $1", cast.alice)
    await seed.notice(ctx, 2)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select check_at from learners where id = $1", cast.anna) is None


IMPORTED = (
    "update enrolments set class_name = '5b' where institution = $1",
    "update guardians set name = 'Alicja' where institution = $1",
    "update guardianships set position = 3 where learner in (select learner from enrolments where institution = $1)",
)


@pytest.mark.parametrize("statement", IMPORTED)
async def test_an_import_touches_nobody_by_trigger_and_only_for_its_own_transaction(
    ctx: Context, cast: Cast, statement: str
) -> None:
    before = await _rest(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("select set_config('app.import', 'on', true)")
        await tx.execute(statement, cast.maple)
    assert await _touched(ctx, before) == set()
    await _run(ctx, statement, cast.maple)
    assert await _touched(ctx, before) == {cast.anna}


async def test_touching_is_part_of_the_command_and_undone_with_it(ctx: Context, cast: Cast) -> None:
    before = await _rest(ctx)

    async def fails() -> None:
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("update guardians set email = 'new@example.org' where id = $1", cast.alice)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await _touched(ctx, before) == set()
