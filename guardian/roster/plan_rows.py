"""The plan's rows: the state of each, the counts, and the part of them that is shown one by one."""

from uuid import UUID

from guardian.context import Tx
from guardian.roster.domain import ROWS_SHOWN, Counts, Newcomers, mass_removal
from guardian.roster.terms import Terms, run

# Whom the file does not name, of those who are enrolled and whom an earlier file still named.
_ABSENT = """
create temp table absent on commit drop as
select u.learner from unseen u join learners l on l.id = u.learner and l.erased_at is null
where u.expected and not exists (select 1 from known k where k.learner = u.learner)
    and not exists (select 1 from exceptional e where e.learner = u.learner and e.state = 'missing')
"""
_NOBODY_ABSENT = "create temp table absent (learner uuid) on commit drop"

_TOUCHED = """
create temp table touched on commit drop as
select n, bool_or(added) as added from (
    select n, false as added from known where differs
    union all select n, true from fresh where known
    union all select n, false from contacts union all select n, false from relations
) as reasons group by n
"""

_COUNTS = """
select (select count(*) from incoming) - (select count(*) from known) - (select count(*) from exceptional) as new,
    (select count(*) from touched) as changed,
    (select count(*) from known) - (select count(*) from touched) as unchanged,
    (select count(*) from exceptional where state = 'held') as held,
    (select count(*) from exceptional where state = 'missing') + (select count(*) from absent) as missing,
    (select count(*) from exceptional where state = 'rejected') + (select count(*) from refused_rows) as rejected
"""

_ENROLLED = """
select count(*) from enrolments e join learners l on l.id = e.learner and l.erased_at is null
where e.institution = $1 and e.missing_since is null and (e.ends_on is null or e.ends_on >= $2)
"""

_NEWCOMERS = """
select i.birth as birth_date, coalesce(a.may_answer, false) as may_answer, coalesce(a.reachable, false) as reachable,
    count(*) as count
from incoming i
left join (select f.n, true as may_answer, bool_or(g.email is not null) as reachable
    from fresh f join incoming_guardians g on g.turn = f.turn where f.eligible = 'yes' and not f.known group by f.n) a
    on a.n = i.n
where not exists (select 1 from known k where k.n = i.n) and not exists (select 1 from exceptional e where e.n = i.n)
group by 1, 2, 3
"""

_ASKED_AGAIN = "select count(distinct n) from fresh where known and eligible = 'yes'"

FAMILY = 10
"""Learners of one institution with one guardian, above which somebody should look."""
_LARGE_FAMILY = """
select exists (select 1 from incoming_guardians g join repeated r on r.key = g.key group by g.key having count(*) > $1)
"""

_KEEP = """
insert into roster_rows (id, upload, row, state, codes, learner, record, changes)
select {id}, $2, row, state, array(select distinct code from unnest(codes) as code order by code), learner, record,
    {changes}
from ({rows}) as shown
"""
# What a row would change, field by field, of the learner it is or (held) may be, and who is asked for the first time.
_CHANGES = """
case when $3 and who is not null and state in ('changed', 'held') then (
    select jsonb_agg(jsonb_build_object('field', c.field, 'old', c.old, 'new', c.new) order by c.place) from (
        select v.place, v.field, v.old, v.new
        from incoming i join learners l on l.id = who join enrolments e on e.learner = l.id and e.institution = $5
        cross join lateral (values (1, 'given_name', l.given_name, i.given),
            (2, 'family_name', l.family_name, i.family), (3, 'birth_date', l.birth_date, i.birth),
            (4, 'class_name', e.class_name, i.class_name), (5, 'student_id', e.student_id, i.student_id),
            (6, 'email', l.email, i.email)) as v(place, field, old, new)
        where i.n = shown.n and v.new is not null and v.new is distinct from v.old
        union all
        select v.place, v.field, v.old, v.new from contacts d join incoming_guardians g on g.turn = d.turn
        join guardians x on x.id = d.guardian
        cross join lateral (values (7, 'guardian_name', x.name, coalesce(x.name, g.name)),
            (8, 'guardian_email', x.email, coalesce(x.email, g.email)),
            (9, 'guardian_phone', x.phone, coalesce(g.phone, x.phone))) as v(place, field, old, new)
        where d.n = shown.n and state = 'changed' and v.new is distinct from v.old
        union all
        select 10, 'guardian_relationship', w.relationship, r.relationship from relations r
        join guardianships w on w.learner = r.learner and w.guardian = r.guardian
        where r.n = shown.n and state = 'changed' and r.relationship not in ('unknown', w.relationship)
        union all
        select 11, case when f.eligible = 'yes' then 'guardian_asked' else 'guardian_added' end, null,
            coalesce(g.name, g.email, g.phone)
        from fresh f join incoming_guardians g on g.turn = f.turn where f.n = shown.n and state = 'changed'
    ) as c) end
"""
_RECORD = """
case when $3 then jsonb_build_object('given_name', i.given, 'family_name', i.family, 'birth_date', i.birth,
    'class_name', i.class_name, 'student_id', i.student_id) end as record
"""
_SAID = "(select row, array_agg(code) as codes from incoming_codes, unnest(codes) as code group by row) c"

