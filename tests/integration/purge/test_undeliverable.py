"""A flag that says that mail comes back stays until it no longer does, or until nobody waits for an answer."""

from uuid import UUID

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.flags import service as flags
from guardian.flags import store as flag_store
from guardian.purge.sweeps import check_learners
from tests import seed


async def test_it_stays_while_one_guardians_mail_comes_back(ctx: Context) -> None:
    school = await seed.institution(ctx)
    await seed.authorisation(ctx, school, await seed.notice(ctx), await seed.staff(ctx, school))
    anna = await seed.learner(ctx, school)
    alice = await seed.guardian(ctx, school, anna)
    await seed.guardian(ctx, school, anna, name="Adam Kowal", email="adam@example.org")
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set unreachable_since = $2 where id = $1", alice, tx.now)
        await flags.open_in(ctx, tx, kind="undeliverable", learner=anna, institution=school)
    assert await _open_after_a_sweep(ctx, anna) == {"undeliverable"}
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set unreachable_since = null where id = $1", alice)
    assert await _open_after_a_sweep(ctx, anna) == set()


async def _open_after_a_sweep(ctx: Context, learner: UUID) -> set[str]:
    await check_learners(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        found = await flag_store.of_learners(tx, [learner])
    return {flag.kind for one in found.values() for flag in one}
