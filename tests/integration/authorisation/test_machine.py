"""Any sequence of acts, some of them two at a time, against the real database: the rows are what the table of moves
says, the audit tells exactly the acts that were done, and the gate is open only while one is in force.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from hypothesis import HealthCheck
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guardian.authorisation import checking, lapse, service, signature, store
from guardian.authorisation.domain import MOVES, PAST, Act, State
from guardian.context import Context
from guardian.db.engine import bind, engine_for, open_pool
from guardian.errors import Conflict, NotFound, TooMany
from guardian.events import SYSTEM
from guardian.keys import parse
from guardian.settings import Settings
from tests.conftest import FixedClock
from tests.integration.authorisation import made

DONE: dict[str, Act] = {word: act for act, word in PAST.items()}


class Row(NamedTuple):
    """What the model knows of one authorisation."""

    state: State
    until: datetime
    signed: bool = False


def as_it_goes(ctx: Context, clock: FixedClock, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """The machine over one database; every run has a school of its own."""

    class Machine(RuleBasedStateMachine):
        def do(self, work: Awaitable[Any]) -> Any:
            return loop.run_until_complete(work)

        @initialize()
        def begin(self) -> None:
            self.school: made.School = self.do(made.school(ctx, email=f"bob-{ctx.new_id().hex}@maple.example.org"))
            self.learner: UUID = self.do(made.consenting(ctx, self.school))
            self.rows: dict[UUID, Row] = {}
            self.ended = False

        def at(self, one: UUID) -> State:
            row = self.rows[one]
            return "expired" if "expire" in MOVES[row.state] and clock.now() >= row.until else row.state

        def pick(self, number: int) -> UUID | None:
            return sorted(self.rows)[number % len(self.rows)] if self.rows else None

        def command(self, act: Act, one: UUID) -> Awaitable[Any]:
            bob, olga = self.school.bob, self.school.olga
            if act in {"sign", "refuse"}:
                return self.by_link(act, one)
            commands: dict[str, Callable[[], Awaitable[Any]]] = {
                "verify": lambda: checking.verify(ctx, olga, one),
                "reject": lambda: checking.reject(ctx, olga, one, "No."),
                "suspend": lambda: service.suspend(ctx, bob, one),
                "resume": lambda: service.resume(ctx, olga, one),
                "revoke": lambda: service.revoke(ctx, bob, one),
            }
            return commands[act]()

        async def by_link(self, act: Act, one: UUID) -> Any:
            handle = await made.handle_of(ctx, one)
            words = signature.words(ctx, await signature.open_page(ctx, handle), "en")
            if words.ticket is None:
                raise Conflict("authorisation_moved_on", "")
            later = msgspec.structs.replace(ctx, clock=FixedClock(clock.now() + timedelta(seconds=3)))
            if act == "refuse":
                return await signature.refuse(later, handle, words.ticket, "No.")
            return await signature.sign(later, handle, words.ticket, made.WHOLE)

        def went(self, act: Act, one: UUID) -> None:
            if act == "verify":
                for other, row in self.rows.items():
                    if other != one and row.state in {"active", "suspended"}:
                        self.rows[other] = row._replace(state="superseded")
            row = self.rows[one]
            self.rows[one] = row._replace(state=MOVES[row.state][act], signed=row.signed or act == "sign")

        def possible(self, act: Act, one: UUID) -> bool:
            return act in MOVES[self.at(one)] and not (self.ended and act in {"sign", "refuse", "verify"})

        @rule(days=st.sampled_from([2, 40, 300]))
        def ask(self, days: int) -> None:
            if self.ended:
                return
            until = clock.now() + timedelta(days=days)
            one = self.do(made.asked(ctx, self.school.bob, valid_until=until))
            for other, row in self.rows.items():
                if row.state == "awaiting_signature":
                    self.rows[other] = row._replace(state="superseded")
            self.rows[one] = Row("awaiting_signature", until)

        @rule(
            number=st.integers(0, 5),
            act=st.sampled_from(
                ["sign", "sign", "verify", "verify", "refuse", "reject", "suspend", "resume", "revoke"]
            ),
        )
        def act_once(self, number: int, act: Act) -> None:
            one = self.pick(number)
            if one is None:
                return
            possible = self.possible(act, one)
            try:
                self.do(self.command(act, one))
            except (Conflict, NotFound):
                assert not possible, (act, self.rows[one])
                return
            assert possible, (act, self.rows[one])
            self.went(act, one)

        @rule(
            numbers=st.tuples(st.integers(0, 5), st.integers(0, 5)),
            acts=st.tuples(*[st.sampled_from(["sign", "verify", "suspend", "resume", "revoke", "reject"])] * 2),
        )
        def act_twice_at_once(self, numbers: tuple[int, int], acts: tuple[Act, Act]) -> None:
            both = [(act, one) for number, act in zip(numbers, acts, strict=True) if (one := self.pick(number))]
            if len(both) < 2:
                return

            async def at_once() -> list[Any]:
                return await asyncio.gather(*(self.command(act, one) for act, one in both), return_exceptions=True)

            results = self.do(at_once())
            assert all(isinstance(r, Conflict | NotFound) for r in results if isinstance(r, BaseException)), results
            won = [each for each, result in zip(both, results, strict=True) if not isinstance(result, BaseException)]
            before = dict(self.rows)
            stored = self.do(self.stored())
            for order in (won, won[::-1]):  # one of the two orders explains what is left
                self.rows = dict(before)
                if (
                    all(self.tried(act, one) for act, one in order)
                    and {k: r.state for k, r in self.rows.items()} == stored
                ):
                    return
            raise AssertionError((before, both, won, stored))

        def tried(self, act: Act, one: UUID) -> bool:
            if not self.possible(act, one):
                return False
            self.went(act, one)
            return True

        @rule(days=st.sampled_from([1, 3, 50]))
        def time_goes_by(self, days: int) -> None:
            clock.advance(days=days)

        @rule()
        def sweep(self) -> None:
            self.do(lapse.expire_due(ctx, SYSTEM, 10_000))
            for one, row in self.rows.items():
                self.rows[one] = row._replace(state=self.at(one))

        @rule(number=st.integers(0, 5))
        def send_again(self, number: int) -> None:
            one = self.pick(number)
            if one is not None:
                try:
                    self.do(service.resend(ctx, self.school.bob, one))
                except (Conflict, TooMany):
                    return

        @rule(really=st.sampled_from([False, False, False, True]))
        def end(self, really: bool) -> None:
            if not really or self.ended:
                return
            self.do(lapse.end_institution(ctx, self.school.olga, self.school.id))
            self.ended = True
            for one, row in self.rows.items():
                if "revoke" in MOVES[row.state]:
                    self.rows[one] = row._replace(state="revoked")

        async def stored(self) -> dict[UUID, str]:
            async with ctx.transaction(SYSTEM) as tx:
                return {one.id: one.state for one in await store.of_institution(tx, self.school.id)}

        @invariant()
        def rows_are_what_the_table_says(self) -> None:
            if hasattr(self, "rows"):
                assert self.do(self.stored()) == {one: row.state for one, row in self.rows.items()}

        @invariant()
        def the_gate_is_open_only_while_one_is_in_force(self) -> None:
            if hasattr(self, "rows"):
                basis = any(self.at(one) == "active" and row.signed for one, row in self.rows.items())
                assert (self.do(made.gate(ctx, self.learner))[0] == "permit") is basis

        def teardown(self) -> None:
            """Every history in the audit is a way through the table; the last word is told by the one that replaced."""
            if not hasattr(self, "rows"):
                return

            async def told() -> list[Any]:
                async with ctx.transaction(SYSTEM) as tx:
                    return await tx.fetch(
                        "select subject, action from audit where institution = $1 and subject_kind = 'authorisation' "
                        "order by seq",
                        self.school.id,
                    )

            ways: dict[UUID, Any] = dict.fromkeys(self.rows, "draft")
            for row in self.do(told()):
                act = DONE.get(row["action"].removeprefix("authorisation."))
                if act is not None:
                    ways[row["subject"]] = MOVES[ways[row["subject"]]][act]
            for one, row in self.rows.items():
                elsewhere = row.state == "superseded" or (self.ended and row.state == "revoked")
                assert ways[one] == row.state or elsewhere

    return Machine


def test_any_sequence_of_acts_keeps_to_the_table(database: str, settings: Settings) -> None:
    loop = asyncio.new_event_loop()
    engine = bind(engine_for(database, application="guardian test"))
    loop.run_until_complete(open_pool(engine, size=6))
    clock = FixedClock()
    ctx = Context(settings=settings, keys=parse(settings.secret), clock=clock, engine=engine)
    try:
        run_state_machine_as_test(
            as_it_goes(ctx, clock, loop),
            settings=with_settings(
                max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
    finally:
        loop.run_until_complete(engine.close_connection_pool())
        loop.close()
