"""An exhaustive model: every history of up to six acts on one question, with the purge running beside it.

The acts are the product's own rules (`consent.domain`, `access.decide`, `purge.domain`, `purge.execution.obstacle`);
only the clock and the rows are played. No admission without a basis; no purge of a learner who has one; an answer
that was overtaken is refused whole, so that two acts at once leave one history.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple
from uuid import UUID

import pytest

from guardian.access import facts as f
from guardian.access.domain import decide
from guardian.access.due import due
from guardian.access.service import Decided
from guardian.access.store import Gathered
from guardian.consent.domain import (
    ANSWERS,
    MOVES,
    NOES,
    OPEN,
    AnswerState,
    Choice,
    Current,
    Question,
    completed_at,
    entries,
    withdrawals,
)
from guardian.jurisdiction.clocks import Clocks
from guardian.purge.domain import Purge, may
from guardian.purge.execution import obstacle

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
ANNA = UUID(int=1)
QUESTION = [Question(ANNA, "lessons")]
KEY = (ANNA, "lessons")
STEP = timedelta(days=3)
ACTS = ("yes", "no", "withdraw", "second_message", "bounce", "approve", "begin", "wait")


class Row(NamedTuple):
    state: AnswerState
    recorded_at: datetime
    completed_at: datetime | None


class World(NamedTuple):
    """The rows in order, the purge (None: there is none), and whether the learner's data are gone."""

    rows: tuple[Row, ...] = ()
    purge: str | None = None
    gone: bool = False


def facts(world: World) -> f.Facts:
    return f.Facts(
        learner=f.Learner(
            birth_date="2016-05-01", jurisdictions=("PL",), timezone="Europe/Warsaw",
            standing="erasure_in_progress" if world.gone else "active",
        ),
        enrolments=(f.Enrolment(institution="s1", begins_on=START.date()),),
        authorisations=(
            f.Authorisation(
                id="a1", institution="s1", status="active", legal_model="guardian_consent",
                scopes=("use_services", "collect_information"), purposes=("lessons",), valid_from=START,
                valid_until=START + timedelta(days=400),
            ),
        ),
        guardians=(f.Guardian(id="g1", authority="full", has_channel=True),),
        consents=tuple(
            f.Consent(
                id=str(n), guardian="g1", purpose="lessons", state=row.state, method="email_plus",
                completed_at=row.completed_at, notice_version=1,
            )
            for n, row in enumerate(world.rows)
        ),
        purposes={"lessons": f.Purpose(core=True, disclosure=False, commercial=False, guardian_always=False)},
        notice=f.Notice(version=1, material_since=1),
    )  # fmt: skip


def current(world: World) -> dict[tuple[UUID, str], Current]:
    if not world.rows:
        return {}
    row = world.rows[-1]
    word = Current(
        learner=ANNA, purpose="lessons", state=row.state, method="email_plus", notice_version=1,
        recorded_at=row.recorded_at, completed_at=row.completed_at, valid_until=None, act=UUID(int=9),
    )  # fmt: skip
    return {KEY: word}


def decided(world: World, now: datetime) -> Decided:
    known = facts(world)
    decision = decide(known, now)
    pending = [row.recorded_at for row in world.rows if row.state == "given" and row.completed_at is None]
    gathered = Gathered(
        id=ANNA, platform_id=None, revision=1, created_at=START, standing=known.learner.standing, facts=known,
        asked_at=START, pending_at=max(pending, default=None), flag=None, held=False, own={},
    )  # fmt: skip
    clock = due(
        decision, known, since=START, asked_at=START, pending_at=gathered.pending_at, clocks=Clocks()
    )  # fmt: skip
    return Decided(id=ANNA, decision=decision, gathered=gathered, due=clock)


def appended(world: World, choice: Choice | None, now: datetime) -> World:
    if world.gone:
        return world  # the links open nothing any more
    if choice is None:
        added = withdrawals(current(world).values(), [ANNA])
    else:
        added = entries(QUESTION, {KEY: choice}, current(world), notice_version=1, now=now)
    latest = max((row.completed_at for row in world.rows if row.completed_at), default=None)
    rows = [Row(entry.state, now, completed_at(entry.state, now, latest)) for entry in added]
    return world._replace(rows=(*world.rows, *rows))


