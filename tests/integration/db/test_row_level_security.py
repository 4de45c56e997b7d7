"""Who sees which rows is held by the database, with the service's own WHERE clauses out of the way.

Bob's school has one row in every table; Charlie's school, a guardian of Charlie's school, somebody without a scope and
a connection that set none all try to read, change, delete and add to them with plain SQL.
"""

import json
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest

from guardian.context import Context
from guardian.events import SYSTEM
from tests import seed

POLICED = (
    "guardians", "guardianships", "enrolments", "learners", "consent_requests", "consent_request_learners", "consents",
    "consent_evidence", "authorisations", "flags", "mail_messages", "suppressions", "staff", "roster_uploads",
    "roster_chunks", "roster_rows", "purges", "holds", "own_answers", "age_ups",
    "authorisation_documents", "corrections", "roster_mappings",
)  # fmt: skip

OPEN_TO_ALL_SCOPES = {
    "audit": "ids, enums and instants only; every command appends to it, whoever acts",
    "tombstones": "keyed hashes only; an import of any school must recognise an erased learner",
}
"""Tables with a column that names an institution, a learner or a guardian, and no policy; each with its reason."""


class Cast(NamedTuple):
    maple: UUID
    oak: UUID
    anna: UUID
    alice: UUID
    olga: UUID
    rows: dict[str, UUID]


async def _one_of_each(ctx: Context) -> Cast:
    now = ctx.clock.now()
    maple, oak = await seed.institution(ctx), await seed.institution(ctx, "Oak School")
    bob = await seed.staff(ctx, maple)
    charlie = await seed.staff(ctx, oak, "charlie@oak.example.org")
    notice = await seed.notice(ctx)
    anna = await seed.learner(ctx, maple)
    alice = await seed.guardian(ctx, maple, anna)
    olek = await seed.learner(ctx, oak, "Olek")
    olga = await seed.guardian(ctx, oak, olek, email="olga@example.org")
    act = ctx.new_id()
    rows = {"staff": bob, "learners": anna, "guardians": alice}
    rows["authorisations"] = await seed.authorisation(ctx, maple, notice, bob)
    await seed.authorisation(ctx, oak, notice, charlie)

    async def add(table: str, **values: Any) -> UUID:
        rows[table] = await seed._insert(ctx, table, **values)
        return rows[table]

    request = await add(
        "consent_requests", institution=maple, guardian=alice, notice=notice, state="queued", version=1, created_at=now
    )
    await add("consent_request_learners", request=request, learner=anna)
    await add(
        "consents", learner=anna, guardian=alice, purpose="lessons", state="given", method="email_plus",
        notice_version=1, notice_sha256="0" * 64, recorded_at=now, act=act,
    )  # fmt: skip
    await add("consent_evidence", act=act, guardian=alice, typed_name="Alice Kowal", language="en", recorded_at=now)
    await add("flags", kind="no_basis", learner=anna, institution=maple, state="open", severity="normal", since=now)
    await add(
        "mail_messages", institution=maple, letter="consent_request", recipient_kind="guardian", recipient=alice,
        subject=request, state="queued", not_before=now, created_at=now,
    )  # fmt: skip
    await add("suppressions", institution=maple, address_hmac=b"x" * 32, reason="complaint", created_at=now)
    upload = await add(
        "roster_uploads", institution=maple, state="planned", mode="additions", sha256="0" * 64, created_at=now
    )
    await add("roster_chunks", upload=upload, position=1, content=b"secret")
    await add("roster_rows", upload=upload, row=1, state="new", record=json.dumps({"given_name": "Anna"}))
    await add("purges", learner=anna, institution=maple, state="due", cause="no_authorisation", due_at=now)
    await add(
        "holds", learner=anna, reason="a case", authority="a court", approved_by=bob, review_on=date(2027, 1, 1),
        created_at=now,
    )  # fmt: skip
    await add(
        "own_answers", learner=anna, purpose="recordings", state="declined", notice_version=1,
        notice_sha256="0" * 64, language="en", recorded_at=now, act=act,
    )  # fmt: skip
    await add(
        "authorisation_documents", authorisation=rows["authorisations"], institution=maple, pdf=b"pdf",
        sha256="0" * 64, made_at=now,
    )  # fmt: skip
    await add("corrections", institution=maple, learner=anna, field="class_name", file_value="3A", created_at=now)
    await add("roster_mappings", institution=maple, fingerprint="0" * 64, mapping="{}", created_at=now)
    await add("age_ups", learner=anna, announced_at=now, threshold_at=now)
    async with _as(ctx, f"institution:{maple}") as connection:
        for table in ("guardianships", "enrolments"):
            rows[table] = await connection.fetchval(f"select id from {table} where learner = $1", anna)
    return Cast(maple, oak, anna, alice, olga, rows)


