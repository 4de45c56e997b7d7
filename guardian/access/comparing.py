"""What a change would do before it is made: every learner decided twice, as things are and as they would be.

Used for a new law table and for a new notice. Reads only. The answer holds ids and counts, no name.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from guardian.access import store
from guardian.access.age import latest_birth_day, zone
from guardian.access.decision import Decision
from guardian.access.facts import Facts
from guardian.context import Context
from guardian.events import SYSTEM

PAGE = 250
"""Learners per statement: few enough that a web process answers others in between."""
SHOWN = 1_000
"""Ids that an answer lists; the counts cover all."""

Judge = Callable[[Facts, datetime], Decision]


class Group(msgspec.Struct, kw_only=True):
    """How many learners of one institution, or of one age, would change, and how."""

    changed: int = 0
    blocked: int = 0
    admitted: int = 0


class Effect(msgspec.Struct, kw_only=True):
    """`blocked`: admitted now, and no longer then; `admitted`: the other way round; `changed`: these, and whoever
    would keep the access but for other reasons or purposes. `by_age` in whole years, `unknown` without a birth date.
    """

    judged: int = 0
    changed: int = 0
    blocked: int = 0
    admitted: int = 0
    by_institution: dict[str, Group] = {}
    by_age: dict[str, Group] = {}
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    learners: list[UUID] = []

    def add(self, one: store.Gathered, before: Decision, after: Decision, now: datetime) -> None:
        """Count a learner in."""
        self.judged += 1
        if (before.access, before.purposes, before.reasons) == (after.access, after.purposes, after.reasons):
            return
        institutions = {enrolment.institution for enrolment in one.facts.enrolments} or {"none"}
        for name in institutions:
            _count(self.by_institution.setdefault(name, Group()), before, after)
        _count(self.by_age.setdefault(_age(one, now), Group()), before, after)
        _count(self, before, after)
        if after.access == "block":
            self.reasons.update(set(after.reasons) - set(before.reasons))
        if len(self.learners) < SHOWN:
            self.learners.append(one.id)


async def compare(
    context: Context,
    before: Judge,
    after: Judge,
    *,
    at: datetime | None = None,
    wanted: Callable[[Sequence[str]], bool] | None = None,
    supposed: store.Terms | None = None,
) -> Effect:
    """Decide every learner who is not erased by both; `wanted` says, by jurisdictions, who can be concerned at all;
    `supposed`: the notice that `after` finds in force.
    """
    effect = Effect()
    now = at or context.clock.now()
    async for page in _pages(context, wanted):
        async with context.transaction(SYSTEM) as tx:
            found = await store.gather_both(tx.connection, page, now, supposed)
        for one, then in found:
            effect.add(one, before(one.facts, now), after(then.facts, now), now)
    return effect


async def _pages(context: Context, wanted: Callable[[Sequence[str]], bool] | None) -> AsyncIterator[list[UUID]]:
    chosen = None
    if wanted is not None:
        async with context.transaction(SYSTEM) as tx:
            kinds = await tx.fetch("select distinct jurisdictions from learners where erased_at is null")
        chosen = [
            msgspec.json.encode(kind["jurisdictions"]).decode() for kind in kinds if wanted(kind["jurisdictions"])
        ]
        if not chosen:
            return
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with context.transaction(SYSTEM) as tx:
            rows = await tx.fetch(
                "select id from learners where id > $1 and erased_at is null "
                "and ($3::text[] is null or array_to_json(jurisdictions)::text = any($3)) order by id limit $2",
                after, PAGE, chosen,
            )  # fmt: skip
        yield [row["id"] for row in rows]
        after = rows[-1]["id"] if len(rows) == PAGE else None


def _count(into: Group | Effect, before: Decision, after: Decision) -> None:
    into.changed += 1
    if (before.access, after.access) == ("permit", "block"):
        into.blocked += 1
    if (before.access, after.access) == ("block", "permit"):
        into.admitted += 1


def _age(one: store.Gathered, now: datetime) -> str:
    written = one.facts.learner.birth_date
    if not written:
        return "unknown"
    try:
        born_on = latest_birth_day(written)
    except ValueError:
        return "unknown"
    today = now.astimezone(zone(one.facts.learner.timezone)).date()
    return str(max(0, _years(born_on, today)))


def _years(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def in_order(groups: Iterable[tuple[str, Group]]) -> list[tuple[str, Group]]:
    """Groups with the most changes first."""
    return sorted(groups, key=lambda pair: (-pair[1].changed, pair[0]))
