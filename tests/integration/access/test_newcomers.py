"""The effect of a roster is what the gate would say of its new learners."""

import msgspec

from guardian.access import newcomers
from guardian.access.service import decide_many
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.roster import service
from guardian.roster.domain import Newcomers
from tests import seed

GROUPS = [
    Newcomers(count=3, birth_date="2016-05-01", may_answer=True, reachable=True),
    Newcomers(count=2, birth_date=None, may_answer=False, reachable=False),
    Newcomers(count=4, birth_date="2005-05-01", may_answer=False, reachable=False),
]
TEXT = "Student ID,First name,Last name,Date of birth\n1,Ann,Bee,2016-05-01\n2,Old,Cee,2005-05-01\n3,Eve,Dee,\n"


async def test_only_those_of_age_are_admitted_where_guardians_consent_and_all_where_the_school_does(
    ctx: Context,
) -> None:
    notice = await seed.notice(ctx)
    for jurisdiction, model, admitted in (("PL", "guardian_consent", 4), ("US", "school_agent", 9)):
        school = await seed.institution(ctx, jurisdiction=jurisdiction, timezone="UTC", legal_model=model)
        bob = await seed.staff(ctx, school, f"bob@{jurisdiction.lower()}.example.org")
        await seed.authorisation(ctx, school, notice, bob, legal_model=model)
        async with ctx.transaction(SYSTEM) as tx:
            assert await newcomers.effect(ctx, tx, school, GROUPS) == admitted


async def test_the_sentence_of_the_plan_comes_true(ctx: Context) -> None:
    ported = msgspec.structs.replace(ctx, ports={"effect": newcomers.effect})
    school = await seed.institution(ctx)
    await seed.authorisation(ctx, school, await seed.notice(ctx), await seed.staff(ctx, school))
    upload = await service.receive(ported, SYSTEM, school, TEXT.encode(), mode="additions")
    plan = await service.make_plan(ported, SYSTEM, upload)
    assert (plan.effect.admitted, plan.effect.blocked) == (1, 2)
    await service.commit(ported, SYSTEM, upload)
    async with ctx.transaction(SYSTEM) as tx:
        learners = [row["id"] for row in await tx.fetch("select id from learners")]
    decided = await decide_many(ctx, learners)
    assert sum(one.decision.access == "permit" for one in decided.values()) == 1
