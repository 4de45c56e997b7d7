"""Who a row is: by the institution's number, else by name and birth date, else a candidate that a person must judge.

Consent never follows a bare number: numbers are changed and given to others (FORMATS section 4, point 6). Leaves two
tables: `known` (n, learner, version of the enrolment that was compared, whether it differs, codes) for rows that are a
stored learner, and `exceptional` (n, row, state, learner, codes) for rows that are written to nobody. Whoever is in
neither is new.
"""

from guardian.context import Tx
from guardian.roster.folding import fold_sql
from guardian.roster.terms import Terms, run

_GIVEN_KEY, _FAMILY_KEY = fold_sql("i.given"), fold_sql("i.family")

# What a row would change of the learner it is, nulls in the file changing nothing; with the codes that say so.
_CHANGES = f"""
    (i.given <> coalesce(l.given_name, '') or i.family <> coalesce(l.family_name, '')
        or i.birth <> coalesce(l.birth_date, '') or i.class_name <> coalesce(e.class_name, '')
        or i.email_key <> coalesce(l.email_key, '') or i.student_id <> coalesce(e.student_id, '')
        or e.missing_since is not null or e.ends_on < $today) is true as differs,
    array_remove(array[
        case when i.student_id <> e.student_id then 'ID_CHANGED' end,
        case when i.family <> l.family_name and {_FAMILY_KEY} <> {fold_sql("l.family_name")} then 'NAME_CHANGED' end,
        case when i.birth <> l.birth_date then 'BIRTH_DATE_CHANGED' end,
        case when i.platform_id <> l.platform_id then 'PLATFORM_ID_DIFFERS' end,
        case when e.ends_on < $today then 'RETURNED' end,
        case when e.missing_since is not null then 'FOUND_AGAIN' end], null) as codes
"""

_BY_NUMBER = f"""
create temp table known on commit drop as
select i.n, e.learner, e.xmin as version,
    case when (given_ok and (family_ok or birth_ok)) or (family_ok and (i.given is null or l.given_name is null))
        or (given_ok and (i.family is null or l.family_name is null) and not birth_differs) then 'same'
    when family_ok and birth_ok then 'possible' else 'reused' end as verdict, {_CHANGES}
from incoming i
join enrolments e on e.institution = $institution and e.student_id = i.student_id
join learners l on l.id = e.learner and l.erased_at is null
cross join lateral (select
    i.given is not null and (i.given = l.given_name or {_GIVEN_KEY} = {fold_sql("l.given_name")}) as given_ok,
    i.family is not null and (i.family = l.family_name or {_FAMILY_KEY} = {fold_sql("l.family_name")}) as family_ok,
    coalesce(i.birth = l.birth_date, false) as birth_ok,
    coalesce(i.birth <> l.birth_date, false) as birth_differs) as agree
"""

# A number now with another name may still be one person: the same given name and the same guardian.
_JUDGE_REUSED = f"""
update known k set verdict = 'possible' from incoming i, learners l
where k.verdict = 'reused' and i.n = k.n and l.id = k.learner and {_GIVEN_KEY} = {fold_sql("l.given_name")}
    and i.given is not null
    and exists (select 1 from incoming_guardians g
        join guardians x on x.institution = $institution and x.email_key = g.email_key
        join guardianships w on w.guardian = x.id and w.learner = k.learner where g.n = k.n)
"""

# Whom no number in the file names: they may stand in it under another one, or be missing from it.
_UNSEEN = """
create temp table unseen on commit drop as
select e.learner, e.student_id, e.missing_since is null and (e.ends_on is null or e.ends_on >= $today) as expected
from enrolments e where e.institution = $institution
    and not exists (select 1 from known k where k.learner = e.learner and k.verdict = 'same')
    and not exists (select 1 from standing s where s.learner = e.learner)
"""

_POOL = f"""
create temp table pool on commit drop as
select u.learner, u.student_id, {fold_sql("l.given_name")} as given_key, {fold_sql("l.family_name")} as family_key,
    l.birth_date as birth
from unseen u join learners l on l.id = u.learner and l.erased_at is null;
create temp table seekers on commit drop as
select i.n, i.student_id, {_GIVEN_KEY} as given_key, {_FAMILY_KEY} as family_key, i.birth from incoming i
where not i.leaver and not exists (select 1 from known k where k.n = i.n)
"""

