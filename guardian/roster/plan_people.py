"""Which guardians a roster names, and which of them are known: the same address and a compatible name.

Never by name alone: two people of one name are two people (FORMATS section 4; FAULTS 39). Within one learner's own
guardians a name may carry: it finds the person whose address the school learned only later.
"""

from guardian.context import Tx
from guardian.people.domain import AUTHORITY
from guardian.people.row_ids import row_id_sql
from guardian.roster.folding import person_key_sql
from guardian.roster.terms import Terms, run

_COMPATIBLE = f"(x.name = g.name or x.name is null or g.name is null or {person_key_sql('x.name')} = g.name_key)"
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

# Every guardian of every row that will be written, with the stored person of that learner if there is one.
_TIES = f"""
create temp table ties on commit drop as
select g.n, g.position, g.key, g.relationship, g.eligible, p.learner, p.state = 'known' as known, x.id as guardian,
    x.id is not null and ((x.name is null and g.name is not null) or g.phone <> coalesce(x.phone, '')
        or (x.email_key is null and g.email_key is not null)) as differs,
    w.eligible <> g.eligible or (g.relationship <> 'unknown' and w.relationship <> g.relationship) as relation_differs
from planned p join incoming_guardians g on g.n = p.n
left join (guardianships w join guardians x on x.id = w.guardian and x.erased_at is null)
    on w.learner = p.learner and {_COMPATIBLE} and case
        when x.email_key is not null and g.email_key is not null then x.email_key = g.email_key
        when {_NAMED} then g.email_key is not null or x.email_key is not null or x.phone is null or g.phone is null
            or x.phone = g.phone
        else x.email_key is null and g.email_key is null and x.phone = g.phone end
where p.state in ('new', 'known')
"""

# New learners have no guardians yet: without any known learner the lookup above would be in vain.
_TIES_OF_NEWCOMERS = """
create temp table ties on commit drop as
select g.n, g.position, g.key, g.relationship, g.eligible, p.learner, false as known, null::uuid as guardian,
    false as differs, false as relation_differs
from planned p join incoming_guardians g on g.n = p.n where p.state = 'new'
"""

_FIRST = """
create temp table first_named on commit drop as
select distinct on (key) key, n, position from ties where guardian is null order by key, n, position
"""

_RESOLVED = f"""
create temp table resolved on commit drop as
select distinct on (key) key, guardian from (
    select t.key, t.guardian, 0 as choice from ties t
    where t.guardian is not null and exists (select 1 from first_named f where f.key = t.key)
    union all
    select f.key, x.id, case when x.name = g.name then 1 when x.name is not null then 2 else 3 end
    from first_named f join incoming_guardians g on g.n = f.n and g.position = f.position
    join guardians x on x.institution = $institution and x.email_key = g.email_key and x.erased_at is null
    where {_COMPATIBLE}
) as choices order by key, choice, guardian
"""

# The same address under another name is another person, and somebody must look (SHARED_EMAIL).
_SHARED = """
insert into incoming_codes (row, codes)
select distinct i.row, array['SHARED_EMAIL'] from persons p
join incoming_guardians g on g.n = p.n and g.position = p.position join incoming i on i.n = p.n
where p.is_new and exists (select 1 from guardians x where x.institution = $institution and x.email_key = g.email_key
    and x.erased_at is null)
"""


def _persons(terms: Terms) -> str:
    turn = "(row_number() over (order by f.n, f.position))"
    return (
        "create temp table persons on commit drop as select f.key, f.n, f.position, r.guardian is null as is_new, "
        f"coalesce(r.guardian, {row_id_sql(turn, 1, terms.unix_ms)}) as guardian "
        "from first_named f left join resolved r on r.key = f.key"
    )


# Contacts follow the first row that names a person, so that two rows that differ do not take turns for ever.
_CONTACTS = """
create temp table contacts on commit drop as
select t.guardian, t.n, t.position from ties t where t.differs and not exists (
    select 1 from ties o where o.guardian = t.guardian and (o.n, o.position) < (t.n, t.position))
"""


def _relations() -> str:
    worth = " ".join(f"when '{word}' then '{authority}'" for word, authority in AUTHORITY.items())
    return (
        "create temp table relations on commit drop as select distinct on (t.learner, t.guardian) t.n, t.learner, "
        f"t.guardian, t.relationship, t.eligible, case t.eligible {worth} end as authority "
        "from ties t where t.relation_differs order by t.learner, t.guardian, t.n, t.position"
    )


async def resolve(tx: Tx, terms: Terms, *, any_known: bool) -> None:
    """Fill `ties` (guardians by row), `persons` (who they are), `contacts` and `relations` (what changes of them)."""
    await run(tx, terms, _TIES if any_known else _TIES_OF_NEWCOMERS, "analyze ties", _FIRST, "analyze first_named")
    await run(tx, terms, _RESOLVED, _persons(terms), "analyze persons", _SHARED, _CONTACTS, _relations())


async def refuse_own_addresses(tx: Tx, terms: Terms) -> None:
    """Take learners' own addresses from guardians; a guardian left without any channel is not kept."""
    await run(tx, terms, _OWN_ADDRESSES, _UNREACHABLE)
