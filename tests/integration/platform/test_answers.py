"""Answers that are kept are never older than the facts: after every act they are what a fresh decision is."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from guardian.access.decision import Decision
from guardian.access.service import decide_by_platform_id
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.platform.answers import Answers
from guardian.platform.service import add_client, revoke_client
from tests import seed
from tests.conftest import FixedClock

NAMES = ["p-anna", "p-ben"]


class School:
    """Two siblings, two guardians, one authorisation."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def open(self) -> None:
        ctx = self.ctx
        self.id = await seed.institution(ctx)
        notice = await seed.notice(ctx)
        self.authorisation = await seed.authorisation(ctx, self.id, notice, await seed.staff(ctx, self.id))
        self.anna = await seed.learner(ctx, self.id, platform_id="p-anna", student_id="A-1")
        self.ben = await seed.learner(ctx, self.id, platform_id="p-ben", student_id="B-1")
        self.alice = await seed.guardian(ctx, self.id, self.anna)

    async def say(self, learner: UUID, state: str, *, later: timedelta = timedelta(), done: bool = True) -> None:
        now = self.ctx.clock.now()
        await seed._insert(
            self.ctx, "consents", learner=learner, guardian=self.alice, purpose="lessons", state=state,
            method="signed_form", notice_version=1, notice_sha256="0" * 64, recorded_at=now + later,
            completed_at=now + later if done else None, act=self.ctx.new_id(),
        )  # fmt: skip

    async def run(self, sql: str, *values: Any) -> None:
        async with self.ctx.transaction(SYSTEM) as tx:
            await tx.execute(sql, *values)


@pytest.fixture
async def school(ctx: Context) -> School:
    made = School(ctx)
    await made.open()
    return made


async def asked(ctx: Context, answers: Answers, names: list[str]) -> dict[str, Decision]:
    async with ctx.transaction(SYSTEM) as tx:
        return {name: answer.decision for name, answer in (await answers.many(tx, names)).items()}


async def test_whatever_happens_the_answer_is_a_fresh_one(ctx: Context, clock: FixedClock, school: School) -> None:
    answers = Answers(ctx)
    chance = random.Random(20)
    now = clock.now
    acts: list[Any] = [
        lambda: school.say(school.anna, "given"),
        lambda: school.say(school.anna, "withdrawn"),
        lambda: school.say(school.anna, "declined"),
        lambda: school.say(school.anna, "given", later=timedelta(hours=5)),
        lambda: school.say(school.anna, "given", done=False),
        lambda: school.run("update consents set completed_at = $1 where completed_at is null", now()),
        lambda: school.run("update guardians set unreachable_since = $1", now()),
        lambda: school.run("update guardians set unreachable_since = null"),
        lambda: school.run("update guardianships set ended_at = $1", now() + timedelta(hours=3)),
        lambda: school.run("update guardianships set ended_at = null"),
        lambda: school.run("update authorisations set state = 'suspended'"),
        lambda: school.run("update authorisations set state = 'active'"),
        lambda: school.run("update authorisations set valid_until = $1", now() + timedelta(hours=6)),
        lambda: school.run("update enrolments set ends_on = $1", now().date() + timedelta(days=1)),
        lambda: school.run("update enrolments set ends_on = null"),
        lambda: school.run("update learners set birth_date = '2001-05-06' where platform_id = 'p-ben'"),
        lambda: school.run("update learners set birth_date = '2015-05-06' where platform_id = 'p-ben'"),
        lambda: school.run("update learners set jurisdictions = '{DE}' where platform_id = 'p-anna'"),
        lambda: school.run("update learners set standing = 'reported' where platform_id = 'p-ben'"),
        lambda: school.run("update learners set standing = 'active' where platform_id = 'p-ben'"),
        lambda: school.run(
            "insert into flags (id, learner, institution, kind, severity, state, since) values "
            "($1, $2, $3, 'no_basis', 'high', 'open', $4) on conflict do nothing",
            ctx.new_id(), school.ben, school.id, now(),
        ),
        lambda: school.run("update flags set state = 'resolved', resolved_at = $1", now()),
    ]  # fmt: skip
    seen = set()
    for _ in range(150):
        await chance.choice(acts)()
        for hours in (0, 1, chance.choice([-2, 0, 30])):
            clock.advance(hours=hours)
            kept, fresh = await asked(ctx, answers, NAMES), await decide_by_platform_id(ctx, NAMES)
            assert kept == fresh
            seen |= {decision.access for decision in kept.values()}
    assert seen == {"permit", "block"}


