"""The plan's rows: the state of each, the counts, and the part of them that is shown one by one."""

from uuid import UUID

from guardian.context import Tx
from guardian.people.row_ids import row_id_sql
from guardian.roster.domain import ROWS_SHOWN, Counts, Newcomers, mass_removal
from guardian.roster.terms import Terms, run


def _planned(terms: Terms) -> str:
    leaving = "case k.verdict when 'same' then 'missing' else 'rejected' end"
    if terms.mode == "additions":
        leaving = "'rejected'"
    return f"""
create temp table planned on commit drop as
select i.n, i.row,
    case when i.leaver then {leaving} when t.n is not null then 'held' when k.verdict = 'same' then 'known'
        when k.verdict is not null or i.erased then 'held' else 'new' end as state,
    coalesce(k.learner, {row_id_sql("i.n", 0, terms.unix_ms)}) as learner, coalesce(k.differs, false) as differs,
    case when i.leaver then array['LEAVER'] when t.n is not null then array['PLATFORM_ID_TAKEN']
        when k.verdict = 'same' then k.codes when k.verdict = 'possible' then array['POSSIBLE_SAME_STUDENT']
        when k.verdict = 'reused' then array['ID_REUSED'] when i.erased then array['ERASED_REIMPORT'] end as codes
from incoming i left join known k on k.n = i.n left join platform_taken t on t.n = i.n
"""


# Whom the file does not name, of those who are enrolled and whom an earlier file named.
_ABSENT = """
create temp table absent on commit drop as
select e.learner from enrolments e join learners l on l.id = e.learner and l.erased_at is null
where e.institution = $institution and e.missing_since is null and (e.ends_on is null or e.ends_on >= $today)
    and not exists (select 1 from planned p where p.learner = e.learner and p.state in ('known', 'missing'))
"""
_NOBODY_ABSENT = "create temp table absent (learner uuid) on commit drop"

_TOUCHED = """
create temp table touched on commit drop as
select n, bool_or(added) as added from (
    select n, false as added from planned where state = 'known' and differs
    union all select n, true from ties where known and guardian is null
    union all select n, false from contacts union all select n, false from relations
) as reasons group by n
"""

_ROWS = """
insert into roster_rows (id, upload, row, state, codes, learner, record)
select {id}, $3, row, state, codes, case when state in ('new', 'held', 'rejected') then null else learner end, record
from (select row, learner, record, state,
    array(select distinct code from unnest(codes) as code order by code) as codes from (
    select p.row, p.learner,
        case when 'ERASED_REIMPORT' = any(p.codes) then null else jsonb_build_object('given_name', i.given,
            'family_name', i.family, 'birth_date', i.birth, 'class_name', i.class_name, 'student_id', i.student_id)
            end as record,
        case when p.state <> 'known' then p.state when t.n is null then 'unchanged' else 'changed' end as state,
        coalesce(p.codes, array[]::text[]) || case when t.added then array['GUARDIAN_ADDED'] else array[]::text[] end
            || coalesce(c.codes, array[]::text[]) as codes
    from planned p join incoming i on i.n = p.n left join touched t on t.n = p.n
    left join (select row, array_agg(code) as codes from incoming_codes, unnest(codes) as code group by row) c
        on c.row = p.row
    union all select row, null, null, 'rejected', codes from refused_rows
    union all select 0, learner, null, 'missing', $1::text[] from absent
) as rows
order by case when state in ('held', 'rejected', 'missing') then 0 when codes <> array[]::text[] then 1
    when state = 'changed' then 2 when state = 'new' then 3 else 4 end, row limit $2) as shown
"""

_COUNTS = """
select (select count(*) from planned where state = 'new') as new,
    (select count(*) from touched) as changed,
    (select count(*) from planned where state = 'known') - (select count(*) from touched) as unchanged,
    (select count(*) from planned where state = 'held') as held,
    (select count(*) from planned where state = 'missing') + (select count(*) from absent) as missing,
    (select count(*) from planned where state = 'rejected') + (select count(*) from refused_rows) as rejected
"""

_ENROLLED = """
select count(*) from enrolments e join learners l on l.id = e.learner and l.erased_at is null
where e.institution = $1 and e.missing_since is null and (e.ends_on is null or e.ends_on >= $2)
"""

_NEWCOMERS = """
select i.birth as birth_date, coalesce(a.may_answer, false) as may_answer, coalesce(a.reachable, false) as reachable,
    count(*) as count
from planned p join incoming i on i.n = p.n
left join (select n, bool_or(eligible = 'yes') as may_answer, bool_or(eligible = 'yes' and email is not null)
    as reachable from incoming_guardians group by n) a on a.n = p.n
where p.state = 'new' group by 1, 2, 3
"""

_ASKED_AGAIN = "select count(distinct n) from ties where known and guardian is null and eligible = 'yes'"


async def judge_rows(tx: Tx, terms: Terms) -> bool:
    """Fill `planned`: new, known, held, missing or rejected. Answers whether any row is a known learner."""
    await run(tx, terms, _planned(terms), "analyze planned")
    await run(tx, terms, _ABSENT if terms.mode == "snapshot" else _NOBODY_ABSENT)
    return bool(await tx.fetchval("select exists (select 1 from planned where state = 'known')"))


async def count(tx: Tx, terms: Terms) -> tuple[Counts, bool]:
    """How many rows are in which state, and whether so many are missing that a person must confirm it."""
    await run(tx, terms, _TOUCHED, "analyze touched")
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


def show(terms: Terms, upload: UUID, *, mass: bool) -> tuple[str, tuple[object, ...]]:
    """The statement that keeps the rows to show, those to look at first, and its parameters (for `store.keep_rows`)."""
    made = row_id_sql("(row_number() over ())", 3, terms.unix_ms)
    return _ROWS.format_map({"id": made}), (["MASS_REMOVAL"] if mass else [], ROWS_SHOWN, upload)
