"""The operator at work: from a flag to a certificate, from an invitation to an authorisation in force."""

import json
import re
from datetime import timedelta

import httpx

from guardian.context import Context
from guardian.events import SYSTEM
from guardian.i18n import say_day
from guardian.purge import execution, sweeps
from guardian.purge.execution import RunPurge
from tests.conftest import FixedClock
from tests.integration.console import desk
from tests.integration.console.desk import World, at
from tests.integration.staff.browser import form


async def press(client: httpx.AsyncClient, page: str, action: str, **more: str) -> httpx.Response:
    fields = form(await client.get(page, follow_redirects=True), action)
    return await client.post(action, data={**fields, **more})


async def flagged(ctx: Context, clock: FixedClock) -> World:
    """Leon has no guardian, and the sweep has flagged him."""
    world = await desk.build(ctx)
    clock.advance(days=20)
    await sweeps.check_learners(ctx)
    return world


async def test_from_a_flag_to_a_certificate(ctx: Context, clock: FixedClock) -> None:
    world = await flagged(ctx, clock)
    async with at(ctx, world.olga) as olga:
        overview = (await olga.get("/admin")).text
        assert "No guardian to ask" in overview
        assert "No sweep has ever run" in overview
        queue = (await olga.get("/admin/flags?kind=no_guardian")).text
        flag = re.search(r'href="(/admin/flags/[0-9a-f-]{36})"', queue)
        assert flag
        story = await olga.get(flag[1], follow_redirects=True)
        assert story.url.path == f"/admin/learners/{world.leon}"
        assert "No guardian who may decide for the learner is known." in story.text
        confirm = await olga.get(f"/admin/learners/{world.leon}/purge")
        assert "Erase everything about Leon Żółć?" in confirm.text
        assert await desk.one(ctx, "select count(*) from purges where state = 'cooling_off'") == 0
        done = await press(olga, f"/admin/learners/{world.leon}/purge", f"/admin/learners/{world.leon}/purge")
        assert done.headers["location"] == f"/admin/learners/{world.leon}?done=approved"
        again = await olga.post(
            f"/admin/learners/{world.leon}/purge", data=form(confirm, f"/admin/learners/{world.leon}/purge")
        )
        assert again.status_code == 409
    clock.advance(hours=25)  # longer than a browser stays signed in
    async with at(ctx, world.olga) as olga:
        purge = await desk.one(ctx, "select id from purges where learner = $1", world.leon)
        assert (await olga.get(f"/admin/purges/{purge}/certificate")).status_code == 404
        await execution.run(ctx, RunPurge(purge))
        page = (await olga.get(f"/admin/purges/{purge}/certificate")).text
        assert "Certificate of erasure" in page
        assert "Olga Officer" in page
        assert "Żółć" not in page
        document = (await olga.get(f"/admin/purges/{purge}/certificate.json")).json()
        assert document["learner"] == str(world.leon)
        assert "Erased learner" in (await olga.get(f"/admin/learners/{world.leon}")).text
        assert "Purge done; certificate made" in (await olga.get("/admin/audit")).text


async def test_an_approval_is_taken_back(ctx: Context, clock: FixedClock) -> None:
    world = await flagged(ctx, clock)
    where = f"/admin/learners/{world.leon}"
    async with at(ctx, world.olga) as olga:
        await press(olga, f"{where}/purge", f"{where}/purge")
        purge = await desk.one(ctx, "select id from purges where learner = $1 and state = 'cooling_off'", world.leon)
        fields = form(await olga.get(where), f"/admin/purges/{purge}/rescind")
        assert (await olga.post(f"/admin/purges/{purge}/rescind", data=fields)).headers[
            "location"
        ] == f"{where}?done=rescinded"
        assert (await olga.post(f"/admin/purges/{purge}/rescind", data=fields)).status_code == 409
    assert await desk.one(ctx, "select state from purges where id = $1", purge) == "rescinded"


