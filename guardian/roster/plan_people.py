"""Which guardians a roster names, and which of them are known: the same address and a compatible name.

Never by name alone: two people of one name are two people (FORMATS section 4; FAULTS 39). Within one learner's own
guardians a name may carry: it finds the person whose address the school learned only later. Leaves the tables `links`
(guardians already related to the row's learner), `fresh` (all others), `contacts` and `relations` (what changes).
"""

from guardian.context import Tx
from guardian.people.domain import AUTHORITY
from guardian.roster.folding import person_key_sql
from guardian.roster.terms import NO_NESTED_LOOPS, Terms, run

_COMPATIBLE = (
    f"(x.name = g.name or x.name is null or g.name is null or {person_key_sql('x.name')} = {person_key_sql('g.name')})"
)
_NAMED = "(x.name is not null and g.name is not null)"

# A guardian's address that is a stored learner's own lets the learner answer (LAW requirement 31).
_OWN_ADDRESSES = """
with pupils as (
    select distinct l.email_key from learners l join enrolments e on e.learner = l.id
    where e.institution = $institution and l.email_key is not null
), refused as (
    update incoming_guardians g set email = null, email_key = null from pupils p where p.email_key = g.email_key
    returning g.n
)
insert into incoming_codes (row, codes)
select distinct i.row, array['EMAIL_IS_STUDENT'] from refused r join incoming i on i.n = r.n
"""
_UNREACHABLE = "delete from incoming_guardians where email is null and phone is null"

_LINKS = f"""
create temp table links on commit drop as
select g.n, g.turn, k.learner, x.id as guardian,
    (x.name is null and g.name is not null) or g.phone <> coalesce(x.phone, '')
        or (x.email_key is null and g.email_key is not null) as differs,
    w.eligible <> g.eligible or (g.relationship <> 'unknown' and w.relationship <> g.relationship) as relation_differs
from known k join incoming_guardians g on g.n = k.n
join guardianships w on w.learner = k.learner
join guardians x on x.id = w.guardian and x.erased_at is null
where {_COMPATIBLE} and case
    when x.email_key is not null and g.email_key is not null then x.email_key = g.email_key
    when {_NAMED} then g.email_key is not null or x.email_key is not null or x.phone is null or g.phone is null
        or x.phone = g.phone
    else x.email_key is null and g.email_key is null and x.phone = g.phone end
"""
_NO_LINKS = """
create temp table links (n int, turn bigint, learner uuid, guardian uuid, differs boolean, relation_differs boolean)
on commit drop
"""

# Persons whom several rows name: the first of them gives the id.
_REPEATED = """
create temp table repeated on commit drop as
select key, min(turn) as turn from incoming_guardians group by key having count(*) > 1
"""

# Persons the institution knows already, by another learner.
_BY_ADDRESS = f"""
    select g.key, x.id as guardian, case when x.name = g.name then 1 when x.name is not null then 2 else 3 end as choice
    from incoming_guardians g
    join guardians x on x.institution = $institution and x.email_key = g.email_key and x.erased_at is null
    where not exists (select 1 from links l where l.turn = g.turn) and {_COMPATIBLE}
"""
_RESOLVED = f"""
create temp table resolved on commit drop as
select distinct on (key) key, guardian from (
    select g.key, l.guardian, 0 as choice from links l join incoming_guardians g on g.turn = l.turn
    join repeated r on r.key = g.key
    union all
    {_BY_ADDRESS}
) as choices order by key, choice, guardian
"""
_NOBODY = 'create temp table resolved (key text collate "C", guardian uuid) on commit drop'

_FRESH = """
create temp table fresh on commit drop as
select g.n, g.turn, coalesce(k.learner, $learner(g)) as learner, k.n is not null as known,
    coalesce(s.guardian, $guardian) as guardian,
    s.guardian is null and (r.turn is null or r.turn = g.turn) as makes, g.relationship, g.eligible
from incoming_guardians g left join known k on k.n = g.n left join repeated r on r.key = g.key
left join resolved s on s.key = g.key
where not exists (select 1 from links l where l.turn = g.turn)
    and not exists (select 1 from exceptional e where e.n = g.n)
"""