class _as:  # noqa: N801 (reads as a word)
    """A transaction of a scope (None: none was set), always rolled back."""

    def __init__(self, ctx: Context, scope: str | None) -> None:
        self._pool, self._scope = ctx.engine.connections, scope

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._pool.acquire()
        self._transaction = self._connection.transaction()
        await self._transaction.start()
        if self._scope is not None:
            await self._connection.execute("select set_config('app.scope', $1, true)", self._scope)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()
        await self._pool.release(self._connection)


@pytest.fixture
async def cast(ctx: Context) -> Cast:
    return await _one_of_each(ctx)


STRANGERS = ("charlie", "guardian_elsewhere", "unknown_guardian", "nobody", "none", "empty", "garbled", "half")


def scope_of(who: str, cast: Cast) -> str | None:
    return {
        "charlie": f"institution:{cast.oak}",
        "guardian_elsewhere": f"guardian:{cast.olga}",
        "unknown_guardian": f"guardian:{cast.maple}",
        "nobody": "nobody",
        "none": None,
        "empty": "",
        "garbled": "operators",
        "half": "anyone:operator",
    }[who]


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_reads_changes_and_deletes_no_row_of_bobs_school(ctx: Context, cast: Cast, who: str) -> None:
    reached = []
    for table in POLICED:
        row = cast.rows[table]
        async with _as(ctx, scope_of(who, cast)) as connection:
            if await connection.fetchval(f"select count(*) from {table} where id = $1", row):
                reached.append((table, "read"))
        for act, statement in (
            ("changed", f"update {table} set id = id where id = $1"),
            ("deleted", f"delete from {table} where id = $1"),
        ):
            async with _as(ctx, scope_of(who, cast)) as connection:
                try:
                    done = await connection.execute(statement, row)
                except asyncpg.RestrictViolationError:
                    continue  # append-only: refused to everybody
                if not done.endswith(" 0"):
                    reached.append((table, act))
    assert reached == []


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_adds_no_row_to_bobs_school(ctx: Context, cast: Cast, who: str) -> None:
    added = []
    for table in POLICED:
        if table == "learners" and who == "charlie":
            continue  # a school may add learners: a new one belongs to nobody before it is enrolled
        copy = await _copy(ctx, table, cast)
        names, places = ", ".join(copy), ", ".join(f"${n}" for n in range(1, len(copy) + 1))
        async with _as(ctx, scope_of(who, cast)) as connection:
            try:
                await connection.execute(f"insert into {table} ({names}) values ({places})", *copy.values())
            except asyncpg.InsufficientPrivilegeError:
                continue
            except asyncpg.PostgresError as error:
                added.append((table, type(error).__name__))
                continue
            added.append((table, "added"))
    assert added == []


async def _copy(ctx: Context, table: str, cast: Cast) -> dict[str, Any]:
    """A row like Bob's under another id. The policy is checked before any unique index."""
    async with _as(ctx, "operator") as connection:
        row = await connection.fetchrow(f"select * from {table} where id = $1", cast.rows[table])
    assert row is not None
    return {**row, "id": ctx.new_id()}


@pytest.mark.parametrize("scope", ["operator", "client:00000000-0000-0000-0000-000000000001"])
async def test_the_operator_and_its_clients_see_all(ctx: Context, cast: Cast, scope: str) -> None:
    async with _as(ctx, scope) as connection:
        unseen = [
            table
            for table in POLICED
            if not await connection.fetchval(f"select count(*) from {table} where id = $1", cast.rows[table])
        ]
    assert unseen == []


async def test_bob_sees_every_row_of_his_school(ctx: Context, cast: Cast) -> None:
    async with _as(ctx, f"institution:{cast.maple}") as connection:
        unseen = [
            table
            for table in POLICED
            if not await connection.fetchval(f"select count(*) from {table} where id = $1", cast.rows[table])
        ]
    assert unseen == []


async def test_a_guardian_sees_what_hangs_on_them_and_no_other_family_of_the_school(ctx: Context, cast: Cast) -> None:
    other = await seed.learner(ctx, cast.maple, "Basia")
    beata = await seed.guardian(ctx, cast.maple, other, email="beata@example.org")
    personal = ("learners", "guardians", "guardianships", "enrolments", "consents", "consent_evidence",
                "consent_requests", "consent_request_learners")  # fmt: skip
    async with _as(ctx, f"guardian:{cast.alice}") as connection:
        own = {table for table in personal if await connection.fetchval(f"select count(*) from {table}")}
        assert own == set(personal)
        assert await connection.fetchval("select count(*) from learners where id = $1", other) == 0
    async with _as(ctx, f"guardian:{beata}") as connection:
        seen = {
            table
            for table in personal
            if await connection.fetchval(f"select count(*) from {table} where id = $1", cast.rows[table])
        }
    assert seen == set()


