"""`guardian law` and `guardian notice`: with a file, with a database, with ugly input."""

import json
from pathlib import Path

import pytest

from guardian.access.law_note import note_law
from guardian.access.service import decide_many
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.jurisdiction.extending import law_of
from guardian.jurisdiction.law_in_use import using
from guardian.notice.service import ensure_default
from tests import seed
from tests.integration.commands.test_command_line import NOWHERE, Guardian, call, guardian  # noqa: F401 (a fixture)

STRICTER = """
version = "board"
[[rules]]
code = "PL"
country = "Poland"
age = 16
default_age = 18
rule = "any_one"
models = ["guardian_consent"]
source = "a board"
certainty = "high"
as_of = 2026-09-01
"""


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    path = tmp_path / "board.toml"
    path.write_text(STRICTER, encoding="utf-8")
    return path


async def test_show_tells_the_day_the_rule_and_the_history() -> None:
    said = await call("law", "show", "DK", "--at", "2023-12-31", "--json", GUARDIAN_DATABASE_URL=NOWHERE)
    assert (said.code, said.err) == (0, "")
    assert (said.document["threshold"], said.document["jurisdictions"]) == (13, ["DK"])
    assert [rule["effective_from"] for rule in said.document["history"]["DK"]] == [None, "2024-01-01"]
    assert said.document["in_force"][0]["source"]
    both = await call("law", "show", "fr", "us", "--json")
    assert (both.document["threshold"], both.document["rules"]) == (15, ["any_one", "joint"])
    assert both.document["models"] == ["guardian_consent"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("law", "show", "QQ"), 1),
        (("law", "show", "Poland"), 1),
        (("law", "show", "PL", "--at", "2026-13-01"), 2),
        (("law", "show"), 2),
        (("law", "diff", "shipped"), 2),
        (("law", "diff", "shipped", "nowhere.toml"), 1),
        (("law", "diff", "shipped", "shipped", "--learners"), 3),
        (("notice", "check", "nowhere.json"), 1),
    ],
)
async def test_exit_codes(words: tuple[str, ...], code: int) -> None:
    said = await call(*words, GUARDIAN_DATABASE_URL=NOWHERE)
    assert said.code == code
    assert said.err


async def test_a_law_file_that_protects_less_stops_every_start(tmp_path: Path) -> None:
    path = tmp_path / "weak.toml"
    path.write_text(STRICTER.replace("age = 16", "age = 13").replace("default_age = 18", "default_age = 13"))
    for words in (("law", "list"), ("serve", "--port", "0"), ("sweep",), ("decide", "x")):
        said = await call(*words, GUARDIAN_LAW_FILE=str(path), GUARDIAN_DATABASE_URL=NOWHERE)
        assert said.code == 1, words
        assert "13 is below the 16" in said.err


async def test_diff_names_the_learners_who_would_change(
    ctx: Context, guardian: Guardian, stricter: Path  # noqa: F811
) -> None:  # fmt: skip
    school = await seed.institution(ctx)
    await seed.learner(ctx, school, "Anna")
    of_age = await seed.learner(ctx, school, "Basia", birth_date="2009-01-31")
    await seed.learner(ctx, school, "Chloé", birth_date="2009-01-31", jurisdictions=["FR"])
    said = await guardian("law", "diff", "current", str(stricter), "--at", "2026-09-07", "--json")
    assert (said.code, said.err) == (0, "")
    told = said.document["learners"]
    assert [(one["where"], one["field"]) for one in said.document["rules"]][:2] == [
        ("PL", "default_age"),
        ("PL", "models"),
    ]
    assert (told["judged"], told["changed"], told["blocked"], told["learners"]) == (2, 1, 1, [str(of_age)])
    assert told["by_institution"] == {str(school): {"changed": 1, "blocked": 1, "admitted": 0}}
    assert list(told["by_age"]) == ["17"]
    assert "Basia" not in said.out
    assert (await decide_many(ctx, [of_age]))[of_age].decision.access == "permit"
    with using(law_of(stricter)):
        pass  # the table of this process is back afterwards
    none = await guardian("law", "diff", "shipped", "current", "--no-learners")
    assert none.code == 0
    assert "0 differences" in none.out


async def test_another_table_is_noted_once_and_has_everybody_looked_at_again(ctx: Context, stricter: Path) -> None:
    school = await seed.institution(ctx)
    await seed.learner(ctx, school)
    assert await note_law(ctx) == 0
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set check_at = $1", ctx.clock.now())
    assert await note_law(ctx) == 0
    from guardian.jurisdiction import law_in_use

    before = law_in_use.current()
    try:
        law_in_use.use(law_of(stricter))
        assert [await note_law(ctx), await note_law(ctx)] == [1, 0]
    finally:
        law_in_use.use(before)
    async with ctx.transaction(SYSTEM) as tx:
        assert await tx.fetchval("select check_at = '-infinity' from learners")
        assert await tx.fetchval("select count(*) from audit where action = 'law.in_force'") == 2


async def test_the_notice_as_a_file(ctx: Context, guardian: Guardian, tmp_path: Path) -> None:  # noqa: F811
    await ensure_default(ctx)
    shown = await guardian("notice", "show")
    path = tmp_path / "notice.json"
    path.write_text(shown.out, encoding="utf-8")
    whole = await call("notice", "check", str(path), "--json")
    assert (whole.code, whole.document["complete"], whole.document["missing"]) == (0, True, [])
    lacking = json.loads(shown.out)
    lacking["texts"]["pl"]["how_to_consent"] = " "
    del lacking["texts"]["fr"]
    lacking["purposes"][0]["retention"] = "forever"
    path.write_text(json.dumps(lacking), encoding="utf-8")
    said = await call("notice", "check", str(path), "--json")
    assert said.code == 1
    assert {one["place"] for one in said.document["missing"]} == {
        "fr", "pl.how_to_consent", "purposes.lessons.retention",
    }  # fmt: skip
    assert ["16 CFR 312.4(c)(1)(vi)"] in [one["sources"] for one in said.document["missing"]]
    simulated = await guardian("notice", "simulate", str(path), "--json")
    assert (simulated.code, simulated.document["version"]) == (0, 2)
    assert (await guardian("notice", "simulate")).code == 1  # no draft is begun
    for ugly in (b"\xff\xfe", b"[" * 50_000, b"{}", b'{"purposes": 3}'):
        path.write_bytes(ugly)
        assert (await call("notice", "check", str(path))).code == 1
