"""A material change: stale for what it concerns alone, asked again, and simulated before exactly as it then happens."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
import pytest

from guardian.access.service import decide_many
from guardian.access.supposing import Supposed, suppose
from guardian.consent import asking
from guardian.context import Context
from guardian.errors import Conflict, NotAllowed, NotFound, Refused
from guardian.events import SYSTEM, Actor
from guardian.notice import drafting, service
from guardian.notice.domain import Draft, Purpose
from guardian.people.jobs import AskGuardians
from tests import seed

CODES = ["lessons", "recordings", "analytics"]


class Cast(NamedTuple):
    """Anna's mother agreed to everything, Leon's to lessons alone, Ida's is silent, Jan's second school asks nobody."""

    olga: Actor
    school: UUID
    anna: UUID
    leon: UUID
    ida: UUID
    jan: UUID


async def answer(ctx: Context, learner: UUID, guardian: UUID, purpose: str, state: str, version: int = 1) -> None:
    at = ctx.clock.now() - timedelta(hours=1)
    await seed._insert(
        ctx, "consents", learner=learner, guardian=guardian, purpose=purpose, state=state, method="email_plus",
        notice_version=version, notice_sha256="0" * 64, recorded_at=at, completed_at=at, act=ctx.new_id(),
    )  # fmt: skip


@pytest.fixture
async def cast(ctx: Context) -> Cast:
    notice = await service.ensure_default(ctx)
    school = await seed.institution(ctx)
    other = await seed.institution(ctx, "Cedar School", legal_model="controller_instruction")
    bob = await seed.staff(ctx, school)
    eve = await seed.staff(ctx, other, "eve@cedar.example.org")
    olga = await seed.staff(ctx, None, "olga@operator.example.org")
    await seed.authorisation(ctx, school, notice.id, bob, purposes=CODES)
    await seed.authorisation(ctx, other, notice.id, eve, purposes=CODES, legal_model="controller_instruction")
    learners = [await seed.learner(ctx, school, name) for name in ("Anna", "Leon", "Ida")]
    jan = await seed.learner(ctx, other, "Jan")
    alice, lena, _ = [
        await seed.guardian(ctx, school, learner, email=f"{name}@example.org")
        for learner, name in zip(learners, ("alice", "lena", "iga"), strict=True)
    ]
    for purpose in CODES:
        await answer(ctx, learners[0], alice, purpose, "given")
        await answer(ctx, learners[1], lena, purpose, "given" if purpose == "lessons" else "declined")
    await asking.ask_guardians(ctx, AskGuardians(institution=school))  # Iga has a question open
    anna, leon, ida = learners
    return Cast(seed.staff_actor(olga, None), school, anna, leon, ida, jan)


async def with_purpose(ctx: Context, cast: Cast, code: str, **change: object) -> str:
    """A draft in which one purpose differs; answers the state that was looked at."""
    await drafting.begin(ctx, cast.olga)
    desk = await drafting.look(ctx, cast.olga)
    purpose = next(one for one in desk.draft.purposes if one.code == code)
    await drafting.save_purpose(ctx, cast.olga, msgspec.structs.replace(purpose, **change), seen=desk.draft.sha256)
    return (await drafting.look(ctx, cast.olga)).draft.sha256


async def access(ctx: Context, *learners: UUID) -> dict[UUID, tuple[str, dict[str, str]]]:
    found = await decide_many(ctx, learners)
    return {
        one.id: (one.decision.access, {name: purpose.access for name, purpose in one.decision.purposes.items()})
        for one in found.values()
    }


async def supposed(ctx: Context, cast: Cast, *, material: bool = True) -> Supposed:
    draft = (await drafting.look(ctx, cast.olga)).draft
    return await suppose(ctx, msgspec.structs.replace(draft, material=material))


async def rows(ctx: Context, sql: str) -> int:
    async with ctx.transaction(SYSTEM) as tx:
        return int(await tx.fetchval(sql))


async def publish_and_ask(ctx: Context, cast: Cast, seen: str) -> tuple[int, int]:
    """Publish, do what the jobs do; answers how many letters and how many questions about learners came of it."""
    letters, questions = "select count(*) from mail_messages", "select count(*) from consent_request_learners"
    before = await rows(ctx, letters), await rows(ctx, questions)
    await drafting.publish(ctx, cast.olga, seen=seen, material=True)
    async with ctx.transaction(SYSTEM) as tx:
        schools = await asking.institutions_to_ask(tx)
    for school in schools:
        await asking.ask_guardians(ctx, AskGuardians(institution=school))
    return await rows(ctx, letters) - before[0], await rows(ctx, questions) - before[1]


async def test_an_optional_purpose_goes_stale_alone_and_the_simulation_says_so(ctx: Context, cast: Cast) -> None:
    everybody = (cast.anna, cast.leon, cast.ida, cast.jan)
    before = await access(ctx, *everybody)
    assert [before[one][0] for one in everybody] == ["permit", "permit", "block", "permit"]
    seen = await with_purpose(ctx, cast, "recordings", retention="P1Y")
    told = await supposed(ctx, cast)
    assert (told.version, told.changed) == (2, ("recordings",))
    assert (told.access.judged, told.access.changed, told.access.blocked) == (4, 1, 0)
    assert told.access.learners == [cast.anna]
    assert (told.guardians, told.learners) == (1, 1)  # Lena said no; Iga has the question already
    assert await access(ctx, *everybody) == before  # it changed nothing
    assert await publish_and_ask(ctx, cast, seen) == (1, 1)
    after = await access(ctx, *everybody)
    assert after[cast.anna] == ("permit", {**before[cast.anna][1], "recordings": "block"})
    assert {one: after[one] for one in everybody[1:]} == {one: before[one] for one in everybody[1:]}


async def test_the_core_purpose_blocks_whom_the_simulation_counted(ctx: Context, cast: Cast) -> None:
    everybody = (cast.anna, cast.leon, cast.ida, cast.jan)
    purpose_seen = await with_purpose(ctx, cast, "lessons", categories=("identity", "contact", "location"))
    told = await supposed(ctx, cast)
    assert told.changed == ("lessons",)
    assert (told.access.blocked, told.guardians, told.learners) == (2, 2, 2)
    assert {name: group.blocked for name, group in told.access.by_institution.items()} == {str(cast.school): 2}
    assert {name: group.blocked for name, group in told.access.by_age.items()} == {"10": 2}
    assert told.access.reasons["consent_stale"] == 2
    assert await publish_and_ask(ctx, cast, purpose_seen) == (2, 2)
    after = await access(ctx, *everybody)
    assert [after[one][0] for one in everybody] == ["block", "block", "block", "permit"]
    assert after[cast.anna][1]["recordings"] == "permit"  # its own yes still covers it


async def test_what_widens_cannot_be_published_as_a_mended_sentence(ctx: Context, cast: Cast) -> None:
    seen = await with_purpose(ctx, cast, "recordings", recipients=("class", "hosting", "partner"))
    with pytest.raises(Refused) as refused:
        await drafting.publish(ctx, cast.olga, seen=seen, material=False)
    assert (refused.value.code, refused.value.params["purposes"]) == ("notice_material", "recordings")
    made = await drafting.publish(ctx, cast.olga, seen=seen, material=True, changed=())
    assert (made.version, made.purposes[1].recipients) == (2, ("class", "hosting", "partner"))
    assert await rows(ctx, "select count(*) from notices where changed = '{recordings}'") == 1


async def test_mended_words_make_nobody_stale(ctx: Context, cast: Cast) -> None:
    await drafting.begin(ctx, cast.olga)
    desk = await drafting.look(ctx, cast.olga)
    text = msgspec.structs.replace(desk.draft.texts["fr"], intro="Une phrase plus claire.")
    await drafting.save_text(ctx, cast.olga, "fr", text, seen=desk.draft.sha256)
    desk = await drafting.look(ctx, cast.olga)
    assert desk.changes.shared == ("fr.intro",)
    assert desk.changes.may_ask == ()
    told = await supposed(ctx, cast, material=False)
    assert (told.access.changed, told.guardians) == (0, 0)
    await drafting.publish(ctx, cast.olga, seen=desk.draft.sha256, material=False)
    assert (await access(ctx, cast.anna))[cast.anna][0] == "permit"
    async with ctx.transaction(SYSTEM) as tx:
        assert (await service.current(tx)).texts["fr"].text.intro == "Une phrase plus claire."


async def test_the_past_keeps_the_purposes_of_its_day(ctx: Context, cast: Cast) -> None:
    then = ctx.clock.now()
    seen = await with_purpose(ctx, cast, "recordings", core=True)
    ctx.clock.advance(days=1)  # type: ignore[attr-defined]
    await drafting.publish(ctx, cast.olga, seen=seen, material=True)
    assert (await access(ctx, cast.leon))[cast.leon][0] == "block"  # recordings, which Lena refused, are core now
    assert (await decide_many(ctx, [cast.leon], at=then))[cast.leon].decision.access == "permit"


async def test_nobody_overwrites_what_somebody_else_saved(ctx: Context, cast: Cast) -> None:
    seen = await with_purpose(ctx, cast, "recordings", retention="P1Y")
    await with_purpose(ctx, cast, "analytics", retention="P30D")
    with pytest.raises(Conflict) as conflict:
        await drafting.publish(ctx, cast.olga, seen=seen, material=True)
    assert conflict.value.code == "draft_changed"
    await drafting.discard(ctx, cast.olga)
    with pytest.raises(NotFound):
        await drafting.look(ctx, cast.olga)
    assert await rows(ctx, "select count(*) from notices") == 1


async def test_a_school_cannot_touch_the_draft(ctx: Context, cast: Cast) -> None:
    bob = Actor(kind="staff", id=ctx.new_id(), institution=cast.school, role="institution_admin")
    with pytest.raises(NotAllowed):
        await drafting.begin(ctx, bob)


@pytest.mark.parametrize(
    "change",
    ["terms = '[]'", "changed = '{}'", "material = false", "version = 9", "published_at = now()", "state = 'draft'"],
)
async def test_the_database_refuses_to_change_a_published_version(ctx: Context, change: str) -> None:
    await service.ensure_default(ctx)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(f"update notices set {change}")


async def test_an_incomplete_draft_is_kept_but_not_published(ctx: Context, cast: Cast) -> None:
    await drafting.begin(ctx, cast.olga)
    desk = await drafting.look(ctx, cast.olga)
    new = Purpose(code="homework", retention="P30D", categories=("answers",))
    await drafting.save_purpose(ctx, cast.olga, new, seen=desk.draft.sha256)
    desk = await drafting.look(ctx, cast.olga)
    assert "pl.purposes.homework.items" in desk.missing
    with pytest.raises(Refused) as refused:
        await drafting.publish(ctx, cast.olga, seen=desk.draft.sha256, material=True)
    assert refused.value.code == "notice_incomplete"
    await drafting.drop_purpose(ctx, cast.olga, "homework", seen=desk.draft.sha256)
    left: Draft = (await drafting.look(ctx, cast.olga)).draft
    assert [one.code for one in left.purposes] == [*CODES, "newsletter"]