@pytest.mark.parametrize(
    "table",
    [
        "staff",
        "roster_uploads",
        "roster_chunks",
        "roster_rows",
        "purges",
        "holds",
        "own_answers",
        "age_ups",
        "fact_versions",
    ],
)
async def test_a_guardian_sees_nothing_of_the_schools_own_work(ctx: Context, cast: Cast, table: str) -> None:
    async with _as(ctx, f"guardian:{cast.alice}") as connection:
        assert await connection.fetchval(f"select count(*) from {table}") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update authorisations set state = 'revoked'",
        "delete from authorisations",
        "update flags set state = 'resolved'",
        "delete from flags",
        "delete from suppressions",
        "delete from mail_messages",
    ],
)
async def test_a_guardian_of_the_school_cannot_change_what_concerns_another_family(
    ctx: Context, cast: Cast, statement: str
) -> None:
    other = await seed.learner(ctx, cast.maple, "Basia")
    beata = await seed.guardian(ctx, cast.maple, other, email="beata@example.org")
    async with _as(ctx, f"guardian:{beata}") as connection:
        assert (await connection.execute(statement)).endswith(" 0")


async def test_a_school_cannot_move_a_row_of_its_own_into_another_school(ctx: Context, cast: Cast) -> None:
    moved = []
    tables = ("guardians", "enrolments", "consent_requests", "authorisations", "flags", "mail_messages",
              "suppressions", "staff", "roster_uploads", "purges")  # fmt: skip
    for table in tables:
        async with _as(ctx, f"institution:{cast.maple}") as connection:
            try:
                await connection.execute(
                    f"update {table} set institution = $2 where id = $1", cast.rows[table], cast.oak
                )
            except (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError):
                continue
            moved.append(table)
    assert moved == []


async def test_every_table_that_names_a_school_a_learner_or_a_guardian_has_a_forced_policy(database: str) -> None:
    connection = await asyncpg.connect(database)
    rows = await connection.fetch(
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity and count(distinct p.polcmd) >= 4 as held "
        "from pg_class c left join pg_policy p on p.polrelid = c.oid "
        "where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and exists (select 1 from pg_attribute a "
        "where a.attrelid = c.oid and a.attname in ('institution', 'learner', 'guardian', 'request', 'upload') "
        "and a.attnum > 0 and not a.attisdropped) group by c.oid"
    )
    await connection.close()
    held = {row["relname"] for row in rows if row["held"]}
    bare = {row["relname"] for row in rows if not row["held"]}
    assert bare == set(OPEN_TO_ALL_SCOPES), "give it a policy, or a reason"
    assert held - set(POLICED) == {"fact_versions"}, "add the table to the cast of this test"


@pytest.mark.parametrize("who", [*STRANGERS, "bob", "alice"])
async def test_history_of_facts_is_the_operators_alone(ctx: Context, cast: Cast, who: str) -> None:
    scope = {"bob": f"institution:{cast.maple}", "alice": f"guardian:{cast.alice}"}.get(who) or scope_of(who, cast)
    async with ctx.transaction(SYSTEM) as tx:
        await tx.execute("update learners set birth_date = '2015' where id = $1", cast.anna)
        assert await tx.fetchval("select count(*) from fact_versions where learner = $1", cast.anna) == 1
    async with _as(ctx, scope) as connection:
        assert await connection.fetchval("select count(*) from fact_versions") == 0
        assert (await connection.execute("update fact_versions set until = until")).endswith(" 0")
        assert (await connection.execute("delete from fact_versions")).endswith(" 0")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into fact_versions (kind, subject, learner, until) values ('learner', 'x', $1, now())",
                cast.anna,
            )


async def test_every_policed_table_forces_its_policies_on_the_owner_too(database: str) -> None:
    connection = await asyncpg.connect(database)
    rows = await connection.fetch(
        "select relname from pg_class where relname = any($1) and relrowsecurity and relforcerowsecurity",
        list(POLICED),
    )
    await connection.close()
    assert {row["relname"] for row in rows} == set(POLICED)


async def test_the_services_role_is_not_above_row_level_security(database: str) -> None:
    connection = await asyncpg.connect(database)
    row = await connection.fetchrow("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
    await connection.close()
    assert tuple(row or ()) == (False, False)