# `whole`: given name, family name and birth date agree; `mail`: a guardian's address does. Given names must agree
# always, so that a twin is never taken for the other.
_CANDIDATES = """
create temp table candidates on commit drop as
with mails as (
    select distinct s.n, k.learner from seekers s join incoming_guardians g on g.n = s.n
    join guardians x on x.institution = $institution and x.email_key = g.email_key
    join guardianships k on k.guardian = x.id join pool p on p.learner = k.learner
), found as (
    select s.n, p.learner, true as whole from seekers s
    join pool p on p.given_key = s.given_key and p.family_key = s.family_key and p.birth = s.birth
    union
    select m.n, m.learner, false from mails m join seekers s on s.n = m.n join pool p on p.learner = m.learner
    where p.given_key = s.given_key and s.given_key <> ''
        and (p.family_key = s.family_key) is distinct from coalesce(p.birth = s.birth, false)
)
select f.n, f.learner, f.whole, s.student_id is not null and p.student_id is not null as numbered,
    exists (select 1 from mails m where m.n = f.n and m.learner = f.learner) as mail,
    count(*) over (partition by f.n) as choices, count(*) over (partition by f.learner) as rivals
from found f join seekers s on s.n = f.n join pool p on p.learner = f.learner
"""

_BY_CANDIDATE = f"""
insert into known (n, learner, version, verdict, differs, codes)
select distinct on (i.n) i.n, e.learner, e.xmin,
    case when c.whole and c.choices = 1 and c.rivals = 1 and (c.mail or not c.numbered) then 'same'
        else 'possible' end, {_CHANGES}
from candidates c join incoming i on i.n = c.n join learners l on l.id = c.learner
join enrolments e on e.learner = c.learner and e.institution = $institution
order by i.n, c.whole desc, e.learner
"""

_EXCEPTIONAL = """
create temp table exceptional on commit drop as
select i.n, i.row, 'held' as state, k.learner,
    array[case k.verdict when 'possible' then 'POSSIBLE_SAME_STUDENT' else 'ID_REUSED' end] as codes
from known k join incoming i on i.n = k.n where k.verdict <> 'same' and not i.leaver
union all
select i.n, i.row, case when k.n is null or $additions then 'rejected' else 'missing' end, k.learner, array['LEAVER']
from incoming i left join known k on k.n = i.n and k.verdict = 'same' where i.leaver
union all
select i.n, i.row, 'held', null, array['ERASED_REIMPORT'] from incoming i
where i.erased and not i.leaver and not exists (select 1 from known k where k.n = i.n)
"""

# A platform's id is one learner's in the whole deployment, and one row's in the file.
_PLATFORM = """
insert into exceptional (n, row, state, learner, codes)
select i.n, i.row, 'held', null, array['PLATFORM_ID_TAKEN'] from incoming i
where not exists (select 1 from exceptional e where e.n = i.n) and i.n in (
    select i.n from incoming i join learners l on l.platform_id = i.platform_id left join known k on k.n = i.n
    where k.learner is distinct from l.id
    union
    select n from (select n, row_number() over (partition by platform_id order by n) as turn from incoming
        where platform_id is not null and not leaver) as named where turn > 1)
"""

_SETTLE = "delete from known k using exceptional e where e.n = k.n"


_NOBODY_KNOWN = """
create temp table known (n int, learner uuid, version xid, verdict text, differs boolean, codes text[]) on commit drop;
create temp table unseen (learner uuid, student_id text, expected boolean) on commit drop
"""


async def identify_newcomers(tx: Tx, terms: Terms, *, platform_ids: bool) -> None:
    """Fill the same tables for a school that has nobody yet."""
    await run(tx, terms, _NOBODY_KNOWN)
    await _except(tx, terms, platform_ids=platform_ids)


async def identify(tx: Tx, terms: Terms, *, platform_ids: bool) -> None:
    """Fill `known`, `exceptional` and `unseen`."""
    await run(tx, terms, _BY_NUMBER, _JUDGE_REUSED, _UNSEEN)
    if await tx.fetchval("select exists (select 1 from unseen)"):
        await run(tx, terms, _POOL, _CANDIDATES, _BY_CANDIDATE)
    await _except(tx, terms, platform_ids=platform_ids)


async def _except(tx: Tx, terms: Terms, *, platform_ids: bool) -> None:
    await run(tx, terms, _EXCEPTIONAL.replace("$additions", "true" if terms.mode == "additions" else "false"))
    if platform_ids:
        await run(tx, terms, _PLATFORM)
    if await tx.fetchval("select exists (select 1 from exceptional)"):
        await tx.execute(_SETTLE)