def step(world: World, act: str, now: datetime) -> World:
    """What the service does, in one command."""
    one = decided(world, now)
    blocked = one.decision.access == "block"
    choices: dict[str, Choice | None] = {"yes": "yes", "no": "no", "withdraw": None}
    if act in choices:
        return appended(world, choices[act], now)
    if act in {"second_message", "bounce"} and world.rows and world.rows[-1].state == "given" and not world.gone:
        last = world.rows[-1]._replace(completed_at=now if act == "second_message" else None)
        return world._replace(rows=(*world.rows[:-1], last))
    if act == "approve" and blocked and not world.gone and (world.purge is None or may(world.purge, "cooling_off")):
        return world._replace(purge="cooling_off")
    return _begun(world, one, now) if act == "begin" and world.purge == "cooling_off" else world


def _begun(world: World, one: Decided, now: datetime) -> World:
    """The worker takes the purge up: judged again, under the learner's lock."""
    purge = Purge(
        id=UUID(int=3), learner=ANNA, institution=None, state="cooling_off", cause="waiting_on_guardian",
        due_at=now, approved_by=UUID(int=5), approved_at=now, cooling_until=now, started_at=None, done_at=None,
    )  # fmt: skip
    why = obstacle(purge, one, now)
    if why is None:
        assert may("cooling_off", "running")
        assert one.decision.access == "block", "a purge never hits a learner with a basis"
        return world._replace(purge="running", gone=True)
    return world if why == "answer_on_its_way" else world._replace(purge=None)


def histories(length: int) -> Iterator[tuple[World, str, World, datetime]]:
    """Every step of every history, each world once."""
    now, frontier = START, {World()}
    for _ in range(length):
        now += STEP
        after: set[World] = set()
        for world, act in product(sorted(frontier, key=repr), ACTS):
            reached = step(world, act, now)
            yield world, act, reached, now
            after.add(reached)
        frontier = after


def test_no_admission_without_a_basis_and_no_purge_with_one() -> None:
    steps = permits = purged = 0
    for before, act, after, now in histories(6):
        steps += 1
        one = decided(after, now)
        last = after.rows[-1] if after.rows else None
        basis = last is not None and last.state == "given" and last.completed_at is not None
        if one.decision.access == "permit":
            permits += 1
            # A yes that was already counting still counts while a newer one waits for its second message.
            earlier = [row for row in after.rows if row.completed_at is not None]
            assert basis or (earlier and earlier[-1].state == "given")
            assert not after.gone
        else:
            assert not basis or after.gone
        if last is not None and last.state in NOES:
            assert one.decision.access == "block", "a no stands until a new act"
        if after.gone and not before.gone:
            purged += 1
            assert act == "begin"
            assert decided(before, now).decision.access == "block"
        assert len(after.rows) - len(before.rows) in {0, 1}, "one act, one row"
        assert after.rows[: len(before.rows) - 1] == before.rows[:-1], "what was said stays said"
    assert steps > 1_000
    assert permits > 100
    assert purged > 20


@pytest.mark.parametrize("first", ["yes", "no", "withdraw"])
@pytest.mark.parametrize("second", ["yes", "no", "withdraw"])
@pytest.mark.parametrize("begun", [(), ("yes",), ("yes", "second_message"), ("no",)])
def test_two_acts_at_once_leave_the_history_of_one_after_the_other(
    first: str, second: str, begun: tuple[str, ...]
) -> None:
    """Each act reads the request's version, then writes if and only if it still is that version."""
    world, now = World(), START
    for act in begun:
        now += STEP
        world = step(world, act, now)
    now += STEP
    serial = {
        step(step(world, a, now), b, now + STEP).rows for a, b in ((first, second), (second, first))
    } | {step(world, a, now).rows for a in (first, second)}  # fmt: skip
    for order in ("fs", "sf"):
        version, rows = 0, world
        for turn, who in enumerate(order):
            act = first if who == "f" else second
            wanted = step(rows, act, now + turn * STEP)
            if wanted == rows:
                continue  # everything was on record already
            if version == 0:  # the version that both had read
                rows, version = wanted, version + 1
        assert rows.rows in serial
        assert len(rows.rows) <= len(world.rows) + 1


def test_the_tables_are_whole() -> None:
    states: list[AnswerState | None] = [None, "given", "declined", "withdrawn", "revoked", "expired", "void", "stale"]
    assert set(ANSWERS) == set(product(("yes", "no"), states))
    for (choice, before), after in ANSWERS.items():
        assert after != before
        if choice == "yes":
            assert after == "given" or before == "given"
        else:
            assert after in NOES or before in NOES
            assert after != "withdrawn" or before == "given"
    for (verb, state), after_move in MOVES.items():
        assert state in OPEN, f"{verb}: what is closed stays closed"
        assert verb == "send" or after_move != state
