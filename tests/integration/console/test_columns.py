"""A file whose columns are not understood: a person says which column is what, and the next file needs no word."""

import csv
import io
import json
import re

import httpx

from guardian.context import Context
from tests.integration.console import desk
from tests.integration.console.desk import at
from tests.integration.console.test_roster_pages import press, send
from tests.integration.staff.browser import form

BARE = "2001;Kowalska;Maja;2016-05-01;4a;maria@example.org\n2002;Nowak;Jan;2014-11-23;6b;piotr@example.org\n"
ANSWER = {
    "column-0": "student_id", "column-1": "family_name", "column-2": "given_name", "column-3": "birth_date",
    "column-4": "class_name", "column-5": "guardian_1_email", "header": "no",
}  # fmt: skip


def selected(page: httpx.Response) -> dict[str, str]:
    """What stands in each select of a page."""
    found = re.findall(r'<select id="([\w-]+)"(.*?)</select>', page.text, re.DOTALL)
    marked = {name: re.search(r'value="(\w+)" selected', options) for name, options in found}
    return {name: match[1] for name, match in marked.items() if match}


async def test_a_file_without_a_header_is_asked_about_once(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, BARE.encode())).headers["location"]
        assert where.endswith("/columns")
        page = await bob.get(where)
        assert "maria@example.org" in page.text
        fields = form(page, where)
        assert selected(page) == {name: value for name, value in ANSWER.items() if name not in {"header", "column-4"}}
        upload = where.removesuffix("/columns")
        failed = (await bob.get(upload)).text
        assert "Say which column is what" in failed
        answer = await bob.post(where, data={**fields, **ANSWER})
        assert (answer.status_code, answer.headers["location"]) == (303, upload)
        plan = (await bob.get(upload)).text
        assert "Maja Kowalska" in plan
        assert "The columns were read as you said." in plan
        assert (await press(bob, upload, "commit")).status_code == 303
        again = (await send(bob, BARE.replace("Maja", "Maya").encode())).headers["location"]
        assert not again.endswith("/columns")
        assert "MAPPING_REMEMBERED" in (await bob.get(again)).text
    kept = json.loads(await desk.one(ctx, "select mapping from roster_mappings"))
    assert kept == {"columns": [ANSWER[f"column-{n}"] for n in range(6)], "header": False}


async def test_a_remembered_answer_that_does_not_fit_is_not_used(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, BARE.encode())).headers["location"]
        await bob.post(where, data={**form(await bob.get(where), where), **ANSWER})
        other = "Kowalska;Maja;2001;4a;2016-05-01;Maria\nNowak;Jan;2002;6b;2014-11-23;Piotr\n"
        assert (await send(bob, other.encode())).headers["location"].endswith("/columns")


async def test_an_answer_without_names_or_with_a_field_twice_is_refused_and_nothing_is_lost(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, BARE.encode())).headers["location"]
        fields = form(await bob.get(where), where)
        for change, sentence in (
            ({"column-1": "", "column-2": ""}, "Say which column holds the learners"),
            ({"column-1": "given_name"}, "Two columns are said to be the same"),
        ):
            answer = await bob.post(where, data={**fields, **ANSWER, **change})
            assert (answer.status_code, sentence in answer.text) == (422, True)
        assert selected(answer)["column-5"] == "guardian_1_email"
    assert await desk.one(ctx, "select count(*) from roster_mappings") == 0


async def test_charlie_cannot_see_or_say_the_columns_of_bobs_upload(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, BARE.encode())).headers["location"]
    async with at(ctx, world.charlie) as charlie:
        fields = form(await charlie.get("/school/rosters"), "/school/rosters")
        assert (await charlie.get(where)).status_code == 404
        assert (await charlie.post(where, data={**fields, **ANSWER})).status_code == 404
    assert await desk.one(ctx, "select count(*) from roster_mappings") == 0


async def test_the_kept_file_of_a_failed_upload_can_be_cancelled(ctx: Context) -> None:
    world = await desk.build(ctx)
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, BARE.encode())).headers["location"]
        fields = form(await bob.get(where), f"{where.removesuffix('/columns')}/cancel")
        assert (await bob.post(f"{where.removesuffix('/columns')}/cancel", data=fields)).status_code == 303
    assert await desk.one(ctx, "select count(*) from roster_chunks") == 0


async def test_the_file_comes_back_with_remarks_and_can_be_sent_again(ctx: Context) -> None:
    world = await desk.build(ctx)
    header = "Student ID;First name;Last name;Date of birth;Guardian 1 email;Guardian 1 phone;Notes\r\n"
    rows = (
        "1;Zoé;Łoś;2016-05-01;zoe.mum@example.org;+48 600 000 000;\r\n"
        "2;=cmd|' /C calc'!A0;Bad;2016-05-01;x@example.org;;@note\r\n3;Only;One;31/02/2016;;;=1+1\r\n"
    )
    async with at(ctx, world.bob) as bob:
        where = (await send(bob, (header + rows).encode())).headers["location"].removesuffix("/columns")
        answer = await bob.get(f"{where}/file")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbfStudent ID;")
        table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert table[0] == [*header.strip().split(";"), "_status", "_why"]
        assert [row[0] for row in table] == ["Student ID", "1", "2", "3"]
        assert table[1][5] == "'+48 600 000 000"
        assert (table[2][1][:2], table[2][-2]) == ("'=", "Rejected")
        assert "FORMULA_IN_NAME" in table[2][-1]
        assert "D: Date of birth: " in table[3][-1]
        assert not any(cell[:1] in set("=+-@\t\r") for row in table for cell in row)
        again = (await send(bob, answer.content)).headers["location"].removesuffix("/columns")
        page = (await bob.get(again)).text
        assert "_why" not in page
        assert "Zoé Łoś" in page
        await press(bob, where, "cancel")
        assert (await bob.get(f"{where}/file")).status_code == 409
    async with at(ctx, world.charlie) as charlie:
        assert (await charlie.get(f"{again}/file")).status_code == 404
