"""Who a roster's guardians are, with what authority, and what a later roster may change of them."""

from pathlib import Path

from guardian.context import Context
from tests import seed
from tests.integration.roster.school import asked, brought, counted, guardians, states

HEADER = "student_id,first_name,last_name,dob,guardian_name,guardian_email,guardian_phone,guardian_relationship\n"


def row(number: int, given: str, guardian: str) -> str:
    return f"{number},{given},Kowal,2014-01-1{number % 10},{guardian}\n"


async def test_siblings_share_one_guardian(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = (
        HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother") + row(2, "Ben", "KOWAL Maria,M@example.org,,mother")
    )
    await brought(ctx, tmp_path, school, text)
    assert await guardians(ctx, school) == [("Maria Kowal", "m@example.org", None, "Ada Ben")]


async def test_a_sibling_who_comes_later_finds_the_known_guardian(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother"))
    plan = await brought(ctx, tmp_path, school, HEADER + row(2, "Ben", "Kowal María,m@example.org,,mother"))
    assert states(plan) == {2: ("new", [])}
    assert await guardians(ctx, school) == [("Maria Kowal", "m@example.org", None, "Ada Ben")]


async def test_one_address_under_two_names_is_two_people_to_look_at(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother"))
    plan = await brought(ctx, tmp_path, school, HEADER + row(2, "Ben", "Jan Kowal,m@example.org,,father"))
    assert states(plan) == {2: ("new", ["SHARED_EMAIL"])}
    assert [name for name, *_ in await guardians(ctx, school)] == ["Jan Kowal", "Maria Kowal"]


async def test_a_name_alone_never_joins_two_people(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = HEADER + row(1, "Ada", "Maria Kowal,,+48 22 111 11 11,mother")
    text += row(2, "Ben", "Maria Kowal,,+48 22 222 22 22,mother")
    await brought(ctx, tmp_path, school, text)
    assert [of for *_, of in await guardians(ctx, school)] == ["Ada", "Ben"]
    assert counted(await brought(ctx, tmp_path, school, text)) == {"unchanged": 2}


async def test_another_school_s_guardian_is_not_shared(ctx: Context, tmp_path: Path) -> None:
    first, second = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    text = HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother")
    await brought(ctx, tmp_path, first, text)
    await brought(ctx, tmp_path, second, text)
    assert len(await guardians(ctx, first)) == len(await guardians(ctx, second)) == 1


async def test_eligibility_becomes_authority(ctx: Context, tmp_path: Path) -> None:
    """Only `full` counts for a yes or a no: a step-parent is known, an uncle is a contact."""
    school = await seed.institution(ctx)
    text = HEADER + row(1, "Ada", "M,m@example.org,,mother") + row(2, "Ben", "S,s@example.org,,step-father")
    text += row(3, "Cid", "U,u@example.org,,uncle")
    await brought(ctx, tmp_path, school, text)
    rows = await asked(
        ctx, "select eligible, authority from guardianships k join learners l on l.id = k.learner order by given_name"
    )
    assert [tuple(found) for found in rows] == [("yes", "full"), ("ask", "limited"), ("no", "none")]


async def test_a_person_s_decision_about_authority_stays(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = HEADER + row(1, "Ada", "U,u@example.org,,uncle")
    await brought(ctx, tmp_path, school, text)
    await asked(ctx, "update guardianships set authority = 'full'")
    assert counted(await brought(ctx, tmp_path, school, text)) == {"unchanged": 1}
    assert [tuple(found) for found in await asked(ctx, "select authority from guardianships")] == [("full",)]


async def test_a_new_word_about_eligibility_is_followed(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "P,p@example.org,,mother"))
    plan = await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "P,p@example.org,,aunt"))
    assert states(plan)[2][0] == "changed"
    rows = await asked(ctx, "select eligible, authority, relationship from guardianships")
    assert [tuple(found)[:2] for found in rows] == [("no", "none")]


async def test_an_ended_relation_is_not_revived(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = HEADER + row(1, "Ada", "P,p@example.org,,mother")
    await brought(ctx, tmp_path, school, text)
    await asked(ctx, "update guardianships set ended_at = now()")
    assert counted(await brought(ctx, tmp_path, school, text)) == {"unchanged": 1}
    assert len(await asked(ctx, "select 1 from guardianships where ended_at is not null")) == 1


async def test_a_file_without_guardians_keeps_them(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother"))
    plan = await brought(
        ctx, tmp_path, school, "student_id,first_name,last_name,dob\n1,Ada,Kowal,2014-01-11\n", mode="snapshot"
    )
    assert counted(plan) == {"unchanged": 1}
    assert await guardians(ctx, school) == [("Maria Kowal", "m@example.org", None, "Ada")]


async def test_an_address_that_the_school_learns_later_joins_the_person(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,,+48 22 111 11 11,mother"))
    plan = await brought(
        ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,m@example.org,+48 22 111 11 11,mother")
    )
    assert states(plan)[2][0] == "changed"
    assert [found[:2] for found in await guardians(ctx, school)] == [("Maria Kowal", "m@example.org")]


async def test_another_guardian_is_added_and_said(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Maria Kowal,m@example.org,,mother"))
    plan = await brought(ctx, tmp_path, school, HEADER + row(1, "Ada", "Jan Kowal,j@example.org,,father"))
    assert states(plan) == {2: ("changed", ["GUARDIAN_ADDED"])}
    assert plan.effect.asked_again == 1
    assert [name for name, *_ in await guardians(ctx, school)] == ["Jan Kowal", "Maria Kowal"]


async def test_a_stored_learner_s_own_address_is_no_guardian_s(ctx: Context, tmp_path: Path) -> None:
    """LAW requirement 31."""
    school = await seed.institution(ctx)
    await seed.learner(ctx, school, email="Ada@pupils.example.org", email_key="ada@pupils.example.org")
    plan = await brought(ctx, tmp_path, school, HEADER + row(2, "Ben", "Big Sister,ada@pupils.example.org,,mother"))
    assert "EMAIL_IS_STUDENT" in states(plan)[2][1]
    assert await guardians(ctx, school) == []


async def test_two_telephone_numbers_do_not_take_turns(ctx: Context, tmp_path: Path) -> None:
    school = await seed.institution(ctx)
    text = HEADER + row(1, "Ada", "Maria Kowal,m@example.org,+48 22 111 11 11,mother")
    text += row(2, "Ben", "Maria Kowal,m@example.org,+48 22 222 22 22,mother")
    await brought(ctx, tmp_path, school, text)
    assert counted(await brought(ctx, tmp_path, school, text)) == {"unchanged": 2}


async def test_one_address_over_many_learners_is_flagged_once(ctx: Context, tmp_path: Path) -> None:
    """LAW requirement 32."""
    school = await seed.institution(ctx)
    text = HEADER + "".join(
        f"{n},Kid{n},Kowal,2014-01-{n:02},Maria Kowal,m@example.org,,mother\n" for n in range(10, 22)
    )
    await brought(ctx, tmp_path, school, text)
    await brought(ctx, tmp_path, school, text)
    assert [found["kind"] for found in await asked(ctx, "select kind from flags")] == ["shared_address"]
