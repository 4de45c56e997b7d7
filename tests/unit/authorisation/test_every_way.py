"""Every way that a school's two authorisations can go, walked to its end: an exhaustive model over the table of moves.

A state of the model is what the tables would hold of an older and a newer authorisation, and how late it is. From each
state every act is tried, alone and against every other act at the same time. What the model allows is what `MOVES`
allows; what it admits is what the decision admits. So a move that is added to the table is checked here against all
the rest.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement
from typing import NamedTuple, get_args

from guardian.access import facts as f
from guardian.access.domain import decide
from guardian.authorisation.domain import MOVES, Act, State, move
from guardian.errors import Conflict

NOW = datetime(2026, 9, 7, 8, tzinfo=UTC)
YEAR = timedelta(days=300)
ACTS: tuple[Act, ...] = get_args(Act)
FINAL = {state for state, acts in MOVES.items() if not acts}
BY_THE_CLOCK: tuple[Act, ...] = ("expire",)


class One(NamedTuple):
    """An authorisation as its row stands. `signed`: both scopes were ticked. `over`: its end has passed."""

    state: State = "draft"
    signed: bool = False
    over: bool = False


class World(NamedTuple):
    """The older and the newer one. Acts so far are in no state: a row does not remember them, the audit does."""

    old: One = One()
    new: One = One()


def guarded(one: One, act: Act) -> One:
    """The move as the guarded update makes it: in the allowed states alone, and not after the end. Raises Conflict."""
    if (act in BY_THE_CLOCK) is not one.over:
        raise Conflict("authorisation_moved_on", "")
    return one._replace(state=move(one.state, act), signed=one.signed or act == "sign")


def done(world: World, which: int, act: Act) -> World:
    """One command, whole: a check that puts one in force lets the other end in the same transaction."""
    after = list(world)
    if act == "verify":
        other = world[1 - which]
        if other.state in {"active", "suspended"}:
            after[1 - which] = other._replace(state="superseded")
    after[which] = guarded(world[which], act)
    return World(*after)


def nexts(world: World) -> Iterator[tuple[int, Act | None, World]]:
    """Every command that is possible, and time going by."""
    for which in (0, 1):
        for act in ACTS:
            if act == "supersede":  # never a command of its own
                continue
            try:
                yield which, act, done(world, which, act)
            except Conflict:
                continue
        if not world[which].over:
            after = list(world)
            after[which] = world[which]._replace(over=True)
            yield which, None, World(*after)


def reachable() -> dict[World, list[World]]:
    found: dict[World, list[World]] = {}
    waiting = deque([World()])
    while waiting:
        world = waiting.popleft()
        if world in found:
            continue
        found[world] = [after for _, _, after in nexts(world)]
        waiting.extend(found[world])
    return found


ALL = reachable()


def admitted(world: World) -> bool:
    """What the real decision says to a learner whose guardian has agreed, given these two rows."""
    rows = tuple(
        f.Authorisation(
            id=name, institution="s", status=one.state, legal_model="guardian_consent",
            scopes=("use_services", "collect_information") if one.signed else (),
            purposes=("lessons",), valid_from=NOW - YEAR,
            valid_until=NOW - timedelta(seconds=1) if one.over else NOW + YEAR,
        )
        for name, one in zip(("old", "new"), world, strict=True)
    )  # fmt: skip
    facts = f.Facts(
        learner=f.Learner(birth_date="2016-05-01", jurisdictions=("PL",), timezone="Europe/Warsaw", standing="active",
                          assent=None),
        enrolments=(f.Enrolment(institution="s", begins_on=NOW.date(), ends_on=None),),
        authorisations=rows,
        guardians=(f.Guardian(id="g", authority="full", has_channel=True),),
        consents=(f.Consent(id="c", guardian="g", purpose="lessons", state="given", method="signed_form",
                            completed_at=NOW - timedelta(days=1), notice_version=1, valid_until=None),),
        purposes={"lessons": f.Purpose(core=True, disclosure=False, commercial=False, guardian_always=False)},
        notice=f.Notice(version=1, material_since=1),
    )  # fmt: skip
    return decide(facts, NOW).access == "permit"


def test_the_model_walks_far() -> None:
    assert len(ALL) > 100
    assert {world.old.state for world in ALL} == set(get_args(State))


def test_nobody_is_admitted_without_one_that_is_signed_checked_and_not_over() -> None:
    for world in ALL:
        basis = any(one.state == "active" and one.signed and not one.over for one in world)
        assert admitted(world) is basis, world


def test_there_is_no_way_into_force_without_a_signature_and_a_check() -> None:
    """Every state that admits was signed; and with `sign`, or with `verify`, taken out of the table none is left."""
    for without in ("sign", "verify"):
        seen, waiting = set(), [World()]
        while waiting:
            world = waiting.pop()
            if world in seen:
                continue
            seen.add(world)
            waiting += [after for _, act, after in nexts(world) if act != without]
        assert not any(admitted(world) for world in seen)


def test_no_two_are_ever_in_force_at_once() -> None:
    assert not any(world.old.state == world.new.state == "active" for world in ALL)


def test_what_ended_stays_ended_and_everything_can_end() -> None:
    for world, following in ALL.items():
        for after in following:
            for before, later in zip(world, after, strict=True):
                if before.state in FINAL:
                    assert later.state == before.state
        for which, one in enumerate(world):
            if one.state not in FINAL:
                ways = {after[which].state for after in following} | {
                    state for over in following if over[which].over for state in ("expired",)
                }
                assert ways & FINAL, world


def test_a_renewal_never_closes_the_door_between_two_instants() -> None:
    """While one is in force and not over, checking the other one keeps the learner in: both rows change at once."""
    for world in ALL:
        if not admitted(world):
            continue
        for _, act, after in nexts(world):
            if act in {"send", "sign", "verify", "refuse", "reject", "resume"}:
                assert admitted(after), (world, act)


def test_access_that_is_taken_away_comes_back_only_by_a_new_act_of_the_operator() -> None:
    for world in ALL:
        if admitted(world):
            continue
        for _, act, after in nexts(world):
            assert not admitted(after) or act in {"verify", "resume"}, (world, act)


class Doing(NamedTuple):
    """A transaction under way: what it still has to do, which rows it holds, what they were before it."""

    command: tuple[int, Act]
    steps: tuple[str, ...]
    holds: frozenset[int | str] = frozenset()
    before: tuple[tuple[int, One], ...] = ()
    failed: bool = False


def _begin(which: int, act: Act) -> Doing:
    """The statements of a command in their order: a check holds the institution, ends the other one, then moves."""
    return Doing((which, act), ("lock", "supersede", "move") if act == "verify" else ("move",))


def _step(world: World, mine: Doing, other: Doing) -> tuple[World, Doing] | None:
    """One statement under READ COMMITTED with row locks; None: it must wait for the other transaction's end."""
    which, act = mine.command
    step, rest = mine.steps[0], mine.steps[1:]
    wanted: int | str = "institution" if step == "lock" else 1 - which if step == "supersede" else which
    if wanted in other.holds:
        return None
    if step == "lock":
        return world, mine._replace(steps=rest, holds=mine.holds | {wanted})
    assert isinstance(wanted, int)
    rows = list(world)
    if step == "supersede":
        if rows[wanted].state not in {"active", "suspended"}:
            return world, mine._replace(steps=rest)
        rows[wanted] = rows[wanted]._replace(state="superseded")
    else:
        try:
            rows[wanted] = guarded(rows[wanted], act)
        except Conflict:  # the whole transaction is taken back
            for row, was in mine.before:
                rows[row] = was
            return World(*rows), mine._replace(steps=(), holds=frozenset(), before=(), failed=True)
    before = (*mine.before, (wanted, world[wanted]))
    held = frozenset() if not rest else mine.holds | {wanted}  # the last statement commits
    return World(*rows), mine._replace(steps=rest, holds=held, before=before)


