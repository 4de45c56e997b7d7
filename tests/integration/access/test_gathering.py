"""The facts gathered from the tables are those that a person would write into a facts file: same facts, same answer."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

from guardian.access import store
from guardian.access.domain import decide
from guardian.access.facts import Facts
from guardian.access.parse import parse_facts
from guardian.access.service import decide_by_platform_id, decide_many
from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed
from tests.conftest import NOW, FixedClock


class Cast(NamedTuple):
    school: UUID
    notice: UUID
    bob: UUID
    authorisation: UUID
    anna: UUID
    alice: UUID


@pytest.fixture
async def cast(ctx: Context) -> Cast:
    school = await seed.institution(ctx)
    notice = await seed.notice(ctx)
    bob = await seed.staff(ctx, school)
    authorisation = await seed.authorisation(ctx, school, notice, bob)
    anna = await seed.learner(ctx, school, platform_id="p-anna")
    return Cast(school, notice, bob, authorisation, anna, await seed.guardian(ctx, school, anna))


def z(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if instant else None


def document(cast: Cast) -> dict[str, Any]:
    """Anna's facts as DECISION.md writes them, before anybody has answered."""
    return {
        "learner": {"birth_date": "2016-05-01", "jurisdictions": ["PL"], "timezone": "Europe/Warsaw",
                    "standing": "active", "assent": None},
        "enrolments": [{"institution": str(cast.school), "begins_on": "2026-09-01", "ends_on": None}],
        "authorisations": [{
            "id": str(cast.authorisation), "institution": str(cast.school), "status": "active",
            "legal_model": "guardian_consent", "scopes": ["use_services", "collect_information"],
            "purposes": ["lessons", "recordings"], "valid_from": z(NOW - timedelta(days=1)),
            "valid_until": z(NOW + timedelta(days=365)),
        }],
        "guardians": [{"id": str(cast.alice), "authority": "full", "has_channel": True}],
        "consents": [],
        "purposes": {
            "lessons": {"core": True, "disclosure": False, "commercial": False, "guardian_always": False},
            "recordings": {"core": False, "disclosure": False, "commercial": False, "guardian_always": False},
        },
        "notice": {"version": 1, "material_since": 1}, "rule": None,
    }  # fmt: skip


async def consent(ctx: Context, cast: Cast, facts: dict[str, Any], state: str = "given", **more: Any) -> None:
    """The same answer into the tables and into the file."""
    values = {
        "learner": cast.anna, "guardian": cast.alice, "purpose": "lessons", "state": state, "method": "email_plus",
        "notice_version": 1, "notice_sha256": "0" * 64, "recorded_at": NOW, "completed_at": NOW,
        "valid_until": None, "act": ctx.new_id(), **more,
    }  # fmt: skip
    made = await seed._insert(ctx, "consents", **values)
    facts["consents"].append({
        "id": str(made), "guardian": str(values["guardian"]), "purpose": values["purpose"], "state": state,
        "method": values["method"], "completed_at": z(values["completed_at"]),
        "notice_version": values["notice_version"], "valid_until": z(values["valid_until"]),
    })  # fmt: skip


async def run(ctx: Context, sql: str, *args: Any) -> None:
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.execute(sql, *args) >= 1


Story = Callable[[Context, Cast, dict[str, Any]], Awaitable[None]]