async def test_a_new_notice_counts_at_once(ctx: Context, school: School) -> None:
    answers = Answers(ctx)
    await school.say(school.anna, "given")
    assert (await asked(ctx, answers, NAMES))["p-anna"].access == "permit"
    await seed.notice(ctx, version=2)
    assert await asked(ctx, answers, NAMES) == await decide_by_platform_id(ctx, NAMES)


async def test_nothing_of_a_learner_stays_in_memory(ctx: Context, clock: FixedClock, school: School) -> None:
    answers = Answers(ctx)
    await asked(ctx, answers, NAMES)
    assert set(answers._kept) == set(NAMES)
    await school.run(
        "update learners set platform_id = null, erased_at = $1 where platform_id = 'p-ben'", ctx.clock.now()
    )
    assert set(await asked(ctx, answers, NAMES)) == {"p-anna"}
    assert set(answers._kept) == {"p-anna"}
    clock.advance(minutes=16)
    assert await asked(ctx, answers, ["p-nobody"]) == {}
    assert answers._kept == {}


async def test_questions_that_arrive_together_are_answered_each_to_its_own_key(ctx: Context, school: School) -> None:
    answers = Answers(ctx)
    good, key = await add_client(ctx, SYSTEM, "Platform", ["decide"])
    _, other = await add_client(ctx, SYSTEM, "Mailer", ["events"])
    _, chief = await add_client(ctx, SYSTEM, "Chief", ["admin"])
    found = await asyncio.gather(*(
        answers.one(name, given, "decide") for name in [*NAMES, "p-nobody"] for given in (key, other, chief, "gk_wrong")
    ))  # fmt: skip
    told = [answer and answer.decision.learner for answer in found]
    assert told == ["p-anna", None, "p-anna", None, "p-ben", None, "p-ben", None, None, None, None, None]
    await revoke_client(ctx, SYSTEM, good.id)
    assert await answers.one("p-anna", key, "decide") is None
    assert answers._lookers == 0


async def test_a_database_that_fails_is_said_to_each_and_the_next_is_answered(ctx: Context, school: School) -> None:
    answers = Answers(ctx)
    _, key = await add_client(ctx, SYSTEM, "Platform", ["decide"])
    whole = answers.many

    async def broken(*_: Any) -> Any:
        raise ConnectionResetError

    answers.many = broken  # type: ignore[method-assign, assignment]
    failed = await asyncio.gather(*(answers.one(name, key, "decide") for name in NAMES), return_exceptions=True)
    assert [type(one) for one in failed] == [ConnectionResetError] * 2
    answers.many = whole  # type: ignore[method-assign]
    assert await answers.one("p-anna", key, "decide") is not None


async def test_whoever_stopped_waiting_harms_nobody(ctx: Context, school: School) -> None:
    answers = Answers(ctx)
    _, key = await add_client(ctx, SYSTEM, "Platform", ["decide"])
    impatient = asyncio.ensure_future(answers.one("p-anna", key, "decide"))
    patient = asyncio.ensure_future(answers.one("p-ben", key, "decide"))
    await asyncio.sleep(0)
    impatient.cancel()
    answer = await patient
    assert answer is not None
    assert answer.decision.learner == "p-ben"