# A person whom several rows name is made by the first of them, in whichever block it stood.
_FRESH_NEWCOMERS = """
create temp table fresh on commit drop as
select g.n, g.turn, $learner(g) as learner, false as known, $guardian as guardian,
    coalesce(g.first = g.turn, true) as makes, g.relationship, g.eligible
from incoming_guardians g where not exists (select 1 from exceptional e where e.n = g.n)
"""

# A row that makes a person may have been held: then the next row that names the person does.
_UNMADE = """
create temp table unmade on commit drop as
select guardian, min(turn) as turn from fresh group by guardian having not bool_or(makes)
"""
_ONE_BY_ONE = (
    "set local enable_nestloop = on", "set local enable_hashjoin = off", "set local enable_mergejoin = off",
)  # fmt: skip
_MADE_ELSEWHERE = "delete from unmade u where exists (select 1 from guardians x where x.id = u.guardian)"
_ALL_AT_ONCE = "set local enable_hashjoin = on", "set local enable_mergejoin = on"
_ORPHANS = "update fresh f set makes = true from unmade u where f.turn = u.turn", "drop table unmade"

# The same address under another name is another person, and somebody must look.
_SHARED = """
insert into incoming_codes (row, codes)
select distinct i.row, array['SHARED_EMAIL'] from fresh f join incoming_guardians g on g.turn = f.turn
join guardians x on x.institution = $institution and x.email_key = g.email_key and x.erased_at is null
join incoming i on i.n = f.n where f.makes
"""

# Contacts follow the first row that names a person, so that two rows that differ do not take turns for ever.
_CONTACTS = """
create temp table contacts on commit drop as
select distinct on (d.guardian) d.guardian, d.n, d.turn from links d
where d.differs and not exists (select 1 from links o where o.guardian = d.guardian and o.turn < d.turn)
order by d.guardian, d.turn
"""
_WORTH = " ".join(f"when '{word}' then '{authority}'" for word, authority in AUTHORITY.items())
_RELATIONS = f"""
create temp table relations on commit drop as
select distinct on (l.learner, l.guardian) l.n, l.learner, l.guardian, g.relationship, g.eligible,
    case g.eligible {_WORTH} end as authority
from links l join incoming_guardians g on g.turn = l.turn
where l.relation_differs order by l.learner, l.guardian, l.turn
"""


async def refuse_own_addresses(tx: Tx, terms: Terms) -> None:
    """Take learners' own addresses from guardians; a guardian left without any channel is not kept."""
    await run(tx, terms, _OWN_ADDRESSES, _UNREACHABLE)


async def resolve_newcomers(tx: Tx, terms: Terms, *, orphans: bool) -> None:
    """Fill the same tables for learners of a school that had nobody. `orphans`: a row of this block or of an earlier
    one is written to nobody.
    """
    made = _FRESH_NEWCOMERS.replace("$guardian", terms.guardians.sql("coalesce(g.first, g.turn)"))
    await run(tx, terms, _NO_LINKS, made)
    if orphans:
        await run(tx, terms, _UNMADE, *_ONE_BY_ONE, _MADE_ELSEWHERE, NO_NESTED_LOOPS, *_ALL_AT_ONCE, *_ORPHANS)
    await run(tx, terms, _CONTACTS, _RELATIONS)


async def resolve(tx: Tx, terms: Terms) -> None:
    """Fill `links`, `fresh`, `contacts` and `relations`. Without anybody known there is nothing to look up."""
    known = await tx.fetchval("select exists (select 1 from known)")
    await run(tx, terms, _LINKS if known else _NO_LINKS, _REPEATED)
    some = await tx.fetchval("select exists (select 1 from guardians where institution = $1)", terms.institution)
    await run(tx, terms, _RESOLVED if some else _NOBODY)
    await _freshen(tx, terms)
    if some:
        await run(tx, terms, _SHARED)
    await run(tx, terms, _CONTACTS, _RELATIONS)


async def _freshen(tx: Tx, terms: Terms) -> None:
    await run(tx, terms, _FRESH.replace("$guardian", terms.guardians.sql("coalesce(r.turn, g.turn)")))
    if await tx.fetchval("select exists (select 1 from exceptional)"):
        await run(tx, terms, _UNMADE, _MADE_ELSEWHERE, *_ORPHANS)
