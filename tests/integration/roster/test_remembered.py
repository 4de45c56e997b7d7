"""Rows known word for word are not opened; every plan and what it writes must come out as if they were."""

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guardian.context import Context, Tx
from guardian.people import merge
from guardian.roster import remembered
from guardian.roster.reading.quick import Quick
from guardian.roster.reading.records import StudentRecord
from guardian.roster.reading.shortcut import Shortcut, Twins
from guardian.roster.remembered import Remembered
from tests import seed
from tests.integration.roster.school import asked, brought

ANY = remembered._ANY
HEADER = (
    "student_id,first_name,last_name,dob,class,guardian_name,guardian_email,guardian_phone,relationship,student_email\n"
)
NAMES = ["Ann", "Bea", "Cid", "Dot", "Eve", "Fay"]
_DUMP = """
select e.student_id, l.given_name, l.family_name, l.birth_date, l.email_key, e.class_name, e.ends_on,
    e.missing_since is not null as missing, array(select concat_ws('/', g.name, g.email_key, g.phone, w.relationship,
        w.eligible, w.authority, w.ended_at is null) from guardianships w join guardians g on g.id = w.guardian
        where w.learner = l.id order by 1) as related,
    array(select count(*) from guardianships o join guardianships w on w.guardian = o.guardian where w.learner = l.id
        group by w.guardian order by 1) as shared
from enrolments e join learners l on l.id = e.learner where e.institution = $1
order by e.student_id, l.given_name, l.family_name, l.birth_date
"""
_LEARNER = "(select e.learner from enrolments e where e.institution = $1 and e.student_id = $2)"
_GUARDIAN = f"(select w.guardian from guardianships w where w.learner = {_LEARNER} order by w.guardian limit 1)"
_MOVED = """
update enrolments set student_id = 'moved' || $2 where institution = $1 and student_id = $2
    and not exists (select 1 from enrolments where institution = $1 and student_id = 'moved' || $2)
"""
_STAFF = (
    f"update learners set given_name = 'Corrected' where id = {_LEARNER}",
    f"update learners set email = 'g3@example.org', email_key = 'g3@example.org' where id = {_LEARNER}",
    f"update guardians set phone = '+48601999999' where id = {_GUARDIAN}",
    f"update guardians set name = null where id = {_GUARDIAN}",
    "update enrolments set class_name = '9z' where institution = $1 and student_id = $2",
    _MOVED,
    "update enrolments set ends_on = date '2001-01-01' where institution = $1 and student_id = $2",
    "update enrolments set missing_since = now() where institution = $1 and student_id = $2",
    f"update guardianships set ended_at = now() where learner = {_LEARNER}",
    f"update guardianships set eligible = 'ask', authority = 'none' where learner = {_LEARNER}",
    f"delete from guardianships where learner = {_LEARNER}",
)  # fmt: skip