# First what a person must look at, then what only happens.
_REMARKABLE = f"""
select * from (
    select e.row, e.state, e.codes || coalesce(c.codes, array[]::text[]) as codes,
        case when e.state = 'missing' then e.learner end as learner, e.n, e.learner as who,
        case when e.codes @> array['ERASED_REIMPORT']
        then null else {_RECORD.replace(" as record", "")} end as record
    from exceptional e join incoming i on i.n = e.n left join {_SAID} on c.row = e.row
    union all select row, 'rejected', codes, null, null, null, null from refused_rows
    union all select 0, 'missing', $4::text[], learner, null, null, null from absent
    union all
    select i.row, case when k.n is null then 'new' when t.n is null then 'unchanged' else 'changed' end,
        coalesce(k.codes, array[]::text[]) || coalesce(c.codes, array[]::text[])
            || case when t.added then array['GUARDIAN_ADDED'] else array[]::text[] end,
        k.learner, i.n, k.learner, {_RECORD}
    from incoming i left join known k on k.n = i.n left join touched t on t.n = i.n left join {_SAID} on c.row = i.row
    where (t.n is not null or c.row is not null or k.codes <> array[]::text[])
        and not exists (select 1 from exceptional e where e.n = i.n)
) as remarkable
order by case when state in ('held', 'rejected', 'missing') then 0 when codes <> array[]::text[] then 1 else 2 end, row
limit $1
"""
_NEW = f"""
select i.row, 'new' as state, array[]::text[] as codes, null::uuid as learner, {_RECORD} from incoming i
where not exists (select 1 from known k where k.n = i.n) and not exists (select 1 from exceptional e where e.n = i.n)
    and not exists (select 1 from incoming_codes c where c.row = i.row) limit $1
"""
_UNCHANGED = f"""
select i.row, 'unchanged' as state, array[]::text[] as codes, k.learner, {_RECORD}
from incoming i join known k on k.n = i.n
where k.codes = array[]::text[] and not exists (select 1 from touched t where t.n = i.n)
    and not exists (select 1 from incoming_codes c where c.row = i.row) limit $1
"""


async def count(tx: Tx, terms: Terms) -> tuple[Counts, bool]:
    """How many rows are in which state, and whether so many are missing that a person must confirm it.

    Fills `absent` (learners whom a whole-truth file does not name) and `touched` (rows of known learners that change).
    """
    await run(tx, terms, _ABSENT if terms.mode == "snapshot" else _NOBODY_ABSENT, _TOUCHED)
    row = await tx.fetchrow(_COUNTS)
    assert row is not None
    counts = Counts(**dict(row))
    if terms.mode != "snapshot" or counts.missing < 3:
        return counts, False
    enrolled = await tx.fetchval(_ENROLLED, terms.institution, terms.today)
    return counts, mass_removal(counts.missing, enrolled)


async def newcomers(tx: Tx) -> list[Newcomers]:
    """New learners, grouped by what decides about their access."""
    return [Newcomers(**dict(row)) for row in await tx.fetch(_NEWCOMERS)]


async def asked_again(tx: Tx) -> int:
    """Known learners about whom somebody will be asked who was not related to them before."""
    return int(await tx.fetchval(_ASKED_AGAIN))


def shown(terms: Terms, upload: UUID, *, mass: bool, named: bool, after: int = 0) -> list[tuple[str, list[object]]]:
    """Statements that keep the rows to show, each with its parameters but for `$1`, how many still have room.

    `named`: with who they are about, until the upload ends; `after`: how many learners came in blocks before.
    """
    made = []
    for place, rows in enumerate((_REMARKABLE, _NEW, _UNCHANGED)):
        turn = f"({3 * after + place * ROWS_SHOWN} + row_number() over ())"
        values: list[object] = [upload, named]
        if rows is _REMARKABLE:
            values += [["MASS_REMOVAL"] if mass else [], terms.institution]
        changes = _CHANGES if rows is _REMARKABLE else "null"
        made.append((_KEEP.format(id=terms.rows.sql(turn), rows=rows, changes=changes), values))
    return made


_REMARK = """
update roster_rows w set codes = array(select distinct code from unnest(w.codes || c.codes) as code order by code)
from incoming_codes c where w.upload = $1 and w.row = c.row
"""
_REMARKED = """
select row, 'new' as state, codes, null::uuid as learner, null::jsonb as record from incoming_codes c
where not exists (select 1 from roster_rows w where w.upload = $2 and w.row = c.row)
union all select row, 'rejected', codes, null, null from refused_rows order by row limit $1
"""


async def add_remarks(tx: Tx, terms: Terms, upload: UUID, *, after: int) -> int:
    """Say with rows kept already what the reader said of them in the end; answers how many rows it refused."""
    await tx.execute(_REMARK, upload)
    turn = f"({3 * after + 3 * ROWS_SHOWN} + row_number() over ())"
    await tx.execute(_KEEP.format(id=terms.rows.sql(turn), rows=_REMARKED, changes="null"), ROWS_SHOWN, upload)
    return int(await tx.fetchval("select count(*) from refused_rows"))


async def any_large_family(tx: Tx) -> bool:
    """Whether one guardian answers for so many that somebody should look (LAW requirement 32)."""
    return bool(await tx.fetchval(_LARGE_FAMILY, FAMILY))


async def anybody_came_back(tx: Tx) -> bool:
    """Whether the file names somebody whose data was purged (LAW requirement 54)."""
    return bool(await tx.fetchval("select exists (select 1 from exceptional where codes @> array['ERASED_REIMPORT'])"))
