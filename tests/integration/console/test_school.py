"""A school at work: learners with their next step, a corrected address, a letter sent again, a signature asked."""

import re
from typing import Any

from guardian.context import Context
from guardian.db.engine import SafeEngine
from guardian.events import SYSTEM
from guardian.mail import outbox, suppression
from tests import seed
from tests.integration.console import desk
from tests.integration.console.desk import at
from tests.integration.staff.browser import form


async def test_each_learner_stands_with_a_state_and_the_next_step(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        page = (await bob.get("/school/learners")).text
        assert "The guardian answers with the link in the message" in page
        assert "The institution names a guardian with full authority." in page
        waiting = (await bob.get("/school/learners?state=waiting")).text
        assert "Anna" in waiting
        assert "Leon" not in waiting
        assert "Leon" in (await bob.get("/school/learners?state=blocked")).text


async def test_names_are_searched_by_a_form_so_that_none_stands_in_an_address(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        fields = form(await bob.get("/school/learners"), "/school/learners")
        page = await bob.post("/school/learners", data={**fields, "search": "żółć"})
        assert page.status_code == 200
        assert "Leon" in page.text
        assert "Anna" not in page.text


async def test_the_list_goes_on_where_it_ended_and_names_nobody_twice(ctx: Context) -> None:
    world = await desk.build(ctx)
    for number in range(60):
        await seed.learner(ctx, world.school, f"Many{number:02}", family_name="Nowak")
    async with at(ctx, world.bob) as bob:
        first = (await bob.get("/school/learners")).text
        following = re.search(r'href="(/school/learners\?after=[^"]+)"', first)
        assert following
        second = (await bob.get(following[1])).text
        names = re.findall(r"Many\d\d", first), re.findall(r"Many\d\d", second)
        assert sorted({*names[0], *names[1]}) == [f"Many{number:02}" for number in range(60)]
        assert not set(names[0]) & set(names[1])
        filtered = (await bob.get("/school/learners?state=blocked")).text
        assert len(set(re.findall(r"Many\d\d", filtered))) >= 49


async def test_a_longer_page_takes_no_more_statements(ctx: Context) -> None:
    world = await desk.build(ctx)
    few = await _statements(ctx, world, "/school/learners")
    for number in range(45):
        await seed.learner(ctx, world.school, f"Many{number:02}")
    assert await _statements(ctx, world, "/school/learners") == few
    assert few < 30


async def _statements(ctx: Context, world: desk.World, path: str) -> int:
    engine: SafeEngine = ctx.engine
    async with at(ctx, world.bob) as bob:
        await bob.get(path)  # a first request may note that the browser was used
        count = 0
        async with engine.connections.acquire() as connection:
            kind = type(connection._con)

        def wrapped(original: Any) -> Any:
            async def counted(*args: Any, **kwargs: Any) -> Any:
                nonlocal count
                count += 1
                return await original(*args, **kwargs)

            return counted

        originals = {name: getattr(kind, name) for name in ("fetch", "fetchrow", "fetchval", "execute")}
        for name, original in originals.items():
            setattr(kind, name, wrapped(original))
        try:
            assert (await bob.get(path)).status_code == 200
        finally:
            for name, original in originals.items():
                setattr(kind, name, original)
        return count


async def test_a_corrected_address_is_kept_and_the_old_links_are_told_to_close(ctx: Context) -> None:
    world = await desk.build(ctx)
    where = f"/school/learners/{world.anna}/guardians/{world.alice}"
    async with at(ctx, world.bob) as bob:
        fields = form(await bob.get(where), where)
        assert fields["email"] == "alice@example.org"
        answer = await bob.post(where, data={**fields, "email": "alice.new@example.org"})
        assert answer.headers["location"] == f"/school/learners/{world.anna}?done=moved"
        assert "alice.new@example.org" in (await bob.get(answer.headers["location"])).text
    assert await desk.one(ctx, "select email from guardians where id = $1", world.alice) == "alice.new@example.org"
    assert await desk.one(ctx, "select count(*) from pgqueuer where entrypoint = 'consent.address_corrected'") == 1
    assert (
        await desk.one(ctx, "select payload->>'address_changed' from audit where action = 'guardian.corrected'")
        == "true"
    )


async def test_a_wrong_address_comes_back_with_a_sentence_and_all_that_was_typed(ctx: Context) -> None:
    world = await desk.build(ctx)
    where = f"/school/learners/{world.anna}/guardians/{world.alice}"
    async with at(ctx, world.bob) as bob:
        fields = form(await bob.get(where), where)
        for wrong, sentence in (
            ("no address", "This is not a whole e-mail address."),
            ("kid@pupils.example.org", "keeps for pupils"),
        ):
            answer = await bob.post(where, data={**fields, "name": "Alicja K.", "email": wrong})
            assert answer.status_code == 422
            assert sentence in answer.text
            assert 'value="Alicja K."' in answer.text
    assert await desk.one(ctx, "select email from guardians where id = $1", world.alice) == "alice@example.org"


async def test_charlie_corrects_nobody_at_bobs_school(ctx: Context) -> None:
    world = await desk.build(ctx)
    where = f"/school/learners/{world.anna}/guardians/{world.alice}"
    async with at(ctx, world.charlie) as charlie:
        fields = form(await charlie.get("/school/learners"), "/school/learners")
        for path in (where, f"{where}/resend"):
            answer = await charlie.post(path, data={**fields, "name": "X", "email": "x@example.org"})
            assert answer.status_code == 404
    assert await desk.one(ctx, "select email from guardians where id = $1", world.alice) == "alice@example.org"


async def test_a_letter_is_sent_again_and_a_refusal_says_why(ctx: Context) -> None:
    world = await desk.build(ctx)
    where = f"/school/learners/{world.anna}"
    async with at(ctx, world.bob) as bob:
        fields = form(await bob.get(where), f"{where}/guardians/{world.alice}/resend")
        answer = await bob.post(f"{where}/guardians/{world.alice}/resend", data=fields)
        assert answer.headers["location"] == f"{where}?done=resent"
        async with ctx.transaction(SYSTEM) as tx:
            await tx.execute("update guardians set email = null, email_key = null where id = $1", world.alice)
        refused = await bob.post(f"{where}/guardians/{world.alice}/resend", data=fields)
        assert refused.status_code == 409
        assert "there is no usable address" in refused.text
    assert await desk.one(ctx, "select count(*) from mail_messages where letter = 'consent_request'") == 2


async def test_a_signature_is_asked_and_what_is_wrong_is_said(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update authorisations set state = 'revoked'")
    async with at(ctx, world.bob) as bob:
        assert "Ask for the signature" in (await bob.get("/school")).text
        fields = form(await bob.get("/school/authorisations/new"), "/school/authorisations/new")
        assert fields["valid_until"] == "2027-08-31"
        assert not [name for name in fields if name.startswith("purposes")]
        given = {**fields, "signatory_email": "head@maple.example.org"}
        refused = await bob.post("/school/authorisations/new", data=given)
        assert refused.status_code == 422
        assert "Without the purpose Lessons there are no lessons. Add it." in refused.text
        assert 'value="head@maple.example.org"' in refused.text
        nonsense = await bob.post("/school/authorisations/new", data={**given, "valid_until": "soon"})
        assert "This is no day." in nonsense.text
        answer = await bob.post("/school/authorisations/new", data={**given, "purposes-lessons": "yes"})
        assert answer.headers["location"] == "/school/authorisations?done=asked"
        assert "Waits for the signature" in (await bob.get("/school/authorisations")).text
    assert await desk.one(ctx, "select count(*) from mail_messages where letter = 'authorisation_request'") == 1


async def test_the_overview_counts_and_links(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        letters = await outbox.claim(tx, "w", 10)
    assert letters
    async with at(ctx, world.bob) as bob:
        page = (await bob.get("/school")).text
        for link in ("?state=permit", "?state=waiting", "?state=blocked", "?class=4a", "?class=10c"):
            assert f"/school/learners{link}" in page
        assert "In force" in page
        assert "Learners whose guardians were asked" in page


async def test_staff_have_an_address_that_bounced_written_to_again(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update guardians set unreachable_since = $2 where id = $1", world.alice, tx.now)
        await suppression.suppress(ctx, tx, world.school, "ALICE@example.org", "bounced")
    page, action = f"/school/learners/{world.anna}", f"/school/learners/{world.anna}/guardians/{world.alice}/reachable"
    async with at(ctx, world.charlie) as charlie:
        fields = form(await charlie.get("/school/learners"), "/school/learners")
        assert (await charlie.post(action, data=fields)).status_code == 404
    async with at(ctx, world.bob) as bob:
        fields = form(await bob.get(page), action)
        for _ in range(2):  # a second press changes nothing
            assert (await bob.post(action, data=fields)).headers["location"] == f"{page}?done=reachable"
        assert "Letters go to this address again" in (await bob.get(f"{page}?done=reachable")).text
        assert action not in (await bob.get(page)).text
    async with ctx.transaction(SYSTEM) as tx:
        assert not await suppression.suppressed(ctx, tx, {(world.school, "alice@example.org")})
        assert await tx.fetchval("select count(*) from audit where action = 'address.cleared'") == 1