async def test_a_hold_needs_a_reason_and_stops_the_purge(ctx: Context, clock: FixedClock) -> None:
    world = await flagged(ctx, clock)
    where = f"/admin/learners/{world.leon}"
    async with at(ctx, world.olga) as olga:
        lacking = await press(olga, f"{where}/hold", f"{where}/hold", reason="", authority="")
        assert lacking.status_code == 422
        assert "A hold needs a reason" in lacking.text
        nonsense = await press(olga, f"{where}/hold", f"{where}/hold", reason="r", authority="a", review_on="x")
        assert "This is no day." in nonsense.text
        done = await press(olga, f"{where}/hold", f"{where}/hold", reason="A court asks.", authority="II K 12/26")
        assert done.headers["location"] == f"{where}?done=held"
        page = (await olga.get(where)).text
        assert "A court asks." in page
        assert f"{where}/purge" not in page
        assert (await press(olga, where, f"{where}/release")).headers["location"] == f"{where}?done=released"
    assert await desk.one(ctx, "select count(*) from holds where released_at is null") == 0


async def test_a_flag_is_taken_on_and_resolved(ctx: Context, clock: FixedClock) -> None:
    world = await flagged(ctx, clock)
    flag = await desk.one(ctx, "select id from flags where learner = $1", world.leon)
    async with at(ctx, world.olga) as olga, at(ctx, world.rita) as rita:
        assert (await press(olga, f"/admin/flags/{flag}", f"/admin/flags/{flag}/take")).status_code == 303
        assert await desk.one(ctx, "select state from flags where id = $1", flag) == "in_review"
        fields = form(await olga.get(f"/admin/learners/{world.leon}"), f"/admin/flags/{flag}/resolve")
        other = form(await rita.get("/admin/flags"), "/sign-out")
        assert (
            await rita.post(f"/admin/flags/{flag}/resolve", data={**other, "outcome": "dismissed"})
        ).status_code == 403
        assert (
            await olga.post(f"/admin/flags/{flag}/resolve", data={**fields, "outcome": "nonsense"})
        ).status_code == 409
        assert (
            await olga.post(f"/admin/flags/{flag}/resolve", data={**fields, "outcome": "dismissed"})
        ).status_code == 303
        assert (
            await olga.post(f"/admin/flags/{flag}/resolve", data={**fields, "outcome": "dismissed"})
        ).status_code == 409
    assert await desk.one(ctx, "select outcome from flags where id = $1", flag) == "dismissed"


async def test_a_flag_about_a_school_has_a_page_of_its_own(ctx: Context) -> None:
    world = await desk.build(ctx)
    flag = ctx.new_id()
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into flags (id, kind, institution, state, severity, since) values ($1, 'mass_removal', $2, 'open', "
            "'high', $3)",
            flag, world.school, tx.now,
        )  # fmt: skip
    async with at(ctx, world.olga) as olga:
        assert "A roster would remove many learners at once." in (await olga.get(f"/admin/flags/{flag}")).text


