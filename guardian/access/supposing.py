"""What publishing a notice would do: who would be blocked, and whose guardians would be asked again.

The same rules as afterwards decide, over the same facts, with the draft in the place of the notice in force.
"""

from uuid import UUID

import msgspec

from guardian.access import store
from guardian.access.comparing import Effect, compare
from guardian.access.domain import decide
from guardian.consent import asking
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.notice import store as notices
from guardian.notice.changes import changes, stale
from guardian.notice.domain import Coverage, Draft, Notice

NIL = UUID(int=0)


class Asked(msgspec.Struct, frozen=True):
    """How many guardians of an institution would get a letter, about how many learners."""

    guardians: int
    learners: int


class Supposed(msgspec.Struct, frozen=True, kw_only=True):
    """`changed`: the purposes whose answers become stale (None: all of them)."""

    version: int
    changed: tuple[str, ...] | None
    access: Effect
    asked: dict[UUID, Asked]

    @property
    def guardians(self) -> int:
        """Over all institutions."""
        return sum(one.guardians for one in self.asked.values())

    @property
    def learners(self) -> int:
        """Over all institutions; a learner of two is counted in both."""
        return sum(one.learners for one in self.asked.values())


async def suppose(ctx: Context, draft: Draft) -> Supposed:
    """Decide everybody with the draft as if it were published now. Changes nothing."""
    async with ctx.transaction(SYSTEM) as tx:
        before = await notices.published(tx)
        coverage = await notices.coverage(tx, tx.now)
    version = before.version + 1 if before else 1
    changed = stale(changes(before, draft), draft) if draft.material else ()
    if draft.material:
        coverage = coverage.then(version, changed)
    terms = store.terms_from(draft.purposes, version, coverage)
    access = await compare(ctx, decide, decide, supposed=terms)
    notice = Notice(
        id=NIL, version=version, material=draft.material, published_at=None, purposes=draft.purposes, texts={}
    )
    asked = await _asked(ctx, notice, coverage) if draft.material and before else {}
    return Supposed(version=version, changed=changed, access=access, asked=asked)


async def _asked(ctx: Context, notice: Notice, coverage: Coverage) -> dict[UUID, Asked]:
    async with ctx.transaction(SYSTEM) as tx:
        institutions = await asking.institutions_to_ask(tx)
    found: dict[UUID, Asked] = {}
    for institution in institutions:
        guardians = learners = 0
        after: UUID | None = NIL
        while after is not None:
            async with ctx.transaction(SYSTEM) as tx:
                terms = await asking.supposed_terms(tx, institution, notice, coverage.material_since)
                after, would = await asking.would_ask(tx, terms, after, coverage) if terms else (None, {})
            guardians += len(would)
            learners += sum(len(each) for each in would.values())
        if guardians:
            found[institution] = Asked(guardians, learners)
    return found