class Roster:
    """A made-up list that changes like one."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.rows = [self.row(n) for n in range(24)]

    def row(self, number: int) -> list[str]:
        family = number // 2 if number % 4 < 2 else number
        return [
            f"s{number}", NAMES[number % 6], f"Fam{family}", f"2014-0{1 + number % 9}-1{number % 9}",
            f"{number % 3}a", f"Maria Fam{family}", f"g{family}@example.org", f"+4860100{family:04}", "mother", "",
        ]  # fmt: skip

    def change(self) -> None:
        chance, rows = self.chance, self.rows
        for _ in range(chance.randint(0, 4)):
            row = chance.choice(rows)
            match chance.randrange(13):
                case 0:
                    row[7] = f"+4860200{chance.randrange(9999):04}"
                case 1:
                    row[4] = "7c"
                case 2:
                    row[5] = chance.choice(["Maria Other", "Jan Kowal", "", "FAM Maria", row[5]])
                case 3:
                    row[6] = chance.choice(rows)[6]
                case 4:
                    rows.remove(row)
                case 5:
                    rows.append([f"new{chance.randrange(99)}", "Gus", "New", "2015-05-05", "1a", *row[5:]])
                case 6:
                    rows.append(list(row))
                case 7:
                    row[0] = chance.choice([f"x{row[0]}", chance.choice(rows)[0], "", "0012"])
                case 8:
                    row[3] = chance.choice(["2014-02-30", "", "2013-03-03", "1970-01-01"])
                case 9:
                    row[9] = chance.choice(
                        ["", f"{row[0]}@kids.example.org", chance.choice(rows)[6] if chance.random() < 0.2 else ""]
                    )
                case 10:
                    row[8] = chance.choice(["father", "aunt", "", "Self"])
                case 11:
                    row[6] = ""
                case 12:
                    rows[:] = (
                        sorted(rows, key=lambda _: chance.random()) if chance.random() < 0.5 else [self.row(1), *rows]
                    )

    def text(self) -> str:
        return HEADER + "".join(",".join(row) + "\n" for row in self.rows)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Remembered, "whole", 0)


async def told(ctx: Context, school: UUID, plan: Any) -> tuple[object, ...]:
    rows = sorted((row.row or 0, row.state, row.codes) for row in plan.rows if row.state != "unchanged" or row.codes)
    flags = await asked(ctx, "select kind from flags where institution = $1 order by kind", school)
    return plan.state, plan.counts, plan.effect, rows, plan.findings, [row["kind"] for row in flags]


@pytest.mark.parametrize("turn", range(12))
async def test_random_changes_give_the_same_plan_and_the_same_people(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    chance = random.Random(turn)
    remembering, forgetting = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    roster = Roster(chance)
    for step in range(6):
        mode, missing = chance.choice(["snapshot", "snapshot", "additions"]), chance.random() < 0.5
        outcomes = []
        for school, any_kept in ((remembering, ANY), (forgetting, "select false where $1::uuid is null")):
            monkeypatch.setattr(remembered, "_ANY", any_kept)
            plan = await brought(
                ctx, tmp_path, school, roster.text(), mode=mode, commit=step != 3, confirm_missing=missing
            )
            people = [tuple(row) for row in await asked(ctx, _DUMP, school)]
            outcomes.append((await told(ctx, school, plan), people))
        assert outcomes[0] == outcomes[1], f"turn {turn}, step {step}"
        roster.change()
        if chance.random() < 0.6:
            sql, number = chance.choice(_STAFF), chance.choice(roster.rows)[0]
            for school in (remembering, forgetting):
                await asked(ctx, sql, school, number)


async def test_the_same_file_again_opens_few_rows(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = await seed.institution(ctx)
    text = Roster(random.Random(0)).text()
    await brought(ctx, tmp_path, school, text)
    assert await marked(ctx, school) == 23  # the row below the header is always opened
    opened: list[int] = []
    student = Shortcut.student

    def noted(self: Shortcut, item: Quick, twins: Twins) -> StudentRecord | None:
        opened.append(item.row)
        return student(self, item, twins)

    monkeypatch.setattr(Shortcut, "student", noted)
    again = await brought(ctx, tmp_path, school, text, mode="snapshot")
    assert again.counts.unchanged == 24
    assert opened == [3]  # the sibling of the first
    assert await marked(ctx, school) == 23


async def marked(ctx: Context, school: UUID) -> int:
    rows = await asked(ctx, "select count(mark) as n from enrolments where institution = $1", school)
    return int(rows[0]["n"])


@pytest.mark.parametrize("sql", _STAFF[:6] + _STAFF[8:])
async def test_what_a_person_changes_takes_the_mark_away(ctx: Context, tmp_path: Path, sql: str) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, Roster(random.Random(0)).text())
    await asked(ctx, sql, school, "s2")
    assert await marked(ctx, school) < 23


async def test_a_mark_goes_although_the_other_school_is_not_seen(ctx: Context, tmp_path: Path) -> None:
    school, other = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    await brought(ctx, tmp_path, school, Roster(random.Random(0)).text())
    [row] = await asked(ctx, f"select {_LEARNER} as learner", school, "s2")
    await asked(
        ctx,
        "insert into enrolments (id, learner, institution, begins_on, created_at) values ($1, $2, $3, now(), now())",
        ctx.new_id(), row["learner"], other,
    )  # fmt: skip
    actor = seed.staff_actor(await seed.staff(ctx, other), other)
    async with ctx.transaction(actor) as tx:
        assert await tx.execute("update learners set given_name = 'Ida' where id = $1", row["learner"]) == 1
        assert await tx.fetchval("select current_setting('app.scope')") == actor.scope
    assert await marked(ctx, school) == 22


async def test_a_change_made_while_a_roster_is_compared_leaves_no_mark(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = await seed.institution(ctx)
    text = Roster(random.Random(0)).text()
    await brought(ctx, tmp_path, school, text)
    await asked(ctx, "update enrolments set mark = null where institution = $1", school)
    merged = merge.merge

    async def slowly(tx: Tx, *arguments: Any, **more: Any) -> None:
        async with ctx.engine.connections.acquire() as other, other.transaction():
            await other.execute("select set_config('app.scope', 'operator', true)")
            await other.execute(f"update learners set given_name = 'Ida' where id = {_LEARNER}", school, "s2")
        await merged(tx, *arguments, **more)

    monkeypatch.setattr(merge, "merge", slowly)
    await brought(ctx, tmp_path, school, text)
    rows = await asked(ctx, "select student_id from enrolments where institution = $1 and mark is null", school)
    assert sorted(row["student_id"] for row in rows) == ["s0", "s2"]
    monkeypatch.undo()
    assert (await brought(ctx, tmp_path, school, text)).counts.unchanged == 23
