"""Who a row is: by the institution's number, else by name and birth date, else a candidate that a person must judge.

Consent never follows a bare number: numbers are changed and given to others (FORMATS section 4, point 6).
"""

from guardian.context import Tx
from guardian.roster.folding import fold_sql
from guardian.roster.terms import Terms, run

# What a row would change of the learner it is, nulls in the file changing nothing; with the codes that say so.
_CHANGES = f"""
    (i.given <> coalesce(l.given_name, '') or i.family <> coalesce(l.family_name, '')
        or i.birth <> coalesce(l.birth_date, '') or i.class_name <> coalesce(e.class_name, '')
        or i.email_key <> coalesce(l.email_key, '') or i.student_id <> coalesce(e.student_id, '')
        or e.missing_since is not null or e.ends_on < $today) is true as differs,
    array_remove(array[
        case when i.student_id <> e.student_id then 'ID_CHANGED' end,
        case when i.family <> l.family_name and i.family_key <> {fold_sql("l.family_name")} then 'NAME_CHANGED' end,
        case when i.birth <> l.birth_date then 'BIRTH_DATE_CHANGED' end,
        case when i.platform_id <> l.platform_id then 'PLATFORM_ID_DIFFERS' end,
        case when e.ends_on < $today then 'RETURNED' end,
        case when e.missing_since is not null then 'FOUND_AGAIN' end], null) as codes
"""

_BY_NUMBER = f"""
create temp table known on commit drop as
select i.n, e.learner,
    case when (given_ok and (family_ok or birth_ok)) or (family_ok and (i.given_key = '' or l.given_name is null))
        or (given_ok and (i.family_key = '' or l.family_name is null) and not birth_differs) then 'same'
    when family_ok and birth_ok then 'possible' else 'reused' end as verdict, {_CHANGES}
from incoming i
join enrolments e on e.institution = $institution and e.student_id = i.student_id
join learners l on l.id = e.learner and l.erased_at is null
cross join lateral (select
    i.given_key <> '' and (i.given = l.given_name or i.given_key = {fold_sql("l.given_name")}) as given_ok,
    i.family_key <> '' and (i.family = l.family_name or i.family_key = {fold_sql("l.family_name")}) as family_ok,
    coalesce(i.birth = l.birth_date, false) as birth_ok,
    coalesce(i.birth <> l.birth_date, false) as birth_differs) as agree
"""

_POOL = f"""
create temp table pool on commit drop as
select e.learner, e.student_id, {fold_sql("l.given_name")} as given_key, {fold_sql("l.family_name")} as family_key,
    l.birth_date as birth
from enrolments e join learners l on l.id = e.learner and l.erased_at is null
where e.institution = $institution
    and not exists (select 1 from known k where k.learner = e.learner and k.verdict = 'same')
"""

# `whole`: given name, family name and birth date agree; `mail`: a guardian's address does. Given names must agree
# always, so that a twin is never taken for the other.
_CANDIDATES = """
create temp table candidates on commit drop as
with seekers as (
    select i.* from incoming i where not i.leaver and not exists (select 1 from known k where k.n = i.n)
        and i.given_key || i.family_key <> ''
), mails as (
    select distinct s.n, k.learner from seekers s join incoming_guardians g on g.n = s.n
    join guardians x on x.institution = $institution and x.email_key = g.email_key
    join guardianships k on k.guardian = x.id join pool p on p.learner = k.learner
), found as (
    select s.n, p.learner, true as whole from seekers s
    join pool p on p.given_key = s.given_key and p.family_key = s.family_key and p.birth = s.birth
    union
    select m.n, m.learner, false from mails m join seekers s on s.n = m.n join pool p on p.learner = m.learner
    where p.given_key = s.given_key and s.given_key <> ''
        and (p.family_key = s.family_key) is distinct from (coalesce(p.birth = s.birth, false))
)
select f.n, f.learner, f.whole, s.student_id is not null and p.student_id is not null as numbered,
    exists (select 1 from mails m where m.n = f.n and m.learner = f.learner) as mail,
    count(*) over (partition by f.n) as choices, count(*) over (partition by f.learner) as rivals
from found f join seekers s on s.n = f.n join pool p on p.learner = f.learner
"""

_BY_CANDIDATE = f"""
insert into known (n, learner, verdict, differs, codes)
select distinct on (i.n) i.n, e.learner,
    case when c.whole and c.choices = 1 and c.rivals = 1 and (c.mail or not c.numbered) then 'same'
        else 'possible' end, {_CHANGES}
from candidates c join incoming i on i.n = c.n join learners l on l.id = c.learner
join enrolments e on e.learner = c.learner and e.institution = $institution
order by i.n, c.whole desc, e.learner
"""

# A number now with another name may still be one person: the same given name and the same guardian.
_JUDGE_REUSED = f"""
update known k set verdict = 'possible' from incoming i, learners l
where k.verdict = 'reused' and i.n = k.n and l.id = k.learner and i.given_key = {fold_sql("l.given_name")}
    and i.given_key <> ''
    and exists (select 1 from incoming_guardians g
        join guardians x on x.institution = $institution and x.email_key = g.email_key
        join guardianships w on w.guardian = x.id and w.learner = k.learner where g.n = k.n)
"""

_PLATFORM = """
create temp table platform_taken on commit drop as
select i.n from incoming i join learners l on l.platform_id = i.platform_id left join known k on k.n = i.n
where k.learner is distinct from l.id
union
select n from (select n, row_number() over (partition by platform_id order by n) as turn from incoming
    where platform_id is not null) as named where turn > 1
"""


_NO_PLATFORM = "create temp table platform_taken (n int) on commit drop"


async def identify(tx: Tx, terms: Terms) -> None:
    """Fill the tables `known` (row, learner, verdict: same, possible or reused) and `platform_taken`."""
    await run(tx, terms, _BY_NUMBER, "analyze known", _JUDGE_REUSED, _POOL)
    if await tx.fetchval("select exists (select 1 from pool)"):
        await run(tx, terms, "analyze pool", _CANDIDATES, _BY_CANDIDATE)
    await run(tx, terms, _PLATFORM if terms.platform_ids else _NO_PLATFORM)