async def silent(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    pass


async def yes(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)


async def yes_to_all(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)
    await consent(ctx, cast, facts, purpose="recordings", valid_until=NOW + timedelta(days=30))


async def pending(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts, completed_at=None)


async def withdrawn(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts, completed_at=NOW - timedelta(hours=1), recorded_at=NOW - timedelta(hours=1))
    await consent(ctx, cast, facts, "withdrawn")


async def to_the_microsecond(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    early = NOW - timedelta(hours=1)
    await consent(ctx, cast, facts, completed_at=early, recorded_at=early)
    await consent(ctx, cast, facts, "declined", completed_at=early + timedelta(microseconds=1), recorded_at=early)


async def disagree(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    adam = await seed.guardian(ctx, cast.school, cast.anna, name="Adam", email="adam@example.org")
    facts["guardians"].append({"id": str(adam), "authority": "full", "has_channel": True})
    await consent(ctx, cast, facts)
    await consent(ctx, cast, facts, "declined", guardian=adam)


async def limited(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    gran = await seed.guardian(ctx, cast.school, cast.anna, name="Gran", email=None, authority="limited")
    facts["guardians"].append({"id": str(gran), "authority": "limited", "has_channel": False})
    await consent(ctx, cast, facts, guardian=gran)


async def not_my_child(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update guardianships set ended_at = $1, authority = 'none'", NOW)
    facts["guardians"] = []


async def unreachable(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update guardians set unreachable_since = $1", NOW)
    facts["guardians"][0]["has_channel"] = False


async def no_address(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update guardians set email = null, email_key = null")
    facts["guardians"][0]["has_channel"] = False


async def left(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update enrolments set ends_on = $1", date(2026, 9, 6))
    facts["enrolments"][0]["ends_on"] = "2026-09-06"


async def never_enrolled(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "delete from enrolments")
    facts["enrolments"], facts["authorisations"] = [], []


async def two_schools(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    oak = await seed.institution(ctx, "Oak School")
    await seed._insert(
        ctx, "enrolments", learner=cast.anna, institution=oak, begins_on=date(2026, 9, 2), created_at=NOW
    )
    facts["enrolments"].append({"institution": str(oak), "begins_on": "2026-09-02", "ends_on": None})
    await run(ctx, "update authorisations set state = 'suspended'")
    facts["authorisations"][0]["status"] = "suspended"
    staff = await seed.staff(ctx, oak, "charlie@oak.example.org")
    made = await seed.authorisation(ctx, oak, cast.notice, staff, legal_model="controller_instruction")
    facts["authorisations"].append(
        {**facts["authorisations"][0], "id": str(made), "institution": str(oak), "status": "active",
         "legal_model": "controller_instruction"}
    )  # fmt: skip


async def revoked(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update authorisations set state = 'revoked'")
    facts["authorisations"][0]["status"] = "revoked"


async def one_scope(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update authorisations set scopes = '{use_services}', purposes = '{recordings}'")
    facts["authorisations"][0] |= {"scopes": ["use_services"], "purposes": ["recordings"]}


async def of_age(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update learners set birth_date = '2008'")
    facts["learner"]["birth_date"] = "2008"


async def hardly_known(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update learners set birth_date = null, jurisdictions = '{}', timezone = 'Nowhere/Land'")
    facts["learner"] |= {"birth_date": None, "jurisdictions": [], "timezone": "Nowhere/Land"}


async def reported(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)
    await run(ctx, "update learners set standing = 'reported', assent = 'declined'")
    facts["learner"] |= {"standing": "reported", "assent": "declined"}


async def stale(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)
    await seed.notice(ctx, 2)
    facts["notice"] = {"version": 2, "material_since": 2}


async def not_material(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)
    draft = await seed._insert(
        ctx, "notices", version=2, state="draft", material=False, purposes=["lessons", "recordings"], created_at=NOW
    )
    await run(ctx, "update notices set state = 'published', published_at = $2 where id = $1", draft, NOW)
    facts["notice"] = {"version": 2, "material_since": 1}


async def american(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await run(ctx, "update learners set jurisdictions = '{US,US-CO}', timezone = 'America/Denver'")
    await run(ctx, "update authorisations set legal_model = 'school_agent'")
    facts["learner"] |= {"jurisdictions": ["US", "US-CO"], "timezone": "America/Denver"}
    facts["authorisations"][0]["legal_model"] = "school_agent"


async def hard_purposes(ctx: Context, cast: Cast, facts: dict[str, Any]) -> None:
    await consent(ctx, cast, facts)
    await consent(ctx, cast, facts, purpose="recordings")
    await run(ctx, "update purposes set disclosure = true, guardian_always = true where code = 'recordings'")
    await run(ctx, "update purposes set commercial = true where code = 'lessons'")
    facts["purposes"]["recordings"] |= {"disclosure": True, "guardian_always": True}
    facts["purposes"]["lessons"]["commercial"] = True


STORIES: tuple[Story, ...] = (
    silent, yes, yes_to_all, pending, withdrawn, to_the_microsecond, disagree, limited, not_my_child, unreachable,
    no_address, left, never_enrolled, two_schools, revoked, one_scope, of_age, hardly_known, reported, stale,
    not_material, american, hard_purposes,
)  # fmt: skip


def sorted_facts(facts: Facts) -> Facts:
    """Lists say nothing by their order."""
    return msgspec.structs.replace(
        facts,
        enrolments=tuple(sorted(facts.enrolments, key=lambda one: one.institution)),
        authorisations=tuple(sorted(facts.authorisations, key=lambda one: one.id)),
        guardians=tuple(sorted(facts.guardians, key=lambda one: one.id)),
        consents=tuple(sorted(facts.consents, key=lambda one: one.id)),
    )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_what_is_gathered_is_what_the_file_says(
    ctx: Context, clock: FixedClock, cast: Cast, story: Story
) -> None:
    facts = document(cast)
    await story(ctx, cast, facts)
    written = parse_facts(json.dumps(facts).encode())
    async with ctx.transaction(SYSTEM) as tx:
        (gathered,) = await store.gather(tx.connection, [cast.anna], NOW)
        (by_name,) = await store.gather_by_platform_id(tx.connection, ["p-anna"], NOW)
    assert sorted_facts(gathered.facts) == sorted_facts(written)
    assert sorted_facts(by_name.facts) == sorted_facts(written)
    from_file = decide(written, NOW)
    found = (await decide_many(ctx, [cast.anna]))[cast.anna].decision
    same = ("access", "purposes", "reasons", "basis", "until", "next_step")
    assert [getattr(found, name) for name in same] == [getattr(from_file, name) for name in same]


async def test_a_decision_of_the_past_does_not_know_what_came_later(
    ctx: Context, clock: FixedClock, cast: Cast
) -> None:
    await consent(ctx, cast, document(cast))
    clock.advance(days=10)
    await consent(ctx, cast, document(cast), "withdrawn", recorded_at=clock.now(), completed_at=clock.now())
    now = (await decide_many(ctx, [cast.anna]))[cast.anna].decision
    then = (await decide_many(ctx, [cast.anna], NOW + timedelta(days=5)))[cast.anna].decision
    before = (await decide_many(ctx, [cast.anna], NOW - timedelta(seconds=1)))[cast.anna].decision
    assert (before.access, then.access, now.access) == ("block", "permit", "block")
    assert "consent_withdrawn" in now.reasons


async def test_a_draft_notice_changes_nothing(ctx: Context, cast: Cast) -> None:
    await consent(ctx, cast, document(cast))
    await seed._insert(ctx, "notices", version=2, state="draft", material=True, purposes=["lessons"], created_at=NOW)
    assert (await decide_many(ctx, [cast.anna]))[cast.anna].decision.access == "permit"


async def test_without_a_notice_nobody_gets_in(ctx: Context) -> None:
    school = await seed.institution(ctx)
    anna = await seed.learner(ctx, school)
    decision = (await decide_many(ctx, [anna]))[anna].decision
    assert (decision.access, decision.purposes) == ("block", {})


async def test_a_batch_keeps_its_order_and_knows_the_unknown_and_the_erased(ctx: Context, cast: Cast) -> None:
    await seed.learner(ctx, cast.school, "Ben", platform_id="p-ben")
    await seed._insert(
        ctx, "tombstones", learner=ctx.new_id(), purge=ctx.new_id(),
        platform_hmac=ctx.keys.keyed_hash("tombstone/platform", "p-gone"), created_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )  # fmt: skip
    names = ["p-gone", "p-ben", "p-nobody", "p-anna", "p-ben", "P-ANNA", ""]
    found = await decide_by_platform_id(ctx, names)
    assert list(found) == list(dict.fromkeys(names))
    assert [found[name].learner for name in names] == names
    assert [found[name].reasons[0] for name in names] == [
        "erased", "no_guardian", "unknown_learner", "consent_missing", "no_guardian", "unknown_learner",
        "unknown_learner",
    ]  # fmt: skip
    assert {found[name].access for name in names} == {"block"}


async def test_a_learner_without_a_platform_id_is_never_found_by_an_empty_one(ctx: Context, cast: Cast) -> None:
    await seed.learner(ctx, cast.school, "Ben", platform_id=None)
    assert (await decide_by_platform_id(ctx, [""]))[""].reasons == ("unknown_learner",)


async def test_since_flag_due_date_and_revision_are_filled_in(ctx: Context, clock: FixedClock, cast: Cast) -> None:
    await seed._insert(
        ctx, "flags", kind="reported", learner=cast.anna, institution=cast.school, state="open", severity="high",
        since=NOW,
    )  # fmt: skip
    await seed._insert(
        ctx, "flags", kind="no_basis", learner=cast.anna, institution=cast.school, state="open", severity="normal",
        since=NOW - timedelta(days=1),
    )  # fmt: skip
    await run(ctx, "update authorisations set state = 'revoked'")
    clock.advance(days=1)
    decision = (await decide_many(ctx, [cast.anna]))[cast.anna].decision
    assert decision.flag == "reported", "the gravest first"
    assert decision.since is not None
    assert decision.purge_due_at == decision.since + timedelta(days=60)
    async with ctx.transaction(SYSTEM) as tx:
        assert decision.revision == await tx.fetchval("select revision from learners where id = $1", cast.anna)
