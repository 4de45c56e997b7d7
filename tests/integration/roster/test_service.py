"""Receiving, planning, committing and cancelling: once, for the right people, leaving nothing behind."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from guardian.context import Context
from guardian.errors import Conflict, NotAllowed, NotFound, Refused, TooLarge
from guardian.events import SYSTEM, Actor
from guardian.people import marks
from guardian.roster import erasure, service, store
from tests import seed
from tests.conftest import FixedClock
from tests.integration.roster.school import asked, brought, counted, enrolled, states

TEXT = (
    b"student_id,first_name,last_name,dob,guardian_name,guardian_email\n"
    b"1,Ada,Kowal,2014-01-10,Maria Kowal,maria@example.org\n2,Ben,Nowak,2014-02-10,Jan Nowak,jan@example.org\n"
)


async def bob(ctx: Context, school: UUID, email: str = "bob@maple.example.org", role: str = "roster_manager") -> Actor:
    return seed.staff_actor(await seed.staff(ctx, school, email, role=role), school, role)


async def sent(ctx: Context, actor: Actor, school: UUID, text: bytes = TEXT, mode: str = "additions") -> UUID:
    upload = await service.receive(ctx, actor, school, text, mode=mode)
    await service.make_plan(ctx, actor, upload)
    return upload


async def test_a_plan_changes_nothing_and_a_commit_writes_it(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await service.receive(ctx, actor, school, TEXT, mode="additions")
    plan = await service.make_plan(ctx, actor, upload)
    assert (plan.state, counted(plan), plan.effect.blocked) == ("planned", {"new": 2}, 2)
    assert await enrolled(ctx, school) == {}
    done = await service.commit(ctx, actor, upload)
    assert (done.state, counted(done), states(done)) == ("committed", {"new": 2}, states(plan))
    assert set(await enrolled(ctx, school)) == {"Ada", "Ben"}


async def test_the_plan_s_document_has_the_promised_shape(ctx: Context) -> None:
    school = await seed.institution(ctx)
    upload = await sent(ctx, await bob(ctx, school), school)
    document = msgspec.to_builtins(await service.get_plan(ctx, SYSTEM, upload))
    assert {name: document[name] for name in ("state", "counts", "effect")} == {
        "state": "planned",
        "counts": {"new": 2, "changed": 0, "unchanged": 0, "held": 0, "missing": 0, "rejected": 0},
        "effect": {"admitted": 0, "blocked": 2, "asked_again": 0},
    }
    assert document["rows"] == [{"row": 2, "state": "new", "codes": []}, {"row": 3, "state": "new", "codes": []}]


async def test_the_same_bytes_are_the_same_upload_until_it_is_committed(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    first = await sent(ctx, actor, school)
    assert await service.receive(ctx, actor, school, TEXT, mode="additions") == first
    assert await service.receive(ctx, actor, school, TEXT, mode="snapshot") != first
    await service.commit(ctx, actor, first)
    assert await service.receive(ctx, actor, school, TEXT, mode="additions") != first


async def test_two_commits_at_once_write_once(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await sent(ctx, actor, school)
    plans = await asyncio.gather(*(service.commit(ctx, actor, upload) for _ in range(4)))
    assert [(plan.state, counted(plan)) for plan in plans] == [("committed", {"new": 2})] * 4
    assert len(await asked(ctx, "select 1 from learners")) == 2
    assert len(await asked(ctx, "select 1 from audit where action = 'roster.committed'")) == 1


async def test_two_rosters_at_once_do_not_make_a_learner_twice(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    places = [tmp_path / name for name in ("a", "b", "c")]
    for place in places:
        place.mkdir()
    plans = await asyncio.gather(*(brought(ctx, place, school, TEXT.decode()) for place in places))
    assert sorted(str(counted(plan)) for plan in plans) == ["{'new': 2}", "{'unchanged': 2}", "{'unchanged': 2}"]
    assert len(await asked(ctx, "select 1 from guardians")) == 2


async def test_charlie_of_another_school_finds_nothing(ctx: Context) -> None:
    school, other = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    upload = await sent(ctx, await bob(ctx, school), school)
    charlie = await bob(ctx, other, "charlie@oak.example.org")
    for act in (
        service.receive(ctx, charlie, school, TEXT, mode="additions"),
        service.make_plan(ctx, charlie, upload),
        service.get_plan(ctx, charlie, upload),
        service.plan_later(ctx, charlie, upload),
        service.commit_later(ctx, charlie, upload),
        service.commit(ctx, charlie, upload),
        service.cancel(ctx, charlie, upload),
    ):
        with pytest.raises(NotFound):
            await act
    assert await enrolled(ctx, school) == {}


async def test_who_may_only_read_may_not_import(ctx: Context) -> None:
    school = await seed.institution(ctx)
    reader = await bob(ctx, school, role="read_only")
    with pytest.raises(NotAllowed):
        await service.receive(ctx, reader, school, TEXT, mode="additions")


async def test_a_failure_while_writing_leaves_nothing(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = await seed.institution(ctx)

    async def fails(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(store, "erase", fails)  # all is written by then
    with pytest.raises(RuntimeError):
        await brought(ctx, tmp_path, school, TEXT.decode(), confirm_missing=True)
    for table in ("learners", "enrolments", "guardians", "guardianships", "roster_uploads", "roster_rows", "audit"):
        assert not await asked(ctx, f"select 1 from {table}"), table
    monkeypatch.undo()
    assert counted(await brought(ctx, tmp_path, school, TEXT.decode())) == {"new": 2}


async def test_a_plan_that_no_longer_holds_is_shown_again_before_it_is_written(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await sent(ctx, actor, school)
    await service.commit(
        ctx, actor, await sent(ctx, actor, school, TEXT.splitlines(keepends=True)[0] + TEXT.splitlines()[1])
    )
    with pytest.raises(Conflict) as refused:
        await service.commit(ctx, actor, upload)
    assert refused.value.code == "plan_outdated"
    assert counted(await service.get_plan(ctx, actor, upload)) == {"new": 1, "unchanged": 1}
    assert counted(await service.commit(ctx, actor, upload)) == {"new": 1, "unchanged": 1}


async def test_at_rest_the_file_is_encrypted_and_gone_after_the_commit(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await sent(ctx, actor, school)
    kept = await asked(ctx, "select content from roster_chunks")
    assert kept
    assert not any(b"Kowal" in row["content"] or b"example.org" in row["content"] for row in kept)
    assert "Kowal" in (await asked(ctx, "select string_agg(record::text, ' ') as said from roster_rows"))[0]["said"]
    await service.commit(ctx, actor, upload)
    assert not await asked(ctx, "select 1 from roster_chunks")
    assert not await asked(ctx, "select 1 from roster_rows where record is not null")
    assert not await asked(ctx, "select 1 from roster_uploads where findings is not null or erased_at is null")
    assert not list((ctx.settings.home / "reading").iterdir())


async def test_history_and_jobs_hold_no_names(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    await service.commit(ctx, actor, await sent(ctx, actor, school))
    said = str(await asked(ctx, "select action, payload from audit")) + str(
        await asked(ctx, "select payload from pgqueuer")
    )
    assert "roster.committed" in said
    assert not any(word in said for word in ("Kowal", "Maria", "example.org", "2014"))


async def test_a_commit_asks_the_guardians(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    await service.commit(ctx, actor, await sent(ctx, actor, school))
    [job] = await asked(ctx, "select entrypoint, payload from pgqueuer where entrypoint <> 'roster.plan'")
    assert (job["entrypoint"], msgspec.json.decode(job["payload"])) == (
        "consent.ask_guardians",
        {"institution": str(school)},
    )


async def test_a_cancelled_upload_cannot_be_committed(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await sent(ctx, actor, school)
    await service.cancel(ctx, actor, upload)
    assert not await asked(ctx, "select 1 from roster_chunks")
    for act in (service.commit(ctx, actor, upload), service.cancel(ctx, actor, upload)):
        with pytest.raises(Conflict):
            await act


async def test_nothing_is_kept_longer_than_72_hours(ctx: Context, clock: FixedClock) -> None:
    school = await seed.institution(ctx)
    upload = await sent(ctx, await bob(ctx, school), school)
    clock.advance(hours=71)
    assert await erasure.erase_old_uploads(ctx) == 0
    clock.advance(hours=1)
    assert await erasure.erase_old_uploads(ctx) == 1
    assert await erasure.erase_old_uploads(ctx) == 0
    assert (await service.get_plan(ctx, SYSTEM, upload)).state == "cancelled"
    assert not await asked(ctx, "select 1 from roster_chunks")
    assert not await asked(ctx, "select 1 from roster_rows where record is not null")


async def test_a_file_that_cannot_be_used_says_why_and_is_not_kept(ctx: Context) -> None:
    school = await seed.institution(ctx)
    actor = await bob(ctx, school)
    upload = await sent(ctx, actor, school, b"\x00\x01\x02 no roster at all \xff\xfe\x00")
    plan = await service.get_plan(ctx, actor, upload)
    assert (plan.state, counted(plan)) == ("failed", {})
    assert plan.error in {finding.code for finding in plan.findings}
    assert not await asked(ctx, "select 1 from roster_chunks")
    with pytest.raises(Conflict):
        await service.commit(ctx, actor, upload)


@pytest.mark.parametrize(
    ("text", "mode", "code"), [(b"", "additions", "roster_empty"), (TEXT, "replace", "mode_unknown")]
)
async def test_bad_input_is_refused_with_its_reason(ctx: Context, text: bytes, mode: str, code: str) -> None:
    school = await seed.institution(ctx)
    with pytest.raises(Refused) as refused:
        await service.receive(ctx, SYSTEM, school, text, mode=mode)
    assert refused.value.code == code


async def test_a_file_over_the_budget_is_refused(ctx: Context) -> None:
    school = await seed.institution(ctx)
    small = msgspec.structs.replace(ctx, settings=msgspec.structs.replace(ctx.settings, roster_max_bytes=20))
    with pytest.raises(TooLarge):
        await service.receive(small, SYSTEM, school, TEXT, mode="additions")


async def test_a_purged_learner_who_comes_back_is_held_and_not_stored(ctx: Context, tmp_path: Path) -> None:
    """LAW requirement 54."""
    school = await seed.institution(ctx)
    now = ctx.clock.now()
    student = marks.student_mark(ctx.keys, school, "1")
    person = marks.person_mark(ctx.keys, school, "BEN", "Nowak", "2014-02-10")
    for student_mark, person_mark in ((student, None), (None, person)):
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute(
                "insert into tombstones (id, learner, purge, student_hmac, person_hmac, created_at, expires_at) "
                "values ($1, $2, $3, $4, $5, $6, $7)",
                ctx.new_id(), ctx.new_id(), ctx.new_id(), student_mark, person_mark, now, now + timedelta(days=1),
            )  # fmt: skip
    plan = await brought(ctx, tmp_path, school, TEXT.decode())
    assert states(plan) == {2: ("held", ["ERASED_REIMPORT"]), 3: ("held", ["ERASED_REIMPORT"])}
    for table in ("learners", "guardians", "guardianships"):
        assert not await asked(ctx, f"select 1 from {table}"), table
    assert [row["kind"] for row in await asked(ctx, "select kind from flags")] == ["erased_reimport"]
    upload = await sent(ctx, SYSTEM, school, TEXT, "snapshot")
    assert not await asked(ctx, "select 1 from roster_rows where upload = $1 and record is not null", upload)


async def test_a_purge_ends_the_open_uploads_of_the_learner_s_school(ctx: Context, tmp_path: Path) -> None:
    school, other = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    learner = await seed.learner(ctx, school)
    here, there = await sent(ctx, SYSTEM, school), await sent(ctx, SYSTEM, other)
    async with ctx.transaction(SYSTEM) as tx:
        assert await erasure.forget_learner(tx, learner) == {"uploads": 1}
    assert (await service.get_plan(ctx, SYSTEM, here)).state == "cancelled"
    assert (await service.get_plan(ctx, SYSTEM, there)).state == "planned"


async def test_a_platform_id_is_one_learner_s_in_the_whole_deployment(ctx: Context, tmp_path: Path) -> None:
    school, other = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    await seed.learner(ctx, other, platform_id="p-1")
    text = (
        "student_id,first_name,last_name,dob,platform_id\n1,Ada,Kowal,2014-01-10,p-1\n2,Ben,Nowak,2014-02-10,p-2\n"
        "3,Cid,Nowak,2014-03-10,p-2\n4,Dan,Nowak,2014-04-10,\n"
    )
    upload = await service.receive(ctx, await bob(ctx, school), school, text.encode(), mode="additions")
    plan = await service.make_plan(ctx, SYSTEM, upload)
    assert {row: state for row, (state, _) in states(plan).items()} == {2: "held", 3: "new", 4: "held", 5: "new"}
    assert "PLATFORM_ID_TAKEN" in states(plan)[2][1]
    await service.commit(ctx, SYSTEM, upload)
    made = [row["platform_id"] for row in await asked(ctx, "select platform_id from learners where given_name = 'Dan'")]
    assert len(made) == 1
    assert made[0].startswith("L-")
    assert len(made[0]) == 22


async def test_the_effect_is_decided_by_the_port(ctx: Context) -> None:
    school = await seed.institution(ctx)
    seen = []

    async def decide(_ctx: object, _tx: object, institution: UUID, newcomers: list[object]) -> int:
        seen.append((institution, newcomers))
        return 1

    ported = msgspec.structs.replace(ctx, ports={"effect": decide})
    upload = await service.receive(ported, SYSTEM, school, TEXT, mode="additions")
    plan = await service.make_plan(ported, SYSTEM, upload)
    assert (plan.effect.admitted, plan.effect.blocked) == (1, 1)
    [(where, groups)] = seen
    assert where == school
    assert sorted((g.birth_date, g.count, g.may_answer, g.reachable) for g in groups) == [  # type: ignore[attr-defined]
        ("2014-01-10", 1, True, True),
        ("2014-02-10", 1, True, True),
    ]