async def test_from_an_invitation_to_an_authorisation_in_force(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga:
        where = "/admin/institutions/invite"
        fields = form(await olga.get(where), where)
        given = {
            **fields, "name": "Lycée Neuf", "jurisdiction": "FR", "timezone": "Europe/Paris", "language": "fr",
            "legal_model": "guardian_consent", "contact_email": "bureau@neuf.example.org", "staff_name": "Léa Bureau",
            "staff_email": "lea@neuf.example.org", "verified_domains": "neuf.example.org",
        }  # fmt: skip
        refused = await olga.post(where, data={**given, "jurisdiction": "Atlantis"})
        assert refused.status_code == 422
        assert "This country is not known." in refused.text
        assert 'value="Lycée Neuf"' in refused.text
        answer = await olga.post(where, data=given)
        assert answer.status_code == 303
        page = await olga.get(answer.headers["location"])
        assert "Léa Bureau" in page.text
    school = await desk.one(ctx, "select id from institutions where name = 'Lycée Neuf'")
    lea = await desk.one(ctx, "select id from staff where institution = $1", school)
    async with at(ctx, lea) as desk_of_lea:
        new = "/school/authorisations/new"
        asked = await press(
            desk_of_lea, new, new, **{"signatory_email": "head@neuf.example.org", "purposes-lessons": "yes"}
        )
        assert asked.status_code == 303
    made = await desk.one(ctx, "select id from authorisations where institution = $1", school)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "update authorisations set state = 'awaiting_verification', signed_at = $2, "
            "signatory_name = 'Hélène Tête', signatory_title = 'Proviseure', scopes = $3, notice = $4, "
            "notice_sha256 = $5 where id = $1",
            made, tx.now, ["use_services", "collect_information"], world.notice, "0" * 64,
        )  # fmt: skip
    async with at(ctx, world.olga) as olga:
        assert "Hélène Tête" in (await olga.get("/admin")).text
        assert "At a verified domain" in (await olga.get(f"/admin/institutions/{school}")).text
        verify = f"/admin/authorisations/{made}/verify"
        confirm = await olga.get(verify)
        assert await desk.one(ctx, "select state from authorisations where id = $1", made) == "awaiting_verification"
        assert (await olga.post(verify, data=form(confirm, verify))).headers["location"].endswith("done=verify")
        assert (await olga.post(verify, data=form(confirm, verify))).status_code == 409
        suspend = f"/admin/authorisations/{made}/suspend"
        wordless = await press(olga, suspend, suspend)
        assert wordless.status_code == 422
        assert "Write why." in wordless.text
        assert (await press(olga, suspend, suspend, reason="The head left.")).status_code == 303
        assert (await olga.get(f"/admin/authorisations/{made}/nonsense")).status_code == 404
    assert await desk.one(ctx, "select state from authorisations where id = $1", made) == "suspended"


async def test_a_key_is_shown_once_and_a_reload_makes_no_second_one(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga:
        fields = {**form(await olga.get("/admin/clients"), "/admin/clients"), "name": "Lessons", "scopes-decide": "yes"}
        made = await olga.post("/admin/clients", data=fields)
        key = re.search(r"gk_[\w-]{40,}", made.text)
        assert key
        again = await olga.post("/admin/clients", data=fields)
        assert again.status_code == 409
        assert "There is a key of this name already." in again.text
        assert key[0] not in (await olga.get("/admin/clients")).text
        client = await desk.one(ctx, "select id from api_clients")
        end = f"/admin/clients/{client}/revoke"
        assert (await press(olga, end, end)).status_code == 303
        assert (await olga.get(end)).status_code == 404
    assert await desk.one(ctx, "select revoked_at is not null from api_clients")


async def test_the_history_says_whether_its_chain_holds(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga:
        page = (await olga.get("/admin/audit")).text
        assert "The chain holds" in page
        assert "Guardians asked" in page


async def test_the_sweep_is_called_late_after_two_days(ctx: Context, clock: FixedClock) -> None:
    world = await desk.build(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute(
            "insert into sweeps (id, at, finished_at, counts) values ($1, $2, $2, $3)",
            ctx.new_id(), tx.now, json.dumps({"learners": 3}),
        )  # fmt: skip
    async with at(ctx, world.olga) as olga:
        assert "The sweep does not run" not in (await olga.get("/admin")).text
    clock.advance(hours=timedelta(days=2, hours=1).total_seconds() / 3600)
    async with at(ctx, world.olga) as olga:
        assert "The sweep does not run" in (await olga.get("/admin")).text


async def test_purposes_stand_under_their_titles_and_the_last_day_is_the_last(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.olga) as olga:
        page = (await olga.get(f"/admin/institutions/{world.school}")).text
    assert "Lessons, Recordings" in page
    assert "lessons, recordings" not in page
    ends = await desk.one(ctx, "select valid_until - interval '1 second' from authorisations where id = $1",
                          world.authorisation)  # fmt: skip
    day = say_day("en", ends, "Europe/Warsaw")
    assert day in page
    async with at(ctx, world.bob) as bob:
        assert f"Its last day is {day}." in (await bob.get("/school")).text
