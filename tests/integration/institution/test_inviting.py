"""The operator invites a school with its first administrator."""

from typing import Any

import pytest

from guardian.context import Context
from guardian.errors import NotAllowed, NotFound, Refused
from guardian.events import SYSTEM, Actor
from guardian.institution import service
from tests import seed

SCHOOL: dict[str, Any] = {
    "name": "  Szkoła   Podstawowa nr 5 ", "jurisdiction": "pl", "timezone": "Europe/Warsaw", "language": "pl",
    "contact_email": "office@maple.example.org", "legal_model": "guardian_consent",
    "staff_email": "bob@maple.example.org", "staff_name": "Bob Staff", "verified_domains": ["@Maple.example.org"],
    "pupil_domains": ["pupils.example.org"],
}  # fmt: skip


async def _operator(ctx: Context) -> Actor:
    return seed.staff_actor(await seed.staff(ctx, None, "olga@operator.example.org"), None)


async def test_an_invited_school_has_an_administrator_and_a_letter_waits(ctx: Context) -> None:
    olga = await _operator(ctx)
    made = await service.invite(ctx, olga, **SCHOOL)
    school = await service.get(ctx, olga, made)
    assert (school.name, school.jurisdiction, school.state) == ("Szkoła Podstawowa nr 5", "PL", "invited")
    assert (school.verified_domains, school.pupil_domains) == (("maple.example.org",), ("pupils.example.org",))
    async with ctx.transaction(SYSTEM) as tx:
        bob = await tx.fetchrow("select * from staff where institution = $1", made)
        letters = await tx.fetch("select letter, recipient, institution, state from mail_messages")
        entries = await tx.fetch("select action, actor, subject, payload from audit")
    assert bob is not None
    assert (bob["role"], bob["email"], bob["language"]) == ("institution_admin", "bob@maple.example.org", "pl")
    assert [tuple(row) for row in letters] == [("staff_invitation", bob["id"], made, "queued")]
    assert [(row["action"], row["actor"], row["subject"]) for row in entries] == [
        ("institution.invited", olga.id, made)
    ]
    assert "example.org" not in entries[0]["payload"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": " "}, "name"),
        ({"jurisdiction": "??"}, "jurisdiction"),
        ({"timezone": "EST"}, "timezone"),
        ({"language": "tlh"}, "language"),
        ({"contact_email": "office"}, "contact_email"),
        ({"legal_model": "school_agent"}, "legal_model"),
        ({"legal_model": "controller_instruction", "jurisdiction": "US-CA"}, "legal_model"),
        ({"staff_email": "kid@pupils.example.org"}, "staff_email"),
        ({"staff_name": ""}, "name"),
        ({"verified_domains": ["pupils.example.org"]}, "verified_domains"),
        ({"pupil_domains": ["not a domain"]}, "pupil_domains"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(ctx: Context, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused) as refused:
        await service.invite(ctx, SYSTEM, **{**SCHOOL, **change})
    assert refused.value.where == where
    async with ctx.transaction(SYSTEM) as tx:
        for table in ("institutions", "staff", "mail_messages", "audit"):
            assert await tx.fetchval(f"select count(*) from {table}") == 0


async def test_only_the_operators_administrators_invite(ctx: Context) -> None:
    school = await seed.institution(ctx)
    bob = await seed.staff(ctx, school)
    officer = await seed.staff(ctx, None, "pia@operator.example.org", role="privacy_officer")
    for actor in (
        seed.staff_actor(bob, school), seed.staff_actor(officer, None, "privacy_officer"), Actor(kind="anyone"),
        Actor(kind="guardian", id=bob),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await service.invite(ctx, actor, **SCHOOL)


async def test_charlie_finds_only_his_own_school(ctx: Context) -> None:
    ours, theirs = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    charlie = seed.staff_actor(await seed.staff(ctx, theirs, "charlie@oak.example.org"), theirs)
    with pytest.raises(NotFound):
        await service.get(ctx, charlie, ours)
    assert [school.id for school in await service.page(ctx, charlie)] == [theirs]


async def test_the_operator_pages_through_all_by_name(ctx: Context) -> None:
    made = [await seed.institution(ctx, name) for name in ("C", "A", "B", "A")]
    olga = await _operator(ctx)
    first = await service.page(ctx, olga, limit=2)
    rest = await service.page(ctx, olga, after=(first[-1].name, first[-1].id), limit=2)
    assert [school.name for school in first + rest] == ["A", "A", "B", "C"]
    assert {school.id for school in first + rest} == set(made)


async def test_the_operator_changes_domains_and_a_school_cannot(ctx: Context) -> None:
    school = await seed.institution(ctx)
    olga = await _operator(ctx)
    bob = seed.staff_actor(await seed.staff(ctx, school), school)
    change = {"contact_email": "new@maple.example.org", "verified_domains": ["m.example.com"], "pupil_domains": []}
    with pytest.raises(NotAllowed):
        await service.change(ctx, bob, school, **change)  # type: ignore[arg-type]
    await service.change(ctx, olga, school, **change)  # type: ignore[arg-type]
    assert (await service.get(ctx, bob, school)).verified_domains == ("m.example.com",)
    with pytest.raises(NotFound):
        await service.change(ctx, olga, ctx.new_id(), **change)  # type: ignore[arg-type]