def _schedules(world: World, first: Doing, second: Doing) -> Iterator[tuple[World, frozenset[tuple[int, Act]]]]:
    """Every way in which the statements of two transactions can follow one another, to the end of both."""
    if not first.steps and not second.steps:
        yield world, frozenset(each.command for each in (first, second) if not each.failed)
        return
    moved = 0
    for mine, other, swapped in ((first, second, False), (second, first, True)):
        after = _step(world, mine, other) if mine.steps else None
        if after is not None:
            moved += 1
            yield from _schedules(after[0], *((other, after[1]) if swapped else (after[1], other)))
    assert moved, f"deadlock of {first.command} and {second.command} in {world}"


def _in_turn(world: World, commands: tuple[tuple[int, Act], ...]) -> tuple[World, frozenset[tuple[int, Act]]]:
    told: set[tuple[int, Act]] = set()
    for which, act in commands:
        try:
            world = done(world, which, act)
        except Conflict:
            continue
        told.add((which, act))
    return world, frozenset(told)


def test_of_two_acts_at_once_the_history_is_one_order_of_them() -> None:
    """Statement by statement, in every interleaving, from every state: what is left, and who is told of success, is
    what one of the two orders leaves. No pair of commands can wait for one another.
    """
    commands: list[tuple[int, Act]] = [(which, act) for which in (0, 1) for act in ACTS if act != "supersede"]
    for world in ALL:
        for first, second in combinations_with_replacement(commands, 2):
            orders = {_in_turn(world, (first, second)), _in_turn(world, (second, first))}
            assert set(_schedules(world, _begin(*first), _begin(*second))) <= orders, (world, first, second)
